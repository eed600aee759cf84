"""What the tests of element-wise operations share: hard values, generated arrays, gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfjsbridge as tf
from tests.ops.parity import DEFAULT, assert_same, here, in_tfjs
from tfjsbridge.verify import NodeSession

INFINITY, NAN = np.inf, np.nan
#: Every kind of number: infinite, large, whole, halves, tiny, both zeros, NaN.
FLOATS = np.float32(
    [
        *(-INFINITY, -1e30, -1e10, -7.5, -2, -1, -0.5, -1e-30, -0.0, 0, 1e-30, 0.3),
        *(1, 2, 2.5, 7.25, 1e10, 16777216, 2147483648, INFINITY, NAN),
    ]
)
#: The last of them but one is no float32.
INTEGERS = np.int32([-(2**31), -40000, -7, -2, -1, 0, 1, 2, 3, 7, 40000, 16777217, 2**31 - 1])
BOOLS = np.array([False, True])
VALUES = {"float32": FLOATS, "int32": INTEGERS, "bool": BOOLS}
COMPLEX = np.complex64([1 + 2j, -3.5, 0.5j])
STRINGS = np.array(["a", "b", ""], object)

#: Shapes that can be broadcast against each other, of ranks 0 to 6 and empty ones.
BROADCAST = [
    ([], []),
    ([], [3]),
    ([2, 3], [3]),
    ([2, 3], [2, 1]),
    ([4, 1, 3], [2, 1]),
    ([1, 1, 1, 1, 2], [3, 1]),
    ([2, 1, 1, 2, 1, 3], [2, 1, 1]),
    ([0], [1]),
    ([2, 0], [0]),
    ([0, 3], [3]),
    ([1, 0, 1], [2, 1, 4]),
]
NOT_BROADCAST = [([2], [3]), ([2, 3], [2]), ([2, 3], [3, 2]), ([0], [2])]

#: Arrays of ranks 0 to 4, some empty, of all numeric dtypes.
_SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
_ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "float32": st.sampled_from([float(v) for v in FLOATS])
    | st.integers(-400, 400).map(lambda n: n / 16),
    "int32": st.integers(-1000, 1000),
    "bool": st.booleans(),
}


def arrays(shapes: st.SearchStrategy[Any] = _SHAPES) -> st.SearchStrategy[np.ndarray]:
    """Generated arrays of the shapes."""
    return st.sampled_from(sorted(_ELEMENTS)).flatmap(
        lambda dtype: hnp.arrays(dtype, shapes, elements=_ELEMENTS[dtype])
    )


#: Two arrays whose shapes sometimes can be broadcast.
PAIRS = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3).flatmap(
    lambda shapes: st.tuples(
        *(st.just(shape) | (_SHAPES if i else st.nothing()) for i, shape in enumerate(shapes[0]))
    ).flatmap(lambda both: st.tuples(*(arrays(st.just(shape)) for shape in both)))
)


def assert_same_where(
    node: NodeSession, name: str, a: Any, b: Any, same: Any = True, rtol: float = 1e-6
) -> None:
    """`tf.name(a, b)` is the same in tf.js and here, at least where `same` is true."""
    theirs, ours = in_tfjs(node, name, a, b), here(name, a, b)
    assert ours.dtype == theirs["dtype"]
    assert ours.shape == theirs["shape"]
    values = np.where(same, ours.numpy(), theirs["values"])
    np.testing.assert_allclose(values, theirs["values"], rtol, 1e-38)


def gradients(function: Callable[..., Any], *values: np.ndarray) -> list[Any]:
    """The gradients of the sum of what a function gives, with respect to each of the values."""
    raw = [tensorflow.constant(value) for value in values]
    with tensorflow.GradientTape() as tape:
        tape.watch(raw)
        result = function(*(tf.tensor(value) for value in raw)).tensor
    found = tape.gradient(result, raw)
    return [None if g is None else tensorflow.convert_to_tensor(g).numpy() for g in found]


def assert_same_gradients(
    node: NodeSession, name: str, *values: np.ndarray, rest: tuple[Any, ...] = ()
) -> None:
    """The gradients of `tf.name(...values, ...rest)` by `values` are those of tf.js."""
    theirs = node.evaluate(
        "return tf.grads((...tensors) => tf[args.name](...tensors, ...args.rest))(args.values)",
        name=name,
        values=list(values),
        rest=list(rest),
    )
    ours = gradients(lambda *tensors: getattr(tf, name)(*tensors, *rest), *values)
    for i, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        assert mine is not None, f"{name}: no gradient of argument {i}"
        np.testing.assert_allclose(mine, other, 1e-5, 1e-6, err_msg=f"{name}: argument {i}")


def assert_same_method(node: NodeSession, name: str, x: np.ndarray, *rest: Any) -> None:
    """`x.name(...rest)` is the same in tf.js and here."""
    assert DEFAULT not in [part for part in rest if isinstance(part, str)]
    ours = here(name, x, *rest, method=True)
    assert_same(ours, in_tfjs(node, name, x, *rest, method=True), 1e-5, 1e-6)


def within_a_function(function: Callable[..., Any], *values: np.ndarray) -> np.ndarray:
    """What a function gives within a `tensorflow.function` that knows no size."""
    signature = [tensorflow.TensorSpec([None] * v.ndim, v.dtype) for v in values]

    @tensorflow.function(input_signature=signature)
    def traced(*raw: Any) -> Any:
        return function(*(tf.tensor(value) for value in raw)).tensor

    return np.asarray(traced(*(tensorflow.constant(v) for v in values)).numpy())
