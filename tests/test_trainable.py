"""Training of models beside plain fit, against tf.js, and against Keras where tf.js cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = (X[:, :1] - X[:, 1:2] > 0).astype(np.float32)
NUMBERS = RNG.integers(0, 3, 40)
ONE_HOT = np.eye(3, dtype=np.float32)[NUMBERS]
WEIGHTS = [RNG.normal(size=(3, 1)).astype(np.float32), np.float32([0.5])]

MODEL = """
    const layer = tf.layers.dense({units: 1, activation: 'sigmoid', inputShape: [3], name: 'd'});
    const model = tf.sequential({layers: [layer]});
    layer.setWeights(args.weights);
    const loss = 'binaryCrossentropy';
    model.compile({optimizer: 'adam', loss, metrics: args.metrics || ['accuracy']});
    const {x, y} = args;
    const batches = (size, many) => {
        const found = [];
        for (let start = 0; start < x.shape[0]; start += size) {
            const length = Math.min(size, x.shape[0] - start);
            found.push({
                xs: x.slice([start, 0], [length, 3]).arraySync(),
                ys: y.slice([start, 0], [length, 1]).arraySync()});
        }
        return tf.data.generator(function* () { yield* found.slice(0, many); })
            .map(b => ({xs: tf.tensor2d(b.xs), ys: tf.tensor2d(b.ys)}));
    };
    const weights = () => model.getWeights();
"""


def in_tfjs(node: NodeSession, body: str, **args: Any) -> Any:
    return node.evaluate(MODEL + body, weights=WEIGHTS, x=X, y=Y, **args)


def model_here(metrics: Any = ("accuracy",)) -> tf.Sequential:
    layer = tf.layers.dense(units=1, activation="sigmoid", inputShape=[3], name="d")
    model = tf.sequential(layers=[layer])
    layer.setWeights(WEIGHTS)
    model.compile(optimizer="adam", loss="binaryCrossentropy", metrics=list(metrics))
    return model


def keras_twin() -> Any:
    """The same model in Keras."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])
    model.set_weights(WEIGHTS)
    optimizer = keras.optimizers.Adam(epsilon=1e-7)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model


def classifier(loss: str) -> tf.Sequential:
    layer = tf.layers.dense(units=3, activation="softmax", inputShape=[3], name="d")
    model = tf.sequential(layers=[layer])
    model.compile(optimizer="sgd", loss=loss)
    return model


def batches(size: int = 16, many: int | None = None) -> list[dict[str, Any]]:
    starts = range(0, len(X), size)
    return [{"xs": X[i : i + size], "ys": Y[i : i + size]} for i in starts][:many]


def pairs() -> list[tuple[Any, Any]]:
    return [(batch["xs"], batch["ys"]) for batch in batches()]


def assert_weights(model: tf.LayersModel, expected: Any) -> None:
    for mine, other in zip(model.getWeights(), expected, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=1e-5)


def assert_history(ours: Any, theirs: dict[str, Any], in_order: bool = True) -> None:
    assert (list if in_order else set)(ours) == (list if in_order else set)(theirs)
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-4, atol=1e-6, err_msg=name)


# trainOnBatch, predictOnBatch


@pytest.mark.parametrize("metrics", [[], ["accuracy"], ["accuracy", "mse"]], ids=str)
def test_train_on_batch_gives_the_values_of_the_batch_alone(
    node: NodeSession, metrics: list[str]
) -> None:
    body = """
        const values = [];
        for (const [start, length] of args.parts) {
            values.push(await model.trainOnBatch(
                x.slice([start, 0], [length, 3]), y.slice([start, 0], [length, 1])));
        }
        return [values, weights()];
    """
    parts = [[0, 8], [8, 8], [16, 24], [3, 1]]
    values, weights = in_tfjs(node, body, parts=parts, metrics=metrics)
    model = model_here(metrics)
    ours = [model.trainOnBatch(X[i : i + n], Y[i : i + n]) for i, n in parts]
    assert isinstance(ours[0], list) == bool(metrics)
    np.testing.assert_allclose(ours, values, rtol=1e-4)
    assert_weights(model, weights)


def test_predict_on_batch(node: NodeSession) -> None:
    theirs = in_tfjs(node, "return model.predictOnBatch(x)")
    for x in (X, tf.tensor(X), X.tolist()):
        ours = model_here().predictOnBatch(x)
        assert isinstance(ours, tf.Tensor)
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5)


