"""sequential, model and input, against tf.js: structure, training, prediction, errors."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = (X[:, :1] - X[:, 1:2] > 0).astype(np.float32)
CLASSES = np.eye(3, dtype=np.float32)[RNG.integers(0, 3, 40)]
KERNEL, BIAS = RNG.normal(size=(3, 1)).astype(np.float32), np.float32([0.5])

MODEL = """
    const layer = tf.layers.dense({
        units: 1, activation: 'sigmoid', inputShape: [3], name: 'd', weights: [args.k, args.b]});
    const model = tf.sequential({layers: [layer]});
    const compiling = {optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: ['accuracy']};
    const fixed = {shuffle: false, verbose: 0};
"""


def in_tfjs(node: NodeSession, body: str, **args: Any) -> Any:
    return node.evaluate(MODEL + body, k=KERNEL, b=BIAS, x=X, y=Y, **args)


def model_here(compiled: bool = True) -> tf.Sequential:
    layer = tf.layers.dense(
        units=1, activation="sigmoid", inputShape=[3], name="d", weights=[KERNEL, BIAS]
    )
    model = tf.sequential(layers=[layer])
    if compiled:
        model.compile(optimizer="sgd", loss="binaryCrossentropy", metrics=["accuracy"])
    return model


# Two inputs and two outputs, of a shared and a nested model.

TWO = """
    const a = tf.input({shape: [3], name: 'a'});
    const b = tf.input({shape: [3], name: 'b'});
    const shared = tf.layers.dense({units: 4, activation: 'tanh', name: 'shared'});
    const innerLayers = [tf.layers.dense({units: 2, inputShape: [4], name: 'i'})];
    const inner = tf.sequential({layers: innerLayers, name: 'inner'});
    const o1 = tf.layers.dense({units: 1, activation: 'sigmoid', name: 'o1'});
    const o2 = tf.layers.dense({units: 3, activation: 'softmax', name: 'o2'});
    const model = tf.model({inputs: [a, b], outputs: [
        o1.apply(inner.apply(shared.apply(a))), o2.apply(inner.apply(shared.apply(b)))]});
    if (args.weights) model.setWeights(args.weights);
    const fixed = {shuffle: false, verbose: 0};
"""


def two_here() -> tf.LayersModel:
    a, b = tf.input(shape=[3], name="a"), tf.input(shape=[3], name="b")
    shared = tf.layers.dense(units=4, activation="tanh", name="shared")
    inner = tf.sequential(layers=[tf.layers.dense(units=2, inputShape=[4], name="i")], name="inner")
    o1 = tf.layers.dense(units=1, activation="sigmoid", name="o1")
    o2 = tf.layers.dense(units=3, activation="softmax", name="o2")
    outputs = [
        o1.apply(inner.apply(shared.apply(a))),
        o2.apply(inner.apply(shared.apply(b))),
    ]
    return tf.model(inputs=[a, b], outputs=outputs)


def random_weights(model: Any) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in model.getWeights()]


def two_with_weights() -> tuple[tf.LayersModel, list[np.ndarray]]:
    model = two_here()
    weights = random_weights(model)
    model.setWeights(weights)
    return model, weights


STRUCTURE = """
    if (!model.built) model.build();
    return {
        layers: model.layers.map(layer => layer.name),
        inputNames: model.inputNames,
        outputNames: model.outputNames,
        inputs: model.inputs.map(t => t.shape),
        outputs: model.outputs.map(t => t.shape),
        weights: model.getWeights().map(w => w.shape),
        parameters: model.countParams(),
        className: model.getClassName(),
    };
