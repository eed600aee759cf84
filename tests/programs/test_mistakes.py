"""A user's mistakes get tf.js's error in Python's clothes, before anything is trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

X, Y = np.ones((4, 3), np.float32), np.ones((4, 2), np.float32)


class Mistake(NamedTuple):
    """A mistake in both languages.

    Attributes:
      javascript: the body of a function; `model()`, `compiled()` and `two()` are as below.
      python: the same.
      words: what both messages say, whatever else they do.
    """

    javascript: str
    python: Callable[[], Any]
    words: tuple[str, ...]


def model() -> Any:
    return tf.sequential({"layers": [tf.layers.dense({"units": 2, "inputShape": [3]})]})


def compiled(**options: Any) -> Any:
    result = model()
    result.compile({"optimizer": "sgd", "loss": "meanSquaredError", **options})
    return result


def two() -> Any:
    a, b = tf.input({"shape": [2]}), tf.input({"shape": [3]})
    both = tf.layers.concatenate().apply([a, b])
    o1 = tf.layers.dense({"units": 1, "name": "o1"}).apply(both)
    o2 = tf.layers.dense({"units": 2, "name": "o2"}).apply(both)
    result = tf.model({"inputs": [a, b], "outputs": [o1, o2]})
    result.compile({"optimizer": "sgd", "loss": "meanSquaredError"})
    return result


HELPERS = """
    const {x, y} = args;
    const model = () => tf.sequential(
        {layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
    const compiled = options => {
        const result = model();
        result.compile({optimizer: 'sgd', loss: 'meanSquaredError', ...options});
        return result;
    };
    const two = () => {
        const a = tf.input({shape: [2]}), b = tf.input({shape: [3]});
        const both = tf.layers.concatenate().apply([a, b]);
        const o1 = tf.layers.dense({units: 1, name: 'o1'}).apply(both);
        const o2 = tf.layers.dense({units: 2, name: 'o2'}).apply(both);
        const result = tf.model({inputs: [a, b], outputs: [o1, o2]});
        result.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
        return result;
    };
    const functional = () => {
        const a = tf.input({shape: [3]});
        return tf.model({inputs: a, outputs: tf.layers.dense({units: 2}).apply(a)});
    };
"""


def functional() -> Any:
    a = tf.input({"shape": [3]})
    return tf.model({"inputs": a, "outputs": tf.layers.dense({"units": 2}).apply(a)})


def inputs(*shapes: list[int]) -> list[Any]:
    return [tf.input({"shape": shape}) for shape in shapes]


def one_layer(name: str, **options: Any) -> Any:
    return tf.sequential({"layers": [getattr(tf.layers, name)(options)]})


def unconnected() -> Any:
    y = tf.layers.dense({"units": 1}).apply(tf.input({"shape": [2]}))
    return tf.model({"inputs": tf.input({"shape": [2]}), "outputs": y})


def equal_names() -> Any:
    a = tf.input({"shape": [2]})
    b = tf.layers.dense({"units": 2, "name": "q"}).apply(a)
    return tf.model({"inputs": a, "outputs": tf.layers.dense({"units": 1, "name": "q"}).apply(b)})


def class_numbers() -> Any:
    classifier = one_layer("dense", units=3, inputShape=[3], activation="softmax")
    classifier.compile({"optimizer": "sgd", "loss": "categoricalCrossentropy"})
    return classifier.fit(X, np.ones((4, 1)))


def called_on_other_sizes() -> Any:
    layer = tf.layers.dense({"units": 2})
    layer.apply(tf.ones([2, 3]))
    return layer.apply(tf.ones([2, 4]))


LAYERS = {
    "units missing": Mistake("tf.layers.dense({})", lambda: tf.layers.dense({}), ("units",)),
    "units of an lstm missing": Mistake(
        "tf.layers.lstm({})", lambda: tf.layers.lstm({}), ("units",)
    ),
    "units of 0": Mistake(
        "tf.layers.dense({units: 0})",
        lambda: tf.layers.dense({"units": 0}),
        ("units", "positive integer"),
    ),
    "units of 1.5": Mistake(
        "tf.layers.dense({units: 1.5})",
        lambda: tf.layers.dense({"units": 1.5}),
        ("units", "positive integer", "1.5"),
    ),
    "units as text": Mistake(
        "tf.layers.dense({units: '3'})",
        lambda: tf.layers.dense({"units": "3"}),
        ("units", "positive integer", "3"),
    ),
    "filters missing": Mistake(
        "tf.layers.conv2d({kernelSize: 3})",
        lambda: tf.layers.conv2d({"kernelSize": 3}),
        ("filters",),
    ),
    "kernelSize missing": Mistake(
        "tf.layers.conv2d({filters: 3})",
        lambda: tf.layers.conv2d({"filters": 3}),
        ("kernelSize",),
    ),
    "outputDim missing": Mistake(
        "tf.layers.embedding({inputDim: 3})",
        lambda: tf.layers.embedding({"inputDim": 3}),
        ("outputDim",),
    ),
    "an unknown activation": Mistake(
        "tf.layers.dense({units: 1, activation: 'rulu'})",
        lambda: tf.layers.dense({"units": 1, "activation": "rulu"}),
        ("Unknown activation", "rulu"),
    ),
    "an unknown initializer": Mistake(
        "tf.layers.dense({units: 1, kernelInitializer: 'glorot'})",
        lambda: tf.layers.dense({"units": 1, "kernelInitializer": "glorot"}),
        ("Unknown initializer", "glorot"),
    ),
    "an unknown regularizer": Mistake(
        "tf.layers.dense({units: 1, kernelRegularizer: 'l3'})",
        lambda: tf.layers.dense({"units": 1, "kernelRegularizer": "l3"}),
        ("Unknown regularizer", "l3"),
    ),
    "an unknown constraint": Mistake(
        "tf.layers.dense({units: 1, kernelConstraint: 'small'})",
        lambda: tf.layers.dense({"units": 1, "kernelConstraint": "small"}),
        ("Unknown constraint", "small"),
    ),
}

MODELS = {
    "inputShape missing on the first layer": Mistake(
        "tf.sequential({layers: [tf.layers.dense({units: 1})]})",
        lambda: one_layer("dense", units=1),
        ("The first layer in a Sequential model must get an `inputShape` or `batchInputShape`",),
    ),
    "an empty model": Mistake(
        "tf.sequential().predict(x)",
        lambda: tf.sequential().predict(X),
        ("Sequential model cannot be built: model is empty. Add some layers first.",),
    ),
    "pop of an empty model": Mistake(
        "tf.sequential().pop()",
        lambda: tf.sequential().pop(),
        ("There are no layers in the model.",),
    ),
    "a series expected": Mistake(
        "model().add(tf.layers.lstm({units: 1}))",
        lambda: model().add(tf.layers.lstm({"units": 1})),
        ("Input 0 is incompatible with layer lstm_LSTM", "expected ndim=3, found ndim=2"),
    ),
    "an image expected": Mistake(
        "model().add(tf.layers.conv2d({filters: 1, kernelSize: 3}))",
        lambda: model().add(tf.layers.conv2d({"filters": 1, "kernelSize": 3})),
        ("Input 0 is incompatible with layer conv2d_Conv2D", "ndim=4, found ndim=2"),
    ),
    "a kernel larger than the image": Mistake(
        "tf.sequential({layers: [tf.layers.conv2d("
        "    {filters: 1, kernelSize: 5, inputShape: [3, 3, 1]})]})",
        lambda: one_layer("conv2d", filters=1, kernelSize=5, inputShape=[3, 3, 1]),
        ("Negative dimension size caused by adding layer conv2d_Conv2D", "3,3,1"),
    ),
    "another size than before": Mistake(
        "const layer = tf.layers.dense({units: 2});"
        "layer.apply(tf.ones([2, 3])); layer.apply(tf.ones([2, 4]))",
        called_on_other_sizes,
        ("Input 0 is incompatible with layer dense_Dense", "axis -1", "to have value 3", "2,4"),
    ),
    "add of different shapes": Mistake(
        "tf.layers.add().apply([tf.input({shape: [2]}), tf.input({shape: [3]})])",
        lambda: tf.layers.add().apply(inputs([2], [3])),
        ("Operands could not be broadcast together with shapes [2] [3]",),
    ),
    "maximum of different shapes": Mistake(
        "tf.layers.maximum().apply([tf.input({shape: [2]}), tf.input({shape: [3]})])",
        lambda: tf.layers.maximum().apply(inputs([2], [3])),
        ("Operands could not be broadcast together with shapes [2] [3]",),
    ),
    "add of one thing": Mistake(
        "tf.layers.add().apply(tf.input({shape: [2]}))",
        lambda: tf.layers.add().apply(tf.input({"shape": [2]})),
        ("A merge layer should be called on an Array of at least 2 inputs. Got 1 input(s)",),
    ),
    "add of different batches": Mistake(
        "tf.layers.add().apply([tf.input({batchShape: [2, 2]}), tf.input({batchShape: [3, 2]})])",
        lambda: tf.layers.add().apply(
            [tf.input({"batchShape": [2, 2]}), tf.input({"batchShape": [3, 2]})]
        ),
        ("Can not merge tensors with different batch sizes.", "[[2,2],[3,2]]"),
    ),
    "concatenate of different shapes": Mistake(
        "tf.layers.concatenate({axis: 1}).apply("
        "    [tf.input({shape: [2, 3]}), tf.input({shape: [2, 4]})])",
        lambda: tf.layers.concatenate({"axis": 1}).apply(inputs([2, 3], [2, 4])),
        ("requires inputs with matching shapes except for the concat axis", "[null,2,3]"),
    ),
    "dot of different shapes": Mistake(
        "tf.layers.dot({axes: 1}).apply([tf.input({shape: [2]}), tf.input({shape: [3]})])",
        lambda: tf.layers.dot({"axes": 1}).apply(inputs([2], [3])),
        ("Dimension incompatibility: 2 !== 3",),
    ),
    "an input that the model has not": Mistake(
        "tf.model({inputs: tf.input({shape: [2]}),"
        "          outputs: tf.layers.dense({units: 1}).apply(tf.input({shape: [2]}))})",
        unconnected,
        ("Graph disconnected",),
    ),
    "two layers of one name": Mistake(
        "const a = tf.input({shape: [2]});"
        "const b = tf.layers.dense({units: 2, name: 'q'}).apply(a);"
        "tf.model({inputs: a, outputs: tf.layers.dense({units: 1, name: 'q'}).apply(b)})",
        equal_names,
        ('The name "q" is used 2 times in the model. All layer names should be unique.',),
    ),
    "an input without a shape": Mistake(
        "tf.input({})",
        lambda: tf.input({}),
        ("Please provide to Input either a `shape` or a `batchShape` argument.",),
    ),
    "a layer that is not there": Mistake(
        "model().getLayer('foo')", lambda: model().getLayer("foo"), ("No such layer: foo",)
    ),
    "a layer beyond the last": Mistake(
        "model().getLayer(null, 5)",
        lambda: model().getLayer(None, 5),
        ("Was asked to retrieve layer at index 5, but model only has 1 layer(s).",),
    ),
    "weights missing": Mistake(
        "model().setWeights([tf.ones([2, 3])])",
        lambda: model().setWeights([tf.ones([2, 3])]),
        ("You called setWeights(weights) on layer", "with a weight list of length 1", "2 weights"),
    ),
    "weights of another shape": Mistake(
        "model().setWeights([tf.ones([2, 2]), tf.ones([2])])",
        lambda: model().setWeights([tf.ones([2, 2]), tf.ones([2])]),
        ("weight shape", "provided"),
    ),
}

COMPILING = {
    "an unknown optimizer": Mistake(
        "compiled({optimizer: 'adamm'})",
        lambda: compiled(optimizer="adamm"),
        ("Unknown optimizer", "adamm"),
    ),
    "a number for an optimizer": Mistake(
        "compiled({optimizer: 0.1})", lambda: compiled(optimizer=0.1), ("optimizer must be",)
    ),
    "an unknown loss": Mistake(
        "compiled({loss: 'crossentropy'})",
        lambda: compiled(loss="crossentropy"),
        ("Unknown loss", "crossentropy"),
    ),
    "no loss": Mistake(
        "model().compile({optimizer: 'sgd'})",
        lambda: model().compile({"optimizer": "sgd"}),
        ("loss",),
    ),
    "an unknown metric": Mistake(
        "compiled({metrics: ['acuracy']})",
        lambda: compiled(metrics=["acuracy"]),
        ("Unknown metric", "acuracy"),
    ),
    "two losses for one output": Mistake(
        "compiled({loss: ['meanSquaredError', 'meanAbsoluteError']})",
        lambda: compiled(loss=["meanSquaredError", "meanAbsoluteError"]),
        (
            "When passing an Array as loss, it should have one entry per model output. "
            "The model has 1 output(s), but you passed loss=",
        ),
    ),
    "a loss for another output": Mistake(
        "compiled({loss: {foo: 'meanSquaredError'}})",
        lambda: compiled(loss={"foo": "meanSquaredError"}),
        ('Unknown entry in loss dictionary: "foo".', "expected the", "keys: dense_Dense"),
    ),
    "compile forgotten before fit": Mistake(
        "await model().fit(x, y)",
        lambda: model().fit(X, Y),
        ("The model needs to be compiled before being used.",),
    ),
    "compile forgotten before evaluate": Mistake(
        "model().evaluate(x, y)",
        lambda: model().evaluate(X, Y),
        ("The model needs to be compiled before being used.",),
    ),
    "compile forgotten of a functional model": Mistake(
        "await functional().fit(x, y)",
        lambda: functional().fit(X, Y),
        ("You must compile a model before training/testing. Use",),
    ),
}

#: With the model that is trained or not.
DATA: dict[str, tuple[str, Callable[[], Any], Callable[[Any], Any], tuple[str, ...]]] = {
    "examples of another shape": (
        "await compiled().fit(tf.ones([4, 5]), y)",
        compiled,
        lambda model: model.fit(tf.ones([4, 5]), Y),
        ("expected", "shape [", "4,5"),
    ),
    "examples of another rank": (
        "await compiled().fit(tf.ones([4, 3, 1]), y)",
        compiled,
        lambda model: model.fit(tf.ones([4, 3, 1]), Y),
        ("Error when checking", "expected dense_Dense", "but got array with shape", "4,3,1"),
    ),
    "examples to predict": (
        "compiled().predict(tf.ones([4, 5]))",
        compiled,
        lambda model: model.predict(tf.ones([4, 5])),
        ("expected dense_Dense", "to have shape [null,3] but got array with shape [4,5]."),
    ),
    "targets of another shape": (
        "await compiled().fit(x, tf.ones([4, 5]))",
        compiled,
        lambda model: model.fit(X, tf.ones([4, 5])),
        ("target", "expected", "shape [", "4,5"),
    ),
    "targets to evaluate": (
        "compiled().evaluate(x, tf.ones([4, 5]))",
        compiled,
        lambda model: model.evaluate(X, tf.ones([4, 5])),
        ("target", "expected", "shape [", "4,5"),
    ),
    "fewer targets": (
        "await compiled().fit(x, tf.ones([3, 2]))",
        compiled,
        lambda model: model.fit(X, tf.ones([3, 2])),
        ("same number of", "input", "target", "4", "3"),
    ),
    "one input of two": (
        "await two().fit(tf.ones([4, 2]), [tf.ones([4, 1]), tf.ones([4, 2])])",
        two,
        lambda model: model.fit(tf.ones([4, 2]), [tf.ones([4, 1]), tf.ones([4, 2])]),
        ("The model", "expects 2", "input"),
    ),
    "three inputs for two": (
        "two().predict([tf.ones([4, 2]), tf.ones([4, 2]), tf.ones([4, 2])])",
        two,
        lambda model: model.predict([tf.ones([4, 2])] * 3),
        ("Error when checking", "2", "but", "got 3"),
    ),
    "two inputs for one": (
        "await compiled().fit([x, x], y)",
        compiled,
        lambda model: model.fit([X, X], Y),
        ("Error when checking", "model", "expect", "1", "but", "got"),
    ),
    "one target of two": (
        "await two().fit([tf.ones([4, 2]), tf.ones([4, 3])], tf.ones([4, 1]))",
        two,
        lambda model: model.fit([tf.ones([4, 2]), tf.ones([4, 3])], tf.ones([4, 1])),
        ("The model", "target", "2"),
    ),
    "an input by another name": (
        "await two().fit({foo: tf.ones([4, 2])}, [tf.ones([4, 1]), tf.ones([4, 2])])",
        two,
        lambda model: model.fit({"foo": tf.ones([4, 2])}, [tf.ones([4, 1]), tf.ones([4, 2])]),
        ("No data", "input"),
    ),
    "a batchSize of 0": (
        "await compiled().fit(x, y, {batchSize: 0})",
        compiled,
        lambda model: model.fit(X, Y, {"batchSize": 0}),
        ("batchSize", "be a positive integer", "got 0"),
    ),
    "validationData without targets": (
        "await compiled().fit(x, y, {validationData: [x]})",
        compiled,
        lambda model: model.fit(X, Y, {"validationData": [X]}),
        ("must contain 2 (valX, valY) or 3 (valX, valY, valSampleWeight) items",),
    ),
    "targets to validate": (
        "await compiled().fit(x, y, {validationData: [x, tf.ones([4, 5])]})",
        compiled,
        lambda model: model.fit(X, Y, {"validationData": [X, tf.ones([4, 5])]}),
        ("target", "expected", "shape [", "4,5"),
    ),
}

MISTAKES = LAYERS | MODELS | COMPILING


def _messages(node: NodeSession, javascript: str, python: Callable[[], Any]) -> list[str]:
    """What tf.js says and what we say."""
    with pytest.raises(TfjsError) as theirs:
        node.evaluate(HELPERS + javascript, x=X, y=Y)
    with pytest.raises((ValueError, TypeError, RuntimeError)) as ours:
        python()
    assert type(ours.value) in (ValueError, TypeError, RuntimeError)
    return [str(theirs.value), str(ours.value)]


def _assert_says(message: str, words: tuple[str, ...]) -> None:
    for word in words:
        assert word.lower() in message.lower()


def _assert_readable(message: str) -> None:
    for noise in ("\x1b", "Exception encountered", "{{", "Traceback", "InvalidArgument", ".cc:"):
        assert noise not in message


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_as_by_tfjs(node: NodeSession, name: str) -> None:
    mistake = MISTAKES[name]
    theirs, ours = _messages(node, mistake.javascript, mistake.python)
    _assert_says(theirs, mistake.words)
    _assert_says(ours, mistake.words)
    _assert_readable(ours)


@pytest.mark.parametrize("name", DATA)
def test_data_that_does_not_fit_trains_nothing(node: NodeSession, name: str) -> None:
    javascript, build, use, words = DATA[name]
    built = build()
    before = [weight.numpy() for weight in built.getWeights()]
    theirs, ours = _messages(node, javascript, lambda: use(built))
    _assert_says(theirs, words)
    _assert_says(ours, words)
    _assert_readable(ours)
    for weight, other in zip(built.getWeights(), before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), other)


def test_class_numbers_for_a_softmax_are_told_what_to_do(node: NodeSession) -> None:
    javascript = """
        const classifier = tf.sequential(
            {layers: [tf.layers.dense({units: 3, inputShape: [3], activation: 'softmax'})]});
        classifier.compile({optimizer: 'sgd', loss: 'categoricalCrossentropy'});
        await classifier.fit(x, tf.ones([4, 1]));
    """
    theirs, ours = _messages(node, javascript, class_numbers)
    _assert_says(theirs, ("target", "expected", "[4,1]"))
    _assert_says(ours, ("target", "expected", "[4,1]", "tf.oneHot(y, 3)"))


def test_the_nearest_name_is_told() -> None:
    for name in ("an unknown activation", "an unknown metric", "an unknown optimizer"):
        with pytest.raises(ValueError, match="did you mean"):
            MISTAKES[name].python()


def test_a_layer_that_does_not_fit_is_not_added() -> None:
    stack = model()
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        stack.add(tf.layers.lstm({"units": 1}))
    with pytest.raises(ValueError, match="The total size of the tensor must be unchanged"):
        stack.add(tf.layers.reshape({"targetShape": [5]}))
    assert [layer.getClassName() for layer in stack.layers] == ["Dense"]
    stack.add(tf.layers.dense({"units": 1}))
    assert stack.outputShape == [None, 1]