# fitDataset, evaluateDataset

DATASETS: dict[str, Any] = {
    "list": batches,
    "list of pairs": pairs,
    "function": lambda: lambda: iter(batches()),
    "generator function": lambda: batches_in_turn,
    "tf.data": lambda: tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(16),
    "tf.data by name": lambda: tensorflow.data.Dataset.from_tensor_slices({"xs": X, "ys": Y}).batch(
        16
    ),
}


def batches_in_turn() -> Iterator[Any]:
    yield from batches()


@pytest.mark.parametrize("kind", DATASETS)
def test_fit_dataset_trains_as_tfjs(node: NodeSession, kind: str) -> None:
    body = """
        const history = await model.fitDataset(batches(16), {epochs: 3, verbose: 0});
        return [history.history, history.epoch, weights()];
    """
    history, epoch, weights = in_tfjs(node, body)
    model = model_here()
    ours = model.fitDataset(DATASETS[kind](), epochs=3, verbose=0)
    assert_history(ours.history, history)
    assert ours.epoch == epoch
    assert model.history is ours
    assert_weights(model, weights)


OPTIONS: list[dict[str, Any]] = [
    {"epochs": 5, "initialEpoch": 3},
    {"epochs": 3, "batchesPerEpoch": 1},
    {"epochs": 1, "batchesPerEpoch": 2},
    {"epochs": 2, "classWeight": {0: 1, 1: 5}},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_of_fit_dataset(node: NodeSession, options: dict[str, Any]) -> None:
    body = """
        const history = await model.fitDataset(batches(16), {verbose: 0, ...args.options});
        return [history.history, history.epoch, weights()];
    """
    history, epoch, weights = in_tfjs(node, body, options=by_name(options))
    model = model_here()
    ours = model.fitDataset(batches(), {"verbose": 0, **options})
    assert_history(ours.history, history)
    assert ours.epoch == epoch
    assert_weights(model, weights)


def by_name(options: dict[str, Any]) -> dict[str, Any]:
    """With names as JSON has them."""
    weight = options.get("classWeight")
    if weight is None:
        return options
    return {**options, "classWeight": {str(number): value for number, value in weight.items()}}


VALIDATIONS: dict[str, tuple[str, Any]] = {
    "arrays": ("validationData: [x, y]", {"validationData": (X, Y)}),
    "arrays in batches": (
        "validationData: [x, y], validationBatchSize: 7",
        {"validationData": [X, Y], "validationBatchSize": 7},
    ),
    "dataset": ("validationData: batches(16)", {"validationData": lambda: batches()}),
    "part of a dataset": (
        "validationData: batches(16), validationBatches: 2",
        {"validationData": lambda: batches(), "validationBatches": 2},
    ),
    "tf.data": (
        "validationData: batches(16)",
        {"validationData": tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(16)},
    ),
}


@pytest.mark.parametrize("kind", VALIDATIONS)
def test_fit_dataset_validates(node: NodeSession, kind: str) -> None:
    theirs, options = VALIDATIONS[kind]
    body = f"return (await model.fitDataset(batches(8), {{epochs: 2, verbose: 0, {theirs}}}))"
    history = in_tfjs(node, body + ".history")
    ours = model_here().fitDataset(batches(8), epochs=2, verbose=0, **options)
    assert_history(ours.history, history)


def test_callbacks_of_fit_dataset(node: NodeSession) -> None:
    body = """
        const calls = [], callbacks = {};
        for (const name of args.hooks) {
            callbacks[name] = (...received) => {
                const logs = received.pop();
                calls.push([name, ...received, {...logs}]);
            };
        }
        const validationData = batches(16);
        await model.fitDataset(
            batches(16), {epochs: 2, verbose: 0, callbacks, validationData, yieldEvery: 'never'});
        return calls;
    """
    hooks = ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onBatchEnd"]
    theirs = in_tfjs(node, body, hooks=hooks)
    calls: list[Any] = []

    def recorder(name: str) -> Any:
        return lambda *received: calls.append([name, *received[:-1], dict(received[-1])])

    callbacks = {name: recorder(name) for name in hooks}
    model_here().fitDataset(
        batches(), epochs=2, verbose=0, callbacks=callbacks, validationData=lambda: batches()
    )
    assert [call[:-1] for call in calls] == [call[:-1] for call in theirs]
    for mine, other in zip(calls, theirs, strict=True):
        assert mine[-1] == pytest.approx(other[-1], rel=1e-4, abs=1e-6), mine[:-1]


def test_a_dataset_that_ends_before_its_epoch_warns() -> None:
    with pytest.warns(UserWarning, match=r"ran out of data after 3 of 5 batches.*repeat"):
        model_here().fitDataset(batches(), epochs=1, batchesPerEpoch=5, verbose=0)


@pytest.mark.parametrize(("size", "many"), [(16, None), (16, 2), (7, None)])
def test_evaluate_dataset(node: NodeSession, size: int, many: int | None) -> None:
    body = "return await model.evaluateDataset(batches(args.size), args.options)"
    options = {} if many is None else {"batches": many}
    theirs = in_tfjs(node, body, size=size, options=options)
    ours = model_here().evaluateDataset(batches(size), options)
    assert isinstance(ours, list)
    np.testing.assert_allclose([float(value) for value in ours], theirs, rtol=1e-5)


# Weights of examples and classes


def test_class_weights_count_as_in_tfjs(node: NodeSession) -> None:
    options = {"classWeight": {0: 1, 1: 5}, "epochs": 3, "batchSize": 10, "shuffle": False}
    body = """
        const {history} = await model.fit(x, y, {verbose: 0, ...args.options});
        return [history, weights()];
    """
    history, weights = in_tfjs(node, body, options=by_name(options))
    model = model_here()
    assert_history(model.fit(X, Y, {"verbose": 0, **options}).history, history)
    assert_weights(model, weights)


TWO = """
    const a = tf.input({shape: [3]});
    const o1 = tf.layers.dense({units: 1, activation: 'sigmoid', name: 'o1'}).apply(a);
    const o2 = tf.layers.dense({units: 3, activation: 'softmax', name: 'o2'}).apply(a);
    const model = tf.model({inputs: a, outputs: [o1, o2]});
    model.setWeights(args.weights);
    model.compile({optimizer: 'sgd', loss: ['binaryCrossentropy', 'categoricalCrossentropy']});
    const fixed = {verbose: 0, shuffle: false, batchSize: 10, epochs: 2};
    await model.fit(args.x, args.y, {...fixed, classWeight: args.classWeight});
    return model.getWeights();
"""
BY_OUTPUT: list[Any] = [
    [{0: 1, 1: 5}, {0: 1, 1: 2, 2: 3}],
    {"o1": {0: 1, 1: 5}, "o2": {0: 1, 1: 2, 2: 3}},
]


@pytest.mark.parametrize("class_weight", BY_OUTPUT, ids=["list", "dict"])
def test_class_weights_of_several_outputs(node: NodeSession, class_weight: Any) -> None:
    a = tf.input(shape=[3])
    o1 = tf.layers.dense(units=1, activation="sigmoid", name="o1").apply(a)
    o2 = tf.layers.dense(units=3, activation="softmax", name="o2").apply(a)
    model = tf.model(inputs=a, outputs=[o1, o2])
    weights = [RNG.normal(size=w.shape).astype(np.float32) for w in model.getWeights()]
    model.setWeights(weights)
    model.compile(optimizer="sgd", loss=["binaryCrossentropy", "categoricalCrossentropy"])
    fixed = {"verbose": 0, "shuffle": False, "batchSize": 10, "epochs": 2}
    y = [Y, ONE_HOT]
    model.fit(X, y, {**fixed, "classWeight": class_weight})
    theirs: Any
    if isinstance(class_weight, list):
        theirs = [{str(k): v for k, v in part.items()} for part in class_weight]
    else:
        theirs = {n: {str(k): v for k, v in part.items()} for n, part in class_weight.items()}
    assert_weights(model, node.evaluate(TWO, weights=weights, x=X, y=y, classWeight=theirs))


def test_sample_weights_which_tfjs_refuses_count_as_in_keras(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="sample weight is not supported"):
        in_tfjs(node, "await model.fit(x, y, {sampleWeight: tf.ones([40])})")
    sample_weight = RNG.uniform(0, 3, 40).astype(np.float32)
    model, twin = model_here(), keras_twin()
    fixed: dict[str, Any] = {"epochs": 2, "shuffle": False, "verbose": 0}
    theirs = twin.fit(X, Y, sample_weight=sample_weight, **fixed).history
    ours = model.fit(X, Y, sampleWeight=tf.tensor(sample_weight), **fixed).history
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-5)
    assert_weights(model, twin.get_weights())
    loss = float(model.evaluate(X, Y, sampleWeight=sample_weight)[0])
    assert loss == pytest.approx(
        twin.evaluate(X, Y, sample_weight=sample_weight, verbose=0)[0], rel=1e-5
    )
    assert loss != pytest.approx(float(model.evaluate(X, Y)[0]), rel=1e-2)


