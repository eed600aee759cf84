"""Arguments of a wrong kind: a ValueError or TypeError that names function and argument."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.ops.parity import here

X = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
INDICES = np.array([0, 1], np.int32)

#: The function, the argument that is wrong, and the call.
CALLS: list[tuple[str, str, list[Any]]] = [
    ("clipByValue", "clipValueMin", [X, None, 1]),
    ("clipByValue", "clipValueMax", [X, 0, "a"]),
    ("leakyRelu", "alpha", [X, None]),
    ("leakyRelu", "alpha", [X, "0.5"]),
    ("step", "alpha", [X, {}]),
    ("localResponseNormalization", "bias", [X[None], 2, "a"]),
    ("localResponseNormalization", "alpha", [X[None], 2, 1, None]),
    ("localResponseNormalization", "beta", [X[None], 2, 1, 1, [0]]),
    ("batchNorm", "varianceEpsilon", [X, X[0], X[0], None, None, {}]),
    ("sum", "axis", [X, {}]),
    ("sum", "axis", [X, [[0]]]),
    ("max", "axis", [X, "a"]),
    ("norm", "axis", [X, 1, {}]),
    ("oneHot", "depth", [INDICES, None]),
    ("oneHot", "onValue", [INDICES, 2, "a"]),
    ("oneHot", "offValue", [INDICES, 2, 1, {}]),
    ("fill", "value", [[2], {}]),
    ("linspace", "start", ["a", 1, 3]),
    ("linspace", "stop", [0, None, 3]),
    ("linspace", "num", [0, 1, "a"]),
    ("range", "start", [None, 3]),
    ("range", "stop", [0, "a"]),
    ("range", "step", [0, 3, {}]),
    ("rand", "randFunction", [[2], 5]),
    ("randomUniform", "minval", [[2], None]),
    ("randomUniform", "maxval", [[2], 0, "a"]),
    ("randomUniformInt", "minval", [[2], {}, 3]),
    ("randomNormal", "mean", [[2], "a"]),
    ("randomNormal", "stdDev", [[2], 0, None]),
    ("truncatedNormal", "stdDev", [[2], 0, []]),
    ("randomGamma", "alpha", [[2], None]),
    ("randomGamma", "beta", [[2], 1, "a"]),
    ("multinomial", "numSamples", [X, None]),
    ("multiRNNCell", "lstmCells", [None, X, [X], [X]]),
    ("multiRNNCell", "lstmCells", [[None], X, [X], [X]]),
    ("searchSorted", "side", [X[0], X[0], X]),
    ("tensor", "dtype", [[1], None, {}]),
    ("tensor", "dtype", [[1], None, "foo"]),
    ("tensor2d", "strings", [[["a"]], None, "float32"]),
    ("zeros", "shape", [[-1]]),
    ("zeros", "shape", [[True]]),
    ("ones", "dtype", [[2], "float64"]),
    ("buffer", "shape", [6]),
    ("eye", "shape", [2, 2, 5]),
    ("variable", "dtype", [X, True, None, "foo"]),
    ("cast", "dtype", [X, {}]),
    ("math.confusionMatrix", "labels", [None, INDICES, 2]),
    ("math.confusionMatrix", "numClasses", [INDICES, INDICES, 1]),
    ("keep", "result", [None]),
    ("time", "f", [5]),
    ("profile", "f", [None]),
    ("util.shuffle", "array", [5]),
    ("util.createShuffledIndices", "n", [-1]),
    ("util.encodeString", "s", [None]),
    ("util.sizeFromShape", "shape", [None]),
    ("add", "shapes", [X, INDICES]),
    ("tensor", "arr[1]", [[[1, 2], [3]]]),
]


@pytest.mark.parametrize(("name", "argument", "values"), CALLS)
def test_the_error_names_function_and_argument(name: str, argument: str, values: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        here(name, *values)
    message = str(caught.value)
    assert name.rpartition(".")[2] in message
    assert argument in message
    for foreign in ("EagerTensor", "{{", "[Op:", "NoneType' object", "unsupported operand"):
        assert foreign not in message


def test_reshape_as_of_no_tensor() -> None:
    with pytest.raises(TypeError, match="Argument 'x' passed to 'reshapeAs' must be a Tensor"):
        tf.tensor(X).reshapeAs([6])


@pytest.mark.parametrize("name", ["concat", "stack"])
@pytest.mark.parametrize("x", [None, {}, 5, "a"])
def test_joining_with_no_tensors(name: str, x: Any) -> None:
    with pytest.raises(TypeError, match=f"Argument 'x' passed to '{name}' must be a Tensor"):
        getattr(tf.tensor(X), name)(x)


def test_a_function_that_is_named_is_not_named_again() -> None:
    with pytest.raises(ValueError, match=r"^Error in reshape"):
        tf.tensor(X).as2D(2, 2)
    disposed = tf.tensor(X)
    disposed.dispose()
    with pytest.raises(ValueError, match=r"^Tensor is disposed\.$"):  # tf.js's words
        tf.add(disposed, 1)
