"""Tensor.toString and print, character for character as tf.js."""

from __future__ import annotations

import itertools
import time
from typing import Any

import hypothesis.extra.numpy as hn
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

DTYPES = ["float32", "int32", "bool", "string", "complex64"]
#: 22 is more than the 20 values that are printed in full.
SIZES = [0, 1, 2, 3, 22]

#: Ties of toFixed(7), the edges of where JavaScript writes exponents, and what is no number.
SPECIAL = [
    0.0, -0.0, np.nan, np.inf, -np.inf, 1.0, -1.0, 0.1, 1 / 3, 100.0, 123456.789, 16777216.0,
    *(sign * 2.0**-k for k in range(1, 30) for sign in (1, -1)),
    *(odd * 2.0**-8 for odd in (3, 5, 7, 9, 11)),
    5e-8, 4.9999999e-8, 1.5e-7, 1e-6, 9.9999e-7, 1.5e-6, 1e-7, 1e-10, 1e-45,
    1e20, 9.9e20, 1e21, 1.5e21, 1e22, -1e21, 3.4028235e38, 1e7, 12345678.0, 0.99999999, 0.9999999,
]  # fmt: skip
FLOATS = st.one_of(
    st.sampled_from(SPECIAL).map(np.float32).map(float),
    st.floats(width=32),
    st.floats(-1000, 1000, width=32),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)
ELEMENTS: dict[str, Any] = {
    "float32": FLOATS,
    "int32": st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-20, 20)),
    "bool": st.booleans(),
    "string": TEXTS,
    "complex64": st.builds(complex, FLOATS, FLOATS),
}


@st.composite
def arrays(draw: Any) -> np.ndarray:
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.sampled_from(SIZES), max_size=6).filter(lambda s: np.prod(s) <= 1000))
    kind = object if dtype == "string" else np.dtype(dtype)
    return draw(
        hn.arrays(
            kind,
            tuple(shape),
            elements=ELEMENTS[dtype],
            fill=st.nothing() if np.prod(shape) <= 30 else ELEMENTS[dtype],
        )
    )


def texts_in_tfjs(node: NodeSession, batch: list[np.ndarray]) -> list[list[str]]:
    body = "return args.batch.map(t => [t.toString(), t.toString(true)])"
    return node.evaluate(body, batch=batch)


def assert_same_texts(node: NodeSession, batch: list[np.ndarray]) -> None:
    for array, (plain, verbose) in zip(batch, texts_in_tfjs(node, batch), strict=True):
        t = tf.tensor(array)
        assert t.toString() == plain
        assert t.toString(True) == verbose


@given(batch=st.lists(arrays(), min_size=3, max_size=6))
@settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
def test_any_tensor(node: NodeSession, batch: list[np.ndarray]) -> None:
    assert_same_texts(node, batch)


def test_every_shape_of_up_to_six_axes(node: NodeSession) -> None:
    shapes = [
        shape
        for rank in range(7)
        for shape in itertools.product([0, 1, 2, 21] if rank < 6 else [1, 2, 21], repeat=rank)
        if np.prod(shape) <= (21 * 21 * 2 if rank < 6 else 200)
    ]
    rng = np.random.default_rng(0)
    assert_same_texts(node, [rng.normal(0, 50, shape).astype(np.float32) for shape in shapes])


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_in_each_rank(node: NodeSession, dtype: str) -> None:
    rng = np.random.default_rng(1)
    shapes = [(), (0,), (1,), (20,), (21,), (50,), (3, 4), (21, 2), (2, 25), (2, 3, 2), (1, 21, 1)]
    batch = [np.asarray(rng.integers(-9, 9, shape)) for shape in shapes]
    if dtype == "string":
        assert_same_texts(node, [array.astype(str).astype(object) for array in batch])
    elif dtype == "complex64":
        assert_same_texts(node, [np.asarray(array * (0.37 - 1.5j), dtype) for array in batch])
    else:
        assert_same_texts(node, [array.astype(dtype) for array in batch])


def test_special_numbers_alone_and_in_a_row(node: NodeSession) -> None:
    numbers = np.array(SPECIAL, np.float32)
    rows = [numbers[i : i + 20] for i in range(0, len(numbers), 20)]
    assert_same_texts(node, [*map(np.asarray, numbers), *rows, *(row[:, None] for row in rows)])


def test_print_prints_to_string(capsys: pytest.CaptureFixture[str], node: NodeSession) -> None:
    array = np.float32([[1, 2], [3, 4.5]])
    [[plain, verbose]] = texts_in_tfjs(node, [array])
    tf.tensor(array).print()
    tf.tensor(array).print(verbose=True)
    assert capsys.readouterr().out == f"{plain}\n{verbose}\n"


def test_str_and_repr_are_the_short_and_the_verbose_text(node: NodeSession) -> None:
    array = np.int32([1, 2])
    [[plain, verbose]] = texts_in_tfjs(node, [array])
    assert str(tf.tensor(array)) == plain
    assert repr(tf.tensor(array)) == verbose


def test_a_large_tensor_is_printed_in_no_time() -> None:
    large = tf.tensor(np.random.default_rng(0).random((2000, 1000), np.float32))
    start = time.perf_counter()
    large.toString()
    assert time.perf_counter() - start < 2