# What tf.js has not: steps, how often to validate, jit, backups


@pytest.mark.parametrize(
    ("options", "keras_options"),
    [
        ({"validationFreq": 2}, {"validation_freq": 2}),
        ({"validationFreq": [1, 3]}, {"validation_freq": [1, 3]}),
        ({"validationSteps": 2}, {"validation_steps": 2}),
    ],
    ids=str,
)
def test_validation_as_in_keras(options: Any, keras_options: Any) -> None:
    fixed: dict[str, Any] = {"epochs": 4, "shuffle": False, "verbose": 0}
    data = (X[:20], Y[:20])
    ours = model_here().fit(X, Y, {"batchSize": 8, "validationData": data, **fixed, **options})
    theirs = keras_twin().fit(X, Y, batch_size=8, validation_data=data, **fixed, **keras_options)
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(ours.history[name], theirs.history[name], rtol=1e-4)


def test_an_epoch_of_some_steps_goes_on_behind_the_last_one() -> None:
    fixed: dict[str, Any] = {"batchSize": 10, "shuffle": False, "verbose": 0}
    model, whole = model_here(), model_here()
    model.fit(X, Y, {**fixed, "stepsPerEpoch": 2, "epochs": 4})
    whole.fit(X, Y, {**fixed, "epochs": 2})
    assert_weights(model, [w.numpy() for w in whole.getWeights()])


