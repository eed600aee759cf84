"""model.fitDataset and evaluateDataset on datasets of tf.data, against tf.js."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.tfjs.differences import LAYER_DIFFERENCES, LAYER_FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(5)
X = RNG.normal(size=(22, 3)).round(4)
Z = RNG.normal(size=(22, 2)).round(4)
Y = (X[:, :1] - 0.5 * X[:, 1:2] + 0.1).round(4)
CLASS = np.eye(3)[RNG.integers(0, 3, 22)]

#: One input, one output; and two of each.
MODELS = """
    const set = (layer, seed) => layer.setWeights(layer.getWeights().map((w, k) => {
        const values = Array.from({length: w.size}, (_, i) => Math.sin(seed + 5 * k + i) / 2);
        return tf.tensor(values, w.shape);
    }));
    const one = () => {
        const layer = tf.layers.dense({units: 1, inputShape: [3], name: 'd'});
        const model = tf.sequential({layers: [layer]});
        set(layer, 1);
        model.compile({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae']});
        return model;
    };
    const two = () => {
        const a = tf.input({shape: [3], name: 'a'}), b = tf.input({shape: [2], name: 'b'});
        const joined = tf.layers.concatenate({name: 'c'}).apply([a, b]);
        const first = tf.layers.dense({units: 1, name: 'o1'});
        const second = tf.layers.dense({units: 3, activation: 'softmax', name: 'o2'});
        const outputs = [first.apply(joined), second.apply(joined)];
        const model = tf.model({inputs: [a, b], outputs});
        set(first, 1);
        set(second, 2);
        const loss = ['meanSquaredError', 'categoricalCrossentropy'];
        model.compile({optimizer: tf.train.sgd(0.1), loss, metrics: ['mse']});
        return model;
    };
    const model = args.two ? two() : one();
    const {X, Z, Y, CLASS} = args.data;
    const {data} = tf;
    const weights = () => model.getWeights().map(w => w.arraySync());
    const fit = async (dataset, config) => {
        const history = await model.fitDataset(dataset, {verbose: 0, ...config});
        return [history.epoch, history.history, weights()];
    };
"""
DATA = {"X": X.tolist(), "Z": Z.tolist(), "Y": Y.tolist(), "CLASS": CLASS.tolist()}


def in_tfjs(node: NodeSession, body: str, two: bool = False, **args: Any) -> Any:
    return node.evaluate(MODELS + body, data=DATA, two=two, **args)


def _set(layer: Any, seed: int) -> None:
    layer.setWeights([
        (np.sin(seed + 5 * k + np.arange(np.prod(w.shape))) / 2).reshape(w.shape)
        for k, w in enumerate(layer.getWeights())
    ])  # fmt: skip


def one() -> tf.Sequential:
    layer = tf.layers.dense(units=1, inputShape=[3], name="d")
    model = tf.sequential(layers=[layer])
    _set(layer, 1)
    model.compile(optimizer="adam", loss="meanSquaredError", metrics=["mae"])
    return model


def two() -> tf.LayersModel:
    a, b = tf.input(shape=[3], name="a"), tf.input(shape=[2], name="b")
    joined = tf.layers.concatenate(name="c").apply([a, b])
    first = tf.layers.dense(units=1, name="o1")
    second = tf.layers.dense(units=3, activation="softmax", name="o2")
    model = tf.model(inputs=[a, b], outputs=[first.apply(joined), second.apply(joined)])
    _set(first, 1)
    _set(second, 2)
    losses = ["meanSquaredError", "categoricalCrossentropy"]
    model.compile(optimizer=tf.train.sgd(0.1), loss=losses, metrics=["mse"])
    return model


def assert_trained_as(model: Any, history: Any, theirs: Any) -> None:
    epochs, expected, weights = theirs
    assert history.epoch == epochs
    assert list(history.history) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, atol=1e-6)
    for mine, other in zip(model.getWeights(), weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=1e-6)


def rows() -> tf.data.Dataset:
    return tf.data.zip({"xs": tf.data.array(X.tolist()), "ys": tf.data.array(Y.tolist())})


ROWS = "data.zip({xs: data.array(X), ys: data.array(Y)})"

#: A pipeline in both, on `rows`, with fitDataset's options.
PIPELINES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "batches": ("rows.batch(8)", "rows.batch(8)", {"epochs": 3}),
    "whole batches": ("rows.batch(8, false)", "rows.batch(8, False)", {"epochs": 3}),
    "shuffled with a seed": (
        "rows.shuffle(10, 3).batch(5)",
        "rows.shuffle(10, 3).batch(5)",
        {"epochs": 4},
    ),
    "the same order each epoch": (
        "rows.shuffle(30, 's', false).batch(5).prefetch(2)",
        "rows.shuffle(30, 's', False).batch(5).prefetch(2)",
        {"epochs": 3},
    ),
    "without end": (
        "rows.repeat().shuffle(7, 2).batch(6)",
        "rows.repeat().shuffle(7, 2).batch(6)",
        {"epochs": 3, "batchesPerEpoch": 5},
    ),
    "parts": (
        "rows.batch(4).repeat(3)",
        "rows.batch(4).repeat(3)",
        {"epochs": 5, "batchesPerEpoch": 3},
    ),
    "from an epoch on": ("rows.batch(8)", "rows.batch(8)", {"epochs": 5, "initialEpoch": 3}),
    "mapped": (
        "rows.map(({xs, ys}) => ({xs: xs.map(v => v / 2), ys})).take(15).batch(8)",
        "rows.map(lambda e: {'xs': [v / 2 for v in e['xs']], 'ys': e['ys']}).take(15).batch(8)",
        {"epochs": 2},
    ),
    "mapped batches": (
        "rows.batch(8).map(({xs, ys}) => ({xs: xs.mul(2), ys: ys.add(1)}))",
        "rows.batch(8).map(lambda e: {'xs': e['xs'].mul(2), 'ys': e['ys'].add(1)})",
        {"epochs": 2},
    ),
    "more in a dict": (
        "rows.batch(8).map(({xs, ys}) => ({xs: {d_input: xs, z: ys}, ys: {d: ys}, w: 1}))",
        "rows.batch(8).map(lambda e: "
        "{'xs': {'d_input': e['xs'], 'z': e['ys']}, 'ys': {'d': e['ys']}, 'w': 1})",
        {"epochs": 2},
    ),
    "in lists": (
        "rows.batch(8).map(({xs, ys}) => ({xs: [xs], ys: [ys]}))",
        "rows.batch(8).map(lambda e: {'xs': [e['xs']], 'ys': [e['ys']]})",
        {"epochs": 2},
    ),
}


@pytest.mark.parametrize("kind", PIPELINES)
def test_a_model_is_trained_as_in_tfjs(node: NodeSession, kind: str) -> None:
    pipeline, ours, options = PIPELINES[kind]
    body = f"const rows = {ROWS}; return await fit({pipeline}, args.options);"
    theirs = in_tfjs(node, body, options=options)
    model = one()
    history = model.fitDataset(eval(ours, {"rows": rows()}), {"verbose": 0, **options})
    assert_trained_as(model, history, theirs)
    assert model.history is history


VALIDATIONS: dict[str, tuple[str, str]] = {
    "dataset": ("{validationData: rows.batch(5)}", "{'validationData': rows.batch(5)}"),
    "part of a dataset": (
        "{validationData: rows.batch(5), validationBatches: 2}",
        "{'validationData': rows.batch(5), 'validationBatches': 2}",
    ),
    "arrays": (
        "{validationData: [tf.tensor(X), tf.tensor(Y)]}",
        "{'validationData': [tf.tensor(X), tf.tensor(Y)]}",
    ),
    "arrays in batches": (
        "{validationData: [tf.tensor(X), tf.tensor(Y)], validationBatchSize: 4}",
        "{'validationData': [tf.tensor(X), tf.tensor(Y)], 'validationBatchSize': 4}",
    ),
}


@pytest.mark.parametrize("kind", VALIDATIONS)
def test_a_model_is_validated_as_in_tfjs(node: NodeSession, kind: str) -> None:
    config, ours = VALIDATIONS[kind]
    body = f"const rows = {ROWS}; return await fit(rows.batch(8), {{epochs: 3, ...{config}}});"
    theirs = in_tfjs(node, body)
    model = one()
    options = eval(ours, {"rows": rows(), "tf": tf, "X": X, "Y": Y})
    history = model.fitDataset(rows().batch(8), epochs=3, verbose=0, **options)
    assert list(history.history) == ["val_loss", "val_mae", "loss", "mae"]
    assert_trained_as(model, history, theirs)


def test_class_weights(node: NodeSession) -> None:
    body = """
        const rows = data.array(X.map((xs, i) => ({xs, ys: [i % 2]})));
        return await fit(rows.batch(8), {epochs: 3, classWeight: {0: 1, 1: 5}});
    """
    model = one()
    dataset = tf.data.array([{"xs": x, "ys": [i % 2]} for i, x in enumerate(X.tolist())]).batch(8)
    history = model.fitDataset(dataset, epochs=3, verbose=0, classWeight={0: 1, 1: 5})
    assert_trained_as(model, history, in_tfjs(node, body))


# Several inputs and outputs

SEVERAL: dict[str, tuple[str, Any]] = {
    "dicts": (
        "{xs: {a: X[i], b: Z[i]}, ys: {o1: Y[i], o2: CLASS[i]}}",
        lambda i: {"xs": {"a": X[i], "b": Z[i]}, "ys": {"o1": Y[i], "o2": CLASS[i]}},
    ),
    "dicts in another order": (
        "{xs: {b: Z[i], a: X[i]}, ys: {o2: CLASS[i], o1: Y[i]}}",
        lambda i: {"xs": {"b": Z[i], "a": X[i]}, "ys": {"o2": CLASS[i], "o1": Y[i]}},
    ),
}


@pytest.mark.parametrize("kind", SEVERAL)
def test_several_inputs_and_outputs_by_name(node: NodeSession, kind: str) -> None:
    theirs, row = SEVERAL[kind]
    body = f"""
        const dataset = data.array(X.map((_, i) => ({theirs}))).batch(11);
        return await fit(dataset, {{epochs: 3, validationData: dataset}});
    """
    model = two()
    dataset = tf.data.array([row(i) for i in range(len(X))]).batch(11)
    history = model.fitDataset(dataset, epochs=3, verbose=0, validationData=dataset)
    theirs = in_tfjs(node, body, two=True)
    validations = theirs[1]
    # tf.js: has the sum of the losses after each output among the values of an evaluation
    # (makeTestFunction, training.ts).
    assert "evaluation of several outputs" in LAYER_FAULTS
    names = ["val_loss", "val_o1_loss", "val_o2_loss", "val_o1_mse", "val_o2_mse"]
    named = dict(zip(names, [validations[name] for name in names[1:]], strict=False))
    for name, values in named.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, err_msg=name)
    for name in names:
        history.history[name] = validations[name]
    assert_trained_as(model, history, theirs)


def test_several_inputs_and_outputs_in_lists(node: NodeSession) -> None:
    body = """
        const rows = data.array(X.map((_, i) => ({a: X[i], b: Z[i], p: Y[i], q: CLASS[i]})));
        const dataset = rows.batch(11).map(({a, b, p, q}) => ({xs: [a, b], ys: [p, q]}));
        return [await fit(dataset, {epochs: 3}), await model.evaluateDataset(dataset, {})];
    """
    rows = tf.data.array([{"a": X[i], "b": Z[i], "p": Y[i], "q": CLASS[i]} for i in range(len(X))])
    dataset = rows.batch(11).map(lambda e: {"xs": [e["a"], e["b"]], "ys": [e["p"], e["q"]]})
    model = two()
    history = model.fitDataset(dataset, epochs=3, verbose=0)
    theirs, losses = in_tfjs(node, body, two=True)
    assert_trained_as(model, history, theirs)
    ours = model.evaluateDataset(dataset)
    assert isinstance(ours, list)
    np.testing.assert_allclose([float(value) for value in ours], losses[1:], rtol=1e-4)


# evaluateDataset


@pytest.mark.parametrize("options", [{}, {"batches": 1}, {"batches": 2}], ids=str)
@pytest.mark.parametrize("size", [4, 9])
def test_a_model_is_evaluated_as_in_tfjs(
    node: NodeSession, size: int, options: dict[str, Any]
) -> None:
    body = f"return await model.evaluateDataset({ROWS}.batch(args.size), args.options);"
    theirs = in_tfjs(node, body, size=size, options=options)
    ours = one().evaluateDataset(rows().batch(size), options)
    assert isinstance(ours, list)
    np.testing.assert_allclose([float(value) for value in ours], theirs, rtol=1e-5)


def test_an_iterator_is_evaluated_from_where_it_stands(node: NodeSession) -> None:
    body = f"""
        const iterator = await {ROWS}.batch(4).iterator();
        await iterator.next();
        const logs = await model.evaluateDataset(iterator, {{batches: 2}});
        return [logs, (await iterator.next()).value];
    """
    theirs, after = in_tfjs(node, body)
    iterator = rows().batch(4).iterator()
    next(iterator)
    ours = one().evaluateDataset(iterator, batches=2)
    assert isinstance(ours, list)
    np.testing.assert_allclose([float(value) for value in ours], theirs, rtol=1e-5)
    np.testing.assert_allclose(next(iterator)["xs"].numpy(), after["xs"], rtol=1e-6)


# Callbacks, memory


def test_callbacks_are_called_as_in_tfjs(node: NodeSession) -> None:
    body = f"""
        const calls = [], callbacks = {{yieldEvery: 'never'}};
        for (const name of args.hooks) {{
            callbacks[name] = (...received) => {{
                const logs = received.pop();
                calls.push([name, ...received, {{...logs}}]);
            }};
        }}
        const rows = {ROWS};
        await fit(rows.batch(8), {{epochs: 2, callbacks, validationData: rows.batch(9)}});
        return calls;
    """
    hooks = ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onBatchEnd"]
    theirs = in_tfjs(node, body, hooks=hooks)
    calls: list[Any] = []

    def recorder(name: str) -> Any:
        return lambda *received: calls.append([name, *received[:-1], dict(received[-1])])

    callbacks = {name: recorder(name) for name in hooks}
    one().fitDataset(
        rows().batch(8), epochs=2, verbose=0, callbacks=callbacks, validationData=rows().batch(9)
    )
    assert [call[:-1] for call in calls] == [call[:-1] for call in theirs]
    for mine, other in zip(calls, theirs, strict=True):
        assert mine[-1] == pytest.approx(other[-1], rel=1e-4, abs=1e-6), mine[:-1]


def test_a_callback_stops_the_training(node: NodeSession) -> None:
    body = f"""
        const onBatchEnd = batch => {{ if (batch === 1) model.stopTraining = true; }};
        const history = await model.fitDataset(
            {ROWS}.batch(4), {{epochs: 3, verbose: 0, callbacks: {{onBatchEnd}}}});
        return [history.epoch, history.history, weights()];
    """
    theirs = in_tfjs(node, body)
    model = one()

    def stop(batch: int, logs: Any) -> None:
        model.stopTraining = batch == 1

    history = model.fitDataset(rows().batch(4), epochs=3, verbose=0, callbacks={"onBatchEnd": stop})
    assert_trained_as(model, history, theirs)


def test_the_tensors_of_batches_are_disposed_of(node: NodeSession) -> None:
    body = f"""
        const rows = {ROWS}, counts = [];
        const count = async action => {{
            const before = tf.memory().numTensors;
            await action();
            counts.push(tf.memory().numTensors - before);
        }};
        await model.fitDataset(rows.batch(8), {{epochs: 1, verbose: 0}});
        await count(() => fit(rows.batch(8), {{epochs: 2, validationData: rows.batch(4)}}));
        await count(() => fit(rows.repeat().batch(8), {{epochs: 2, batchesPerEpoch: 2}}));
        await count(() => model.evaluateDataset(rows.batch(8), {{}}));
        return counts;
    """
    fitted, parted, evaluated = in_tfjs(node, body)
    model = one()
    model.fitDataset(rows().batch(8), epochs=1, verbose=0)
    counts = []
    for action in (
        lambda: model.fitDataset(
            rows().batch(8), epochs=2, verbose=0, validationData=rows().batch(4)
        ),
        lambda: model.fitDataset(rows().repeat().batch(8), epochs=2, verbose=0, batchesPerEpoch=2),
        lambda: model.evaluateDataset(rows().batch(8)),
    ):
        before = tf.memory()["numTensors"]
        action()
        counts.append(tf.memory()["numTensors"] - before)
    # `weights()` of our test's own in tf.js takes none: getWeights gives the variables' values.
    assert counts == [fitted, parted, evaluated]


# A whole program


def test_a_csv_file_trains_a_model_as_in_tfjs(node: NodeSession, tmp_path: Path) -> None:
    lines = ["x1,x2,x3,y", *(",".join(map(str, [*x, *y])) for x, y in zip(X, Y, strict=True))]
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines) + "\n")
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    body = """
        const csv = data.csv('file://' + args.path, {columnConfigs: {y: {isLabel: true}}});
        const dataset = csv
            .map(({xs, ys}) => ({xs: Object.values(xs), ys: Object.values(ys)}))
            .shuffle(10, 4).batch(5);
        return await fit(dataset, {epochs: 3});
    """
    theirs = in_tfjs(node, body, path=str(path))
    for file in (path, path.with_suffix(".csv.gz")):
        csv = tf.data.csv(file, {"columnConfigs": {"y": {"isLabel": True}}})
        dataset = csv.map(lambda row: {"xs": [*row["xs"].values()], "ys": [*row["ys"].values()]})
        model = one()
        history = model.fitDataset(dataset.shuffle(10, 4).batch(5), epochs=3, verbose=0)
        assert_trained_as(model, history, theirs)


# What Python has besides


def test_python_data_trains_the_same() -> None:
    expected = one().fitDataset(rows().batch(8), epochs=2, verbose=0).history
    starts = range(0, len(X), 8)
    kinds: dict[str, Any] = {
        "Tensors in a list": [
            {"xs": tf.tensor(X[i : i + 8]), "ys": tf.tensor(Y[i : i + 8])} for i in starts
        ],
        "generator of pairs": tf.data.generator(
            lambda: ((X[i : i + 8], Y[i : i + 8]) for i in starts)
        ),
        "TensorFlow's own": rows().batch(8).tensorflow(),
    }
    for kind, dataset in kinds.items():
        found = one().fitDataset(dataset, epochs=2, verbose=0).history
        np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5, err_msg=kind)


# Errors

REFUSED: dict[str, tuple[str, str, str]] = {
    "no ys": (
        "rows.map(({xs}) => ({xs})).batch(4)",
        "rows.map(lambda e: {'xs': e['xs']}).batch(4)",
        "A Dataset iterator for fitDataset() is expected to generate objects of the form",
    ),
    "no dict": (
        "rows.map(({xs}) => xs).batch(4)",
        "rows.map(lambda e: e['xs']).batch(4)",
        "A Dataset iterator for fitDataset() is expected to generate objects of the form",
    ),
    "no batches": (
        "rows",
        "rows",
        "Received an array of 3 Tensors, but expected 1 to match the input keys d_input",
    ),
    "two of one": (
        "rows.batch(4).map(({xs, ys}) => ({xs, ys: [ys, ys]}))",
        "rows.batch(4).map(lambda e: {'xs': e['xs'], 'ys': [e['ys'], e['ys']]})",
        "Received an array of 2 Tensors, but expected 1 to match the output keys d",
    ),
    "another input": (
        "rows.map(({xs, ys}) => ({xs: {x: xs}, ys})).batch(4)",
        "rows.map(lambda e: {'xs': {'x': e['xs']}, 'ys': e['ys']}).batch(4)",
        "The feature data generated by the dataset lacks the required input key 'd_input'",
    ),
    "another output": (
        "rows.map(({xs, ys}) => ({xs, ys: {y: ys}})).batch(4)",
        "rows.map(lambda e: {'xs': e['xs'], 'ys': {'y': e['ys']}}).batch(4)",
        "The feature data generated by the dataset lacks the required output key 'd'",
    ),
}


@pytest.mark.parametrize("method", ["fitDataset", "evaluateDataset"])
@pytest.mark.parametrize("kind", REFUSED)
def test_what_tfjs_refuses_is_refused(node: NodeSession, method: str, kind: str) -> None:
    theirs, ours, said = REFUSED[kind]
    options = {"epochs": 1, "verbose": 0} if method == "fitDataset" else {}
    body = f"const rows = {ROWS}; await model[args.method]({theirs}, args.options);"
    with pytest.raises(TfjsError) as error:
        in_tfjs(node, body, method=method, options=options)
    assert said in str(error.value)
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        getattr(one(), method)(eval(ours, {"rows": rows()}), **options)
    assert said in str(raised.value)


def test_a_dataset_that_is_empty_or_ends_amid_an_epoch() -> None:
    with pytest.raises(ValueError, match="holds no batches"):
        one().fitDataset(rows().take(0).batch(4), epochs=1, verbose=0)
    with pytest.warns(UserWarning, match="ran out of data after 3 of 5 batches"):
        one().fitDataset(rows().batch(8), epochs=1, batchesPerEpoch=5, verbose=0)


def test_after_data_that_ended_within_an_epoch_it_begins_anew(node: NodeSession) -> None:
    assert "data that ends within an epoch" in LAYER_DIFFERENCES
    body = f"""
        const rows = {ROWS};
        const [epochs, history] = await fit(rows.batch(8), {{epochs: 3, batchesPerEpoch: 2}});
        return history.loss;
    """
    theirs = in_tfjs(node, body)
    with pytest.warns(UserWarning, match="ran out of data"):
        ours = one().fitDataset(rows().batch(8), epochs=3, batchesPerEpoch=2, verbose=0)
    assert len(theirs) == 2
    np.testing.assert_allclose(ours.history["loss"][:2], theirs, rtol=1e-4)
    assert np.isfinite(ours.history["loss"][2])


def test_arrays_and_datasets_are_told_apart() -> None:
    model = one()
    with pytest.raises(TypeError, match=r"got a Dataset: model\.fitDataset and"):
        model.fit(rows().batch(4), Y)
    with pytest.raises(TypeError, match="got a Dataset"):
        model.predict(rows().batch(4))
    with pytest.raises(RuntimeError, match="must compile a model"):
        tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[3])]).fitDataset(
            rows().batch(4), epochs=1
        )