"""


def structure(model: tf.LayersModel) -> dict[str, Any]:
    return {
        "layers": [layer.name for layer in model.layers],
        "inputNames": model.inputNames,
        "outputNames": model.outputNames,
        "inputs": [t.shape for t in model.inputs],
        "outputs": [t.shape for t in model.outputs],
        "weights": [w.shape for w in model.getWeights()],
        "parameters": model.countParams(),
        "className": model.getClassName(),
    }


def test_the_structure_of_a_sequential_model(node: NodeSession) -> None:
    assert structure(model_here()) == in_tfjs(node, STRUCTURE)


def test_the_structure_of_a_functional_model(node: NodeSession) -> None:
    assert structure(two_here()) == node.evaluate(TWO + STRUCTURE)


def test_the_structure_with_an_input_layer_frozen_layers_and_a_nested_model(
    node: NodeSession,
) -> None:
    body = """
        const inner = tf.sequential({name: 'inner', layers: [
            tf.layers.dense({units: 4, inputShape: [2], name: 'i', trainable: false}),
            tf.layers.dense({units: 3, name: 'j'})]});
        const model = tf.sequential({layers: [
            tf.layers.inputLayer({inputShape: [5], name: 'in'}),
            tf.layers.dense({units: 2, name: 'first', trainable: false}),
            inner,
            tf.layers.dense({units: 1, name: 'last'})]});
    """
    inner = tf.sequential(
        name="inner",
        layers=[
            tf.layers.dense(units=4, inputShape=[2], name="i", trainable=False),
            tf.layers.dense(units=3, name="j"),
        ],
    )
    model = tf.sequential(
        layers=[
            tf.layers.inputLayer(inputShape=[5], name="in"),
            tf.layers.dense(units=2, name="first", trainable=False),
            inner,
            tf.layers.dense(units=1, name="last"),
        ]
    )
    assert structure(model) == node.evaluate(body + STRUCTURE)
    assert isinstance(model.layers[2], tf.Sequential)


def test_default_names() -> None:
    body = """
        const x = tf.input({shape: [1]});
        const y = tf.layers.dense({units: 1}).apply(x);
        return [tf.sequential().name, tf.model({inputs: x, outputs: y}).name, x.name];
    """
    x = tf.input(shape=[1])
    y = tf.layers.dense(units=1).apply(x)
    ours = [tf.sequential().name, tf.model(inputs=x, outputs=y).name, x.name]
    with NodeSession() as fresh:  # in one that has named nothing yet
        theirs = fresh.evaluate(body)
    plain = [[re.sub(r"\d+", "#", name) for name in names] for names in (ours, theirs)]
    assert plain[0] == plain[1] == ["sequential_#", "model#", "input#"]


def test_add_and_pop(node: NodeSession) -> None:
    body = """
        model.add(tf.layers.dense({units: 4, name: 'e'}));
        model.add(tf.layers.dense({units: 2, name: 'f'}));
        model.pop();
        model.add(tf.layers.dense({units: 3, name: 'g'}));
        model.pop();
    """
    model = model_here(compiled=False)
    model.add(tf.layers.dense(units=4, name="e"))
    model.add(tf.layers.dense(units=2, name="f"))
    model.pop()
    model.add(tf.layers.dense(units=3, name="g"))
    model.pop()
    assert structure(model) == in_tfjs(node, body + STRUCTURE)
    assert model.predict(X).shape == [40, 4]


def test_pop_from_an_empty_model_is_refused(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="There are no layers in the model"):
        node.evaluate("tf.sequential().pop()")
    with pytest.raises(TypeError, match="There are no layers in the model"):
        tf.sequential().pop()


def test_an_explicit_input_layer_is_popped_too() -> None:
    model = tf.sequential(layers=[tf.layers.inputLayer(inputShape=[2]), tf.layers.dense(units=1)])
    model.pop()
    assert [layer.getClassName() for layer in model.layers] == ["InputLayer"]
    model.pop()
    assert model.layers == []


def test_all_layers_popped_and_others_added(node: NodeSession) -> None:
    body = """
        model.pop();
        model.add(tf.layers.dense({units: 2, inputShape: [7], name: 'new'}));
    """
    model = model_here(compiled=False)
    model.pop()
    model.add(tf.layers.dense(units=2, inputShape=[7], name="new"))
    assert structure(model) == in_tfjs(node, body + STRUCTURE)


WRONG_LAYERS: list[tuple[str, Any, str]] = [
    ("tf.layers.conv2d({filters: 1, kernelSize: 2})", "conv2d", "ndim"),
    (
        "(() => { const x = tf.input({shape: [1]}), y = tf.input({shape: [1]}); const d = "
        "tf.layers.dense({units: 1}); return tf.model({inputs: [x, y], outputs: "
        "[d.apply(x), d.apply(y)]}); })()",
        "two",
        "single input",
    ),
    ("5", 5, "add expects a layer, got int 5"),
]


@pytest.mark.parametrize(("source", "layer", "said"), WRONG_LAYERS, ids=lambda part: str(part)[:30])
def test_a_layer_that_does_not_fit_is_refused_and_not_added(
    node: NodeSession, source: str, layer: Any, said: str
) -> None:
    with pytest.raises(TfjsError):
        in_tfjs(node, f"model.add({source})")
    if layer == "conv2d":
        layer = tf.layers.conv2d(filters=1, kernelSize=2)
    elif layer == "two":
        layer = two_here()
    model = model_here()
    with pytest.raises((ValueError, TypeError), match=said):
        model.add(layer)
    assert len(model.layers) == 1


@pytest.mark.parametrize("key", ["d", "nope", 0, 1])
def test_get_layer(node: NodeSession, key: Any) -> None:
    call = f"model.getLayer({key!r}).name"
    model = model_here()
    try:
        theirs = in_tfjs(node, f"return {call}")
    except TfjsError as error:
        with pytest.raises(ValueError, match=re.escape(str(error)[:40])):
            model.getLayer(key)
    else:
        assert model.getLayer(key).name == theirs
        assert model.getLayer(None, 0).name == theirs


INPUT_OPTIONS: list[dict[str, Any]] = [
    {"shape": [3]},
    {"batchShape": [None, 3]},
    {"batchShape": [5, 3]},
    {"shape": [None, 4]},
    {"shape": [2], "dtype": "int32"},
    {"shape": []},
    {},
    {"shape": [3], "batchShape": [5, 3]},
]


@pytest.mark.parametrize("options", INPUT_OPTIONS, ids=str)
def test_input(node: NodeSession, options: dict[str, Any]) -> None:
    body = "const x = tf.input(args.options); return [x.shape, x.dtype, x.rank]"
    try:
        theirs = node.evaluate(body, options=options)
    except TfjsError as error:
        with pytest.raises(ValueError, match=re.escape(str(error)[:30])):
            tf.input(options)
    else:
        x = tf.input(options)
        assert [x.shape, x.dtype, x.rank] == theirs


def test_a_model_of_what_is_not_connected_or_no_symbolic_tensor_is_refused(
    node: NodeSession,
) -> None:
    body = "const [a, b] = [1, 2].map(n => tf.input({shape: [n]})); "
    with pytest.raises(TfjsError, match="Graph disconnected"):
        node.evaluate(body + "tf.model({inputs: a, outputs: tf.layers.dense({units: 1}).apply(b)})")
    a, b = tf.input(shape=[1]), tf.input(shape=[2])
    with pytest.raises(ValueError, match="Graph disconnected"):
        tf.model(inputs=a, outputs=tf.layers.dense(units=1).apply(b))
    with pytest.raises(TypeError, match=r"outputs must be SymbolicTensors.*got ndarray"):
        tf.model(inputs=a, outputs=np.ones(1))
    with pytest.raises(ValueError, match="all SymbolicTensors or all Tensors"):
        two_here().apply([a, tf.tensor([1])])


# predict

DATA: dict[str, Any] = {
    "array": X,
    "tensor": tf.tensor(X),
    "lists": X.tolist(),
    "frame": pd.DataFrame(X, columns=["a", "b", "c"]),
    "double precision": X.astype(np.float64),
    "list of one array": [X],
    "list of one tensor": [tf.tensor(X)],
}


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("batch_size", [None, 7])
def test_predict_takes_every_kind_of_data(
    node: NodeSession, name: str, batch_size: int | None
) -> None:
    options = {} if batch_size is None else {"batchSize": batch_size}
    theirs = in_tfjs(node, "return model.predict(args.x, args.options)", options=options)
    ours = model_here(compiled=False).predict(DATA[name], options)
    assert isinstance(ours, tf.Tensor)
    assert ours.dtype == "float32"
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5)


def test_a_vector_is_a_column_for_a_model_of_one_input(node: NodeSession) -> None:
    body = """
        const layer = tf.layers.dense({units: 2, inputShape: [1], kernelInitializer: 'ones'});
        return tf.sequential({layers: [layer]}).predict(args.vector);
    """
    vector = np.float32([1, 2, 3])
    layer = tf.layers.dense(units=2, inputShape=[1], kernelInitializer="ones")
    model = tf.sequential(layers=[layer])
    theirs = node.evaluate(body, vector=vector)
    for x in (vector, [1, 2, 3], pd.Series(vector)):
        np.testing.assert_array_equal(model.predict(x).numpy(), theirs)


def test_predict_of_several_inputs_gives_a_list(node: NodeSession) -> None:
    model, weights = two_with_weights()
    x = [X, X[::-1].copy()]
    theirs = node.evaluate(TWO + "return model.predict(args.x)", weights=weights, x=x)
    for data in (x, [tf.tensor(part) for part in x], dict(zip("ab", x, strict=True))):
        ours = model.predict(data)
        assert isinstance(ours, list)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=1e-6)


def test_a_model_is_applied_to_tensors(node: NodeSession) -> None:
    model, weights = two_with_weights()
    ours = model.apply([tf.tensor(X), tf.tensor(X)])
    theirs = node.evaluate(TWO + "return model.apply([args.x, args.x])", weights=weights, x=X)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=1e-6)


# fit and evaluate

FITS: list[dict[str, Any]] = [
    {"epochs": 3},
    {"epochs": 2, "batchSize": 100},
    {"epochs": 2, "validationSplit": 0.33, "batchSize": 7},
    {"epochs": 1, "validationSplit": 0.01, "batchSize": 7},
]


@pytest.mark.parametrize("options", FITS, ids=str)
def test_fit_has_tfjss_history_and_weights(node: NodeSession, options: dict[str, Any]) -> None:
    body = """
        model.compile(compiling);
        const {history} = await model.fit(args.x, args.y, {...fixed, ...args.options});
        return [history, model.getWeights()];
    """
    history, weights = in_tfjs(node, body, options=options)
    model = model_here()
    ours = model.fit(X, Y, {"shuffle": False, "verbose": 0, **options}).history
    assert set(ours) == set(history)
    for name, values in ours.items():
        np.testing.assert_allclose(values, history[name], rtol=1e-4)
    for mine, other in zip(model.getWeights(), weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=1e-6)


def test_validation_data_are_arrays_tensors_or_lists(node: NodeSession) -> None:
    body = """
        model.compile(compiling);
        const validationData = [args.x.slice([0], [9]), args.y.slice([0], [9])];
        return (await model.fit(args.x, args.y, {...fixed, validationData})).history;
    """
    theirs = in_tfjs(node, body)
    for x, y in ((tf.tensor(X[:9]), tf.tensor(Y[:9])), (X[:9].tolist(), Y[:9])):
        history = model_here().fit(X, Y, shuffle=False, verbose=0, validationData=[x, y]).history
        np.testing.assert_allclose(history["val_loss"], theirs["val_loss"], rtol=1e-4)
        np.testing.assert_allclose(history["val_acc"], theirs["val_acc"], rtol=1e-4)


def test_the_last_part_is_kept_for_validation_also_when_shuffled() -> None:
    model = model_here()
    model.compile(optimizer=tf.train.sgd(0), loss="meanSquaredError")
    history = model.fit(X, Y, epochs=3, validationSplit=0.25, shuffle=True, verbose=0).history
    np.testing.assert_allclose(
        history["val_loss"], [float(model.evaluate(X[30:], Y[30:]))] * 3, rtol=1e-5
    )
    np.testing.assert_allclose(
        history["loss"], [float(model.evaluate(X[:30], Y[:30]))] * 3, rtol=1e-5
    )


def test_a_frozen_layer_keeps_its_weights(node: NodeSession) -> None:
    model = model_here(compiled=False)
    model.add(tf.layers.dense(units=1))
    model.layers[0].trainable = False
    model.compile(optimizer="sgd", loss="meanSquaredError")
    before = model.layers[1].getWeights()[0].numpy().copy()
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.layers[0].getWeights()[0].numpy(), KERNEL)
    assert not np.array_equal(model.layers[1].getWeights()[0].numpy(), before)


@pytest.mark.parametrize("metrics", [None, [], ["accuracy"], ["accuracy", "mse"]], ids=str)
def test_evaluate_gives_a_scalar_or_a_list_of_them(
    node: NodeSession, metrics: list[str] | None
) -> None:
    body = """
        model.compile({...compiling, metrics: args.metrics});
        const result = model.evaluate(args.x, args.y);
        const several = Array.isArray(result);
        return [several, [result].flat().map(t => [t.shape, t.dtype, t.dataSync()[0]])];
    """
    several, theirs = in_tfjs(node, body, metrics=metrics)
    model = model_here()
    model.compile(optimizer="sgd", loss="binaryCrossentropy", metrics=metrics)
    ours = model.evaluate(X, Y)
    assert isinstance(ours, list) == several
    scalars = ours if several else [ours]
    assert [[t.shape, t.dtype] for t in scalars] == [row[:2] for row in theirs]
    np.testing.assert_allclose([float(t) for t in scalars], [row[2] for row in theirs], rtol=1e-5)


COMPILATIONS: list[dict[str, Any]] = [
    {"loss": "meanSquaredError"},
    {"loss": ["binaryCrossentropy", "categoricalCrossentropy"]},
    {"loss": {"o2": "categoricalCrossentropy", "o1": "meanAbsoluteError"}},
    {"loss": "meanSquaredError", "metrics": ["accuracy", "mse"]},
    {"loss": "meanSquaredError", "metrics": {"o2": "accuracy", "o1": ["mse"]}},
    {"loss": ["binaryCrossentropy", "categoricalCrossentropy"], "metrics": ["ce", "cosine"]},
]


FIT_TWO = (
    TWO
    + """
    model.compile({optimizer: 'sgd', ...args.options});
    const {batchSize} = args;
    const {history} = await model.fit(args.x, args.y, {...fixed, batchSize, epochs: 2});
    const values = model.evaluate(args.x, args.y, {batchSize});
    return [Object.keys(history), history, values, model.getWeights()];