@pytest.mark.parametrize("jit", [True, False, "auto"])
def test_jit_changes_no_result(jit: Any) -> None:
    model, plain = model_here(), keras_twin()
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0, jit=jit)
    plain.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    assert_weights(model, plain.get_weights())


class Stop:
    """Raises what Ctrl-C does, at the end of an epoch."""

    def __init__(self, epoch: int):
        self.epoch = epoch

    def __call__(self, epoch: int, logs: Any) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    whole = model_here()
    options: dict[str, Any] = {"epochs": 8, "batchSize": 7, "shuffle": False, "verbose": 0}
    expected = whole.fit(X, Y, options).history
    model = model_here()
    options |= {"backupDir": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, {**options, "callbacks": {"onEpochEnd": Stop(4)}})
    assert list(tmp_path.iterdir())
    other = model_here()
    other.layers[0].setWeights([np.zeros((3, 1)), np.zeros(1)])
    history = other.fit(
        X, Y, {**options, "backupDir": tmp_path, "callbacks": {"onEpochEnd": print}}
    )
    assert history.epoch == list(range(8))
    assert_history(history.history, expected)
    for mine, theirs in zip(other.getWeights(), whole.getWeights(), strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("method", ["fit", "fitDataset"])
def test_an_interrupted_history_has_tfjss_order(method: str) -> None:
    model = model_here(["mse", "accuracy"])
    data = (X, Y) if method == "fit" else (batches(),)
    with pytest.raises(KeyboardInterrupt):
        getattr(model, method)(
            *data, epochs=9, verbose=0, validationData=(X, Y), callbacks={"onEpochEnd": Stop(2)}
        )
    assert model.history is not None
    assert list(model.history.history) == [
        "val_loss", "val_mse", "val_acc", "loss", "mse", "acc",
    ]  # fmt: skip
    assert model.history.epoch == [0, 1]


# Errors


@pytest.mark.parametrize(
    ("method", "option", "nearest"),
    [
        ("fit", "batchsize", "batchSize"),
        ("fit", "validation_split", "validationSplit"),
        ("fitDataset", "batchesPerEpochs", "batchesPerEpoch"),
        ("evaluate", "batch_size", "batchSize"),
        ("evaluateDataset", "batch", "batches"),
        ("predict", "batchsize", "batchSize"),
    ],
)
def test_an_unknown_option_is_told_the_nearest(method: str, option: str, nearest: str) -> None:
    data = [X] if method == "predict" else [batches()] if "Dataset" in method else [X, Y]
    with pytest.raises(TypeError, match=f"unknown option '{option}'.*did you mean '{nearest}'"):
        getattr(model_here(), method)(*data, {option: 1})


def test_fit_dataset_without_epochs_is_refused(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="epochs is expected to be a positive integer, but got und"):
        in_tfjs(node, "await model.fitDataset(batches(16), {})")
    with pytest.raises(TypeError, match="the option 'epochs' is missing"):
        model_here().fitDataset(batches())


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 0},
        {"epochs": 2.5},
        {"epochs": 1, "batchesPerEpoch": 0},
        {"epochs": 1, "batchesPerEpoch": 1.5},
    ],
    ids=str,
)
def test_numbers_of_fit_dataset_are_positive_integers(
    node: NodeSession, options: dict[str, Any]
) -> None:
    with pytest.raises(TfjsError, match="positive integer"):
        in_tfjs(node, "await model.fitDataset(batches(16), args.options)", options=options)
    with pytest.raises(ValueError, match="must be a positive integer, got"):
        model_here().fitDataset(batches(), {"verbose": 0, **options})


