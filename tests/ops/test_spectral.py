"""tf.spectral, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import NAN, STRINGS, within_a_function
from tests.ops.gradient_parity import values
from tests.ops.parity import (
    assert_both_refuse,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import SHAPES
from tfjsbridge.verify import NodeSession, TfjsError

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
COMPLEX_ONLY = ["fft", "ifft", "irfft"]
#: Powers of two, for which tf.js has another method, and others.
LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 31, 64, 100]


def signal(shape: Any, seed: int = 0) -> np.ndarray:
    """Complex values."""
    both = values(shape, seed=seed) + 1j * values(shape, seed=seed + 1)
    return np.asarray(both, np.complex64)


@pytest.mark.parametrize("name", COMPLEX_ONLY)
def test_transforms(node: NodeSession, name: str) -> None:
    for length in LENGTHS:
        assert_same_call(node, f"spectral.{name}", signal([length]), **CLOSE)
        assert_same_call(node, name, signal([2, length]), method=True, **CLOSE)
    for shape in SHAPES:
        assert_same_call(node, f"spectral.{name}", signal(shape), **CLOSE)


def test_transforms_of_real_numbers(node: NodeSession) -> None:
    for length in LENGTHS:
        assert_same_call(node, "spectral.rfft", values([length]), **CLOSE)
        assert_same_call(node, "rfft", values([2, length]), method=True, **CLOSE)
    for shape in SHAPES:
        for length in (None, 1, 2, 3, 4, 7, 3.0):
            assert_same_call(node, "spectral.rfft", values(shape), length, **CLOSE)
    np.testing.assert_array_equal(
        tf.spectral.rfft(values([4]), np.int64(3)).numpy(), tf.spectral.rfft(values([4]), 3).numpy()
    )


@pytest.mark.parametrize("name", ["fft", "ifft", "irfft", "rfft"])
def test_empty_transforms(node: NodeSession, name: str) -> None:
    make = values if name == "rfft" else signal
    for shape in ([0], [2, 0], [0, 1], [0, 3], [0, 4], [0, 2, 3], [2, 0, 3], [2, 0, 3, 4], [0, 0]):
        assert_same_outcome(node, f"spectral.{name}", make(shape))
        for length in (2, 5) if name == "rfft" else ():
            assert_same_outcome(node, "spectral.rfft", make(shape), length)


def test_large_numbers_and_nan(node: NodeSession) -> None:
    for length in (1, 3, 4, 6):
        x = signal([length]) * np.float32(1e20)
        for name in COMPLEX_ONLY:
            assert_same_call(node, f"spectral.{name}", x, rtol=1e-5, atol=1e15)
        x = values([length])
        x[0] = NAN
        assert_same_call(node, "spectral.rfft", x)
        assert_same_call(node, "spectral.fft", x.astype(np.complex64))


def test_there_and_back() -> None:
    for shape in SHAPES:
        x = signal(shape)
        np.testing.assert_allclose(tf.tensor(x).fft().ifft().numpy(), x, **CLOSE)
    x = values([2, 8])
    np.testing.assert_allclose(tf.tensor(x).rfft().irfft().numpy(), x, **CLOSE)
    np.testing.assert_allclose(tf.tensor(x).rfft().numpy(), np.fft.rfft(x), **CLOSE)


@pytest.mark.parametrize("name", COMPLEX_ONLY)
def test_what_is_refused(node: NodeSession, name: str) -> None:
    full = f"spectral.{name}"
    for dtype in ("float32", "int32", "bool"):
        assert dtype in assert_both_refuse(node, full, values([4], dtype))
    assert "string" in assert_both_refuse(node, full, STRINGS)
    assert "last axis" in assert_both_refuse(node, full, signal([]))
    assert "last axis" in assert_both_refuse(node, full, signal([2, 0]))
    for plain in ([1, 2], 1, "a", None):
        assert name in assert_both_refuse(node, full, plain)


def test_what_rfft_refuses(node: NodeSession) -> None:
    x = values([4])
    for arguments, said in (
        ((values([4], "int32"),), "int32"),
        ((values([4], "bool"),), "bool"),
        ((signal([4]),), "complex64"),
        ((STRINGS,), "string"),
        ((values([]),), "last axis"),
        (([1, 2],), "Tensor"),
        ((1,), "Tensor"),
        ((x, 0), "fftLength"),
        ((x, 2.5), "fftLength"),
        ((x, 5.5), "fftLength"),
    ):
        assert said in assert_both_refuse(node, "spectral.rfft", *arguments)
    for length in (-1, "a"):  # tf.js cuts all values off, and none
        assert isinstance(in_tfjs(node, "spectral.rfft", x, length), dict)
        with pytest.raises(ValueError, match="fftLength must be a positive integer"):
            tf.spectral.rfft(tf.tensor(x), length)  # type: ignore[arg-type]


@settings(derandomize=True, deadline=None, max_examples=80)
@given(data=st.data())
def test_any_shapes(node: NodeSession, data: Any) -> None:
    shape = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=5))
    name = data.draw(st.sampled_from([*COMPLEX_ONLY, "rfft"]))
    if name == "rfft":
        length = data.draw(st.none() | st.integers(1, 9))
        assert_same_outcome(node, "spectral.rfft", values(shape), length, atol=1e-5)
    else:
        assert_same_outcome(node, f"spectral.{name}", signal(shape), atol=1e-5)


def test_gradients(node: NodeSession) -> None:
    x = values([6])
    with pytest.raises(TfjsError, match="gradient function not found for"):
        node.evaluate("return tf.grad(x => tf.real(x.rfft()))(args.x)", x=x)
    ours = tf.grad(lambda x: tf.real(x.rfft()))(tf.tensor(x)).numpy()
    matrix = np.fft.rfft(np.eye(6)).real
    np.testing.assert_allclose(ours, matrix.sum(1), 1e-5, 1e-5)


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    for name in COMPLEX_ONLY:
        for shape in ([3], [2, 5]) if name != "irfft" else ():
            x = signal(shape)
            ours = within_a_function(lambda x, name=name: getattr(tf.spectral, name)(x), x)
            np.testing.assert_allclose(
                ours, in_tfjs(node, f"spectral.{name}", x)["values"], **CLOSE
            )
    x = values([3, 5])
    for length in (None, 4, 8):
        theirs = in_tfjs(node, "spectral.rfft", x, length)["values"]
        ours = within_a_function(lambda x, length=length: tf.spectral.rfft(x, length), x)
        np.testing.assert_allclose(ours, theirs, **CLOSE)
    for shape in ([1], [2], [5], [2, 1], [2, 5], [2, 3, 4], [2, 1, 2, 3]):
        x = signal(shape)
        theirs = in_tfjs(node, "spectral.irfft", x)
        for known in (None, shape[-1]):

            @tensorflow.function(
                input_signature=[
                    tensorflow.TensorSpec([None] * (len(shape) - 1) + [known], "complex64")
                ]
            )
            def traced(raw: Any) -> Any:
                return tf.spectral.irfft(tf.tensor(raw)).tensor

            np.testing.assert_allclose(traced(tensorflow.constant(x)), theirs["values"], **CLOSE)


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    for name in ("fft", "ifft", "irfft", "rfft"):
        x = tf.tensor(values([4]) if name == "rfft" else signal([4]))
        before = tf.memory()["numTensors"]
        getattr(tf.spectral, name)(x)
        assert tf.memory()["numTensors"] == before + 1