"""
)
TWO_X, TWO_Y = [X, X[::-1].copy()], [Y, CLASSES]


@pytest.mark.parametrize("options", COMPILATIONS, ids=str)
def test_several_outputs_have_tfjss_logs(node: NodeSession, options: dict[str, Any]) -> None:
    model, weights = two_with_weights()
    keys, history, values, trained = node.evaluate(
        FIT_TWO, options=options, weights=weights, x=TWO_X, y=TWO_Y, batchSize=20
    )
    model.compile({"optimizer": "sgd", **options})
    ours = model.fit(TWO_X, TWO_Y, epochs=2, shuffle=False, verbose=0, batchSize=20).history
    assert list(ours) == keys
    for key in keys:
        np.testing.assert_allclose(ours[key], history[key], rtol=1e-4, err_msg=key)
    evaluated = [float(value) for value in model.evaluate(TWO_X, TWO_Y, batchSize=20)]
    # tf.js pushes the sum of the losses after each output, not only the last (makeTestFunction,
    # training.ts): one value too many, so that its own names of the values are off by one.
    first_loss, *rest = [float(value) for value in values]
    np.testing.assert_allclose(evaluated, rest, rtol=1e-4)
    np.testing.assert_allclose(evaluated[1], first_loss, rtol=1e-4)
    for mine, other in zip(model.getWeights(), trained, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-3, atol=1e-5)


def test_the_loss_of_one_output_is_keras_mean_over_batches_whatever_their_size(
    node: NodeSession,
) -> None:
    model, weights = two_with_weights()
    options = {"loss": "meanSquaredError", "metrics": ["mae"]}
    _, history, *_ = node.evaluate(
        FIT_TWO, options=options, weights=weights, x=TWO_X, y=TWO_Y, batchSize=32
    )
    model.compile({"optimizer": "sgd", **options})
    ours = model.fit(TWO_X, TWO_Y, epochs=2, shuffle=False, verbose=0, batchSize=32).history
    for key in ours:
        same = np.allclose(ours[key], history[key], rtol=1e-4)
        assert same == (key not in ("o1_loss", "o2_loss")), key


def test_targets_by_name_are_the_same_as_in_a_list() -> None:
    x, y = [X, X], [Y, CLASSES]
    losses = []
    for data in ((x, y), ({"b": X, "a": X}, {"o2": CLASSES, "o1": Y})):
        model, _ = two_with_weights()
        model.compile(optimizer="sgd", loss=["binaryCrossentropy", "categoricalCrossentropy"])
        losses.append(model.fit(*data, shuffle=False, verbose=0).history)
    assert losses[0] == losses[1]


# errors

WRONG_COMPILATIONS: list[tuple[str, dict[str, Any], str]] = [
    (
        "one",
        {"optimizer": "adamm", "loss": "hinge"},
        "Unknown optimizer 'adamm' .did you mean 'adam'",
    ),
    ("one", {"optimizer": "sgd", "loss": "hing"}, "Unknown loss 'hing' .did you mean 'hinge'"),
    (
        "one",
        {"optimizer": "sgd", "loss": "hinge", "metrics": ["accurracy"]},
        "Unknown metric 'accurracy' .did you mean 'accuracy'",
    ),
    ("one", {"optimizer": "sgd"}, "'loss' is missing"),
    ("one", {"loss": "hinge"}, "the option 'optimizer' is missing"),
    ("one", {"optimizer": 5, "loss": "hinge"}, "optimizer must be a name.*got int 5"),
    ("one", {"optimizer": "sgd", "loss": ["hinge", "hinge"]}, r"The model has 1 output\(s\)"),
    ("two", {"optimizer": "sgd", "loss": ["hinge"]}, r"The model has 2 output\(s\)"),
    (
        "two",
        {"optimizer": "sgd", "loss": {"o1": "hinge", "o3": "hinge"}},
        'Unknown entry in loss dictionary: "o3"',
    ),
]


@pytest.mark.parametrize(("which", "options", "said"), WRONG_COMPILATIONS, ids=str)
def test_a_wrong_compilation_is_refused(
    node: NodeSession, which: str, options: dict[str, Any], said: str
) -> None:
    body = (MODEL if which == "one" else TWO) + "model.compile(args.options)"
    with pytest.raises(TfjsError):
        node.evaluate(body, options=options, k=KERNEL, b=BIAS)
    model = model_here(compiled=False) if which == "one" else two_here()
    with pytest.raises((ValueError, TypeError), match=said):
        model.compile(options)
    with pytest.raises(RuntimeError, match="must compile"):
        model.evaluate(X, Y)


def test_a_failed_compilation_leaves_the_model_as_it_was() -> None:
    model = model_here()
    before = float(model.evaluate(X, Y)[0])
    with pytest.raises(ValueError, match="Unknown metric"):
        model.compile(optimizer="adam", loss="meanSquaredError", metrics=["nope"])
    assert float(model.evaluate(X, Y)[0]) == before


@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_a_model_that_is_not_compiled_says_so(node: NodeSession, method: str) -> None:
    with pytest.raises(TfjsError, match="compiled"):
        in_tfjs(node, f"await model.{method}(args.x, args.y)")
    with pytest.raises(RuntimeError, match="must compile a model before training/testing"):
        getattr(model_here(compiled=False), method)(X, Y)


#: Arguments of fit, in tf.js and here, and what the message here says.
WRONG_DATA: list[tuple[Any, Any, str]] = [
    (X[:, :2], Y, r"expected d_input to have shape \[null,3\] but got array with shape \[40,2\]"),
    (X[:, :, None], Y, r"shape \[40,3,1\]"),
    (X, Y[:39], r"same number of examples.*\[40,3\] and \[39,1\]"),
    (X, CLASSES, r"target of d to have shape \[null,1\] but got array with shape \[40,3\]"),
    ([X, X], Y, r"expects 1 input\(s\), d_input, but got 2"),
    (X, [Y, Y], r"1 output\(s\), d, but got 2 target"),
    (X[:0], Y[:0], "no examples"),
]


@pytest.mark.parametrize(("x", "y", "said"), WRONG_DATA, ids=lambda part: str(part)[-40:])
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_wrong_data_are_refused_naming_what_was_expected_and_got(
    node: NodeSession, x: Any, y: Any, said: str, method: str
) -> None:
    body = MODEL + f"model.compile(compiling); await model.{method}(args.x, args.y)"
    if np.size(x):  # tf.js takes no examples for good
        with pytest.raises(TfjsError):
            node.evaluate(body, k=KERNEL, b=BIAS, x=x, y=y)
    model = model_here()
    with pytest.raises(ValueError, match=said):
        getattr(model, method)(x, y)
    np.testing.assert_array_equal(model.getWeights()[0].numpy(), KERNEL)


def test_predict_refuses_wrong_data(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="shape"):
        in_tfjs(node, "model.predict(args.x.slice([0, 0], [5, 2]))")
    with pytest.raises(ValueError, match=r"have shape \[null,3\] but got array with shape \[5,2\]"):
        model_here().predict(X[:5, :2])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batchSize": 0}, "batchSize must be a positive integer, got 0"),
        ({"batchSize": 2.5}, "batchSize must be a positive integer, got 2.5"),
        ({"validationData": [X]}, "must contain 2"),
        ({"validationData": [X[:, :2], Y]}, r"validation data.*\[40,2\]"),
    ],
    ids=lambda part: str(part)[:30],
)
def test_wrong_options_of_fit_are_refused(
    node: NodeSession, options: dict[str, Any], said: str
) -> None:
    body = "model.compile(compiling); await model.fit(args.x, args.y, {...fixed, ...args.options})"
    with pytest.raises(TfjsError):
        in_tfjs(node, body, options=options)
    with pytest.raises(ValueError, match=said):
        model_here().fit(X, Y, {"verbose": 0, **options})


@pytest.mark.parametrize("options", [{"epoch": 3}, {"batch_size": 3}], ids=str)
def test_an_unknown_option_of_fit_is_refused_here_only(
    node: NodeSession, options: dict[str, Any]
) -> None:
    body = "model.compile(compiling); await model.fit(args.x, args.y, {...fixed, ...args.options})"
    in_tfjs(node, body, options=options)
    with pytest.raises(TypeError, match=r"unknown option .* .did you mean"):
        model_here().fit(X, Y, options)


def test_a_layer_that_does_not_fit_leaves_the_model_as_it_was() -> None:
    model = tf.sequential()
    with pytest.raises(ValueError, match="Negative dimension size caused by adding layer conv2d"):
        model.add(tf.layers.conv2d(filters=1, kernelSize=9, inputShape=[4, 4, 1]))
    assert model.layers == []
    model.add(tf.layers.dense(units=3, inputShape=[4]))
    with pytest.raises(ValueError, match="Input 0 is incompatible with layer conv2d"):
        model.add(tf.layers.conv2d(filters=1, kernelSize=3))
    assert [layer.getClassName() for layer in model.layers] == ["Dense"]
    model.add(tf.layers.dense(units=2))
    assert model.predict(np.ones((1, 4))).shape == [1, 2]


def test_an_output_of_another_input_is_a_disconnected_graph() -> None:
    with pytest.raises(ValueError, match="Graph disconnected"):
        tf.model(
            inputs=tf.input(shape=[3]),
            outputs=tf.layers.dense(units=1).apply(tf.input(shape=[3])),
        )


def test_strings_for_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="to hold numbers but got an array of object"):
        model_here().fit([["a", "b", "c"]], [[1]])