def test_batches_of_evaluate_dataset_are_a_positive_integer(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="positive integer"):
        in_tfjs(node, "await model.evaluateDataset(batches(16), {batches: 0})")
    with pytest.raises(ValueError, match="positive integer"):
        model_here().evaluateDataset(batches(), batches=0)


@pytest.mark.parametrize("count", [1, 4])
def test_validation_data_of_another_number_of_parts_is_refused(
    node: NodeSession, count: int
) -> None:
    source = ", ".join(["x", "y", "y", "y"][:count])
    with pytest.raises(TfjsError, match="must contain 2"):
        in_tfjs(node, f"await model.fit(x, y, {{verbose: 0, validationData: [{source}]}})")
    parts = [X, Y, Y[:, 0], Y][:count]
    said = rf"validationData must contain 2 .* or 3 .* items, got {count}"
    with pytest.raises(ValueError, match=said):
        model_here().fit(X, Y, verbose=0, validationData=parts)
    with pytest.raises(ValueError, match=said):
        model_here().fitDataset(batches(), epochs=1, verbose=0, validationData=tuple(parts))


def test_nan_is_refused_where_tfjs_trains_to_it(node: NodeSession) -> None:
    body = "await model.fit(tf.fill([4, 3], NaN), tf.zeros([4, 1]), {verbose: 0}); return weights()"
    assert np.isnan(in_tfjs(node, body)[0]).all()
    x = X.copy()
    x[7, 2] = np.nan
    model = model_here()
    with pytest.raises(ValueError, match=r"x holds 1 value that is NaN .* the first at \[7,2\]"):
        model.fit(x, Y, verbose=0)
    with pytest.raises(ValueError, match=r"validation data: x holds 1 value that is NaN"):
        model.fit(X, Y, verbose=0, validationData=(x, Y))
    assert_weights(model, WEIGHTS)


def test_class_numbers_for_a_softmax_are_refused_with_the_remedy(node: NodeSession) -> None:
    body = """
        const options = {units: 3, activation: 'softmax', inputShape: [3]};
        const model = tf.sequential({layers: [tf.layers.dense(options)]});
        model.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
        await model.fit(args.x, args.y, {verbose: 0});
    """
    with pytest.raises(TfjsError, match="shape"):
        node.evaluate(body, x=X, y=NUMBERS.astype(np.float32))
    with pytest.raises(ValueError, match="target of d") as error:
        classifier("categoricalCrossentropy").fit(X, NUMBERS, verbose=0)
    for part in (
        "expected the target of d to have shape [null,3]",
        "got array with shape [40]",
        "tf.oneHot(y, 3)",
        "sparseCategoricalCrossentropy in place of categoricalCrossentropy",
    ):
        assert part in str(error.value)
    with pytest.raises(ValueError, match=r"\[40,3\]: for one-hot targets use categoricalCross"):
        classifier("sparseCategoricalCrossentropy").fit(X, ONE_HOT, verbose=0)


def test_a_wrong_batch_of_a_dataset_is_named() -> None:
    wrong = [*batches(), {"xs": X[:4, :2], "ys": Y[:4]}]
    with pytest.raises(ValueError, match=r"batch 3 of the dataset: .*\[null,3\].*\[4,2\]"):
        model_here().fitDataset(wrong, epochs=1, verbose=0)
    with pytest.raises(ValueError, match="holds no batches"):
        model_here().fitDataset([], epochs=1, verbose=0)
