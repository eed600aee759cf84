"""tf.signal, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import INFINITY, NAN, within_a_function
from tests.ops.gradient_parity import values
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    here,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
FRAME, STFT = "signal.frame", "signal.stft"


@pytest.mark.parametrize("name", ["signal.hannWindow", "signal.hammingWindow"])
def test_windows(node: NodeSession, name: str) -> None:
    for length in (0, 1, 2, 3, 4, 5, 10, 31, 256):
        assert_same_call(node, name, length, rtol=1e-5, atol=1e-7)
    assert_same_call(node, name, 4.0, rtol=1e-5, atol=1e-7)
    for length in (-1, INFINITY):
        assert "windowLength" in assert_both_refuse(node, name, length)


def test_lengths_that_are_no_whole_numbers(node: NodeSession) -> None:
    assert "lengths that are no whole numbers" in FAULTS
    x = values([5])
    for name, arguments in (
        ("hannWindow", [2.5]),
        ("hannWindow", [NAN]),
        ("hammingWindow", [2.5]),
        ("frame", [x, 2, 1.5]),
    ):
        assert in_tfjs(node, f"signal.{name}", *arguments)["dtype"] == "float32"
        with pytest.raises(ValueError, match="must be an integer"):
            here(f"signal.{name}", *arguments)
    shape = node.evaluate("return tf.signal.frame(args.x, 2.5, 1).shape", x=x)
    assert shape == [3, 2.5]
    with pytest.raises(ValueError, match="frameLength must be an integer"):
        tf.signal.frame(tf.tensor(x), 2.5, 1)  # type: ignore[arg-type]
    for step in (0, -1):  # tf.js runs without end
        with pytest.raises(ValueError, match="frameStep must be an integer of 1 at least"):
            tf.signal.frame(tf.tensor(x), 2, step)


# frame.


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("pad", [DEFAULT, False, True])
def test_frames(node: NodeSession, dtype: str, pad: Any) -> None:
    for size in (0, 1, 3, 7, 8):
        x = values([size], dtype)
        for length in (0, 1, 2, 3, 8, 10):
            for step in (1, 2, 3, 9):
                assert_same_call(node, FRAME, x, length, step, pad)


def test_what_frames_are_filled_up_with(node: NodeSession) -> None:
    for dtype in DTYPES:
        x = values([5], dtype)
        for value in (0, 1, 7, -2.6, 0.4, NAN, INFINITY, True, False):
            if dtype != "bool" or value in (0, 1):
                assert_same_call(node, FRAME, x, 3, 2, True, value)
    words = np.array(["a", "b", "c"])
    assert_same_call(node, FRAME, words, 2, 1)
    assert_same_call(node, FRAME, words, 2, 1, True, "z")


def test_frames_of_lists(node: NodeSession) -> None:
    assert_same_call(node, FRAME, [1, 2, 3], 2, 1)
    assert_same_call(node, FRAME, [1, 2, 3], 2, 1, True)


def test_frames_of_what_is_no_vector(node: NodeSession) -> None:
    assert "frames of what is no vector" in FAULTS
    assert in_tfjs(node, FRAME, values([3, 1]), 2, 1)["shape"] == [2, 2]
    for shape in ([3, 1], [2, 2], [1, 3]):
        assert_both_refuse(node, FRAME, values(shape), 2, 1, True)
        with pytest.raises(ValueError, match="signal must be rank 1"):
            tf.signal.frame(tf.tensor(values(shape)), 2, 1)


def test_what_frame_refuses(node: NodeSession) -> None:
    x = values([5])
    for arguments, said in (
        ((x, -1, 1), "frameLength"),
        ((x, "a", 1), "frameLength"),
        ((np.array(["a"]), 2, 1, True), "string"),
        ((values([]), 1, 1), "rank 1"),
        ((np.ones(3, np.complex64), 2, 1), "complex64"),
    ):
        assert said in assert_both_refuse(node, FRAME, *arguments)
    for value, error in (("a", ValueError), (None, TypeError), ([1], TypeError)):
        with pytest.raises(error):  # in tf.js NaN
            tf.signal.frame(tf.tensor(x), 2, 1, True, value)


def test_gradients_of_frame(node: NodeSession) -> None:
    x = values([7])
    for arguments in ([3, 2], [2, 3], [3, 2, True], [2, 4, True, 1.0]):
        theirs = node.evaluate(
            "return tf.grad(x => tf.signal.frame(x, ...args.rest).square())(args.x)",
            x=x,
            rest=arguments,
        )
        ours = tf.grad(lambda x, rest=arguments: tf.signal.frame(x, *rest).square())(tf.tensor(x))
        np.testing.assert_allclose(ours.numpy(), theirs, 1e-5, 1e-6)


# stft.


def test_transforms_of_short_times(node: NodeSession) -> None:
    x = values([20])
    for length in (2, 3, 4, 5, 8, 16, 20):
        for step in (1, 3, 25):
            assert_same_call(node, STFT, x, length, step, **CLOSE)
            for fft in (1, 2, 3, 7, 8, 9, 16, 32):
                assert_same_call(node, STFT, x, length, step, fft, **CLOSE)
    assert_same_call(node, STFT, values([5]), 1, 1)  # NaN, the window of length 1


def test_windows_of_short_times(node: NodeSession) -> None:
    script = """
        const y = tf.signal.stft(args.x, 4, 2, args.length, WINDOW);
        return {dtype: y.dtype, shape: y.shape, values: y};
    """
    x = values([12])
    for window, ours in (
        ("tf.signal.hammingWindow", tf.signal.hammingWindow),
        ("tf.signal.hannWindow", tf.signal.hannWindow),
        ("length => tf.ones([length])", lambda length: tf.ones([length])),
        ("length => tf.range(0, length)", lambda length: tf.range(0, length)),
        ("() => tf.scalar(2)", lambda _: tf.scalar(2)),
        ("() => 2", lambda _: 2),
        ("() => [1, 2, 3, 4]", lambda _: [1, 2, 3, 4]),
        ("() => tf.ones([2, 1, 4])", lambda _: tf.ones([2, 1, 4])),
        ("() => tf.tensor1d([1, 0, 1, 0], 'int32')", lambda _: tf.tensor1d([1, 0, 1, 0], "int32")),
    ):
        for length in (None, 4, 6):
            theirs = node.evaluate(script.replace("WINDOW", window), x=x, length=length)
            assert_same(tf.signal.stft(tf.tensor(x), 4, 2, length, ours), theirs, **CLOSE)


def test_signals_of_other_kinds(node: NodeSession) -> None:
    for dtype in ("int32", "bool"):
        assert_same_outcome(node, STFT, values([9], dtype), 4, 2, atol=1e-5)
    for shape in ([0], [3]):
        assert_same_outcome(node, STFT, values(shape), 4, 2, atol=1e-5)
    assert_same_outcome(node, STFT, [1, 2, 3, 4, 5], 4, 2, atol=1e-5)


def test_what_stft_refuses(node: NodeSession) -> None:
    x = values([9])
    for arguments, said in (
        ((x, 0, 1), "last axis"),
        ((x, 4, 2, 0), "fftLength"),
        ((x, 4, 2, 2.5), "fftLength"),
        ((values([2, 4]), 2, 2), "rank 1"),
        ((np.ones(9, np.complex64), 4, 2), "complex64"),
        ((np.array(["a", "b", "c"]), 2, 1), "string"),
    ):
        assert said in assert_both_refuse(node, STFT, *arguments)
    with pytest.raises(ValueError, match=r"\[3, 4\] and \[5\]"):
        tf.signal.stft(tf.tensor(x), 4, 2, None, lambda _: tf.ones([5]))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(data=st.data())
def test_any_signal(node: NodeSession, data: Any) -> None:
    x = values([data.draw(st.integers(0, 12))], data.draw(st.sampled_from(DTYPES)))
    length, step = data.draw(st.integers(0, 14)), data.draw(st.integers(1, 6))
    if data.draw(st.booleans()):
        assert_same_outcome(node, FRAME, x, length, step, data.draw(st.booleans()))
    else:
        fft = data.draw(st.none() | st.integers(1, 20))
        assert_same_outcome(node, STFT, x, length, step, fft, atol=1e-5)


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    for size in (2, 9):
        x = values([size])
        for rest in ((3, 2), (3, 2, True), (2, 4, True, 1.5), (1, 3)):
            theirs = in_tfjs(node, FRAME, x, *rest)["values"]
            ours = within_a_function(lambda x, rest=rest: tf.signal.frame(x, *rest), x)
            np.testing.assert_allclose(ours, np.reshape(theirs, ours.shape), **CLOSE)
        theirs = in_tfjs(node, STFT, x, 4, 2)["values"]
        ours = within_a_function(lambda x: tf.signal.stft(x, 4, 2), x)
        np.testing.assert_allclose(ours, np.reshape(theirs, ours.shape), **CLOSE)


def test_within_a_function_of_known_size(node: NodeSession) -> None:
    x = values([9])

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([9])])
    def traced(raw: Any) -> Any:
        return tf.signal.stft(tf.tensor(raw), 4, 2).tensor

    theirs = in_tfjs(node, STFT, x, 4, 2)["values"]
    np.testing.assert_allclose(traced(tensorflow.constant(x)), theirs, **CLOSE)


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    x = tf.tensor(values([9]))
    before = tf.memory()["numTensors"]
    tf.signal.frame(x, 4, 2, True)
    assert tf.memory()["numTensors"] == before + 1
    tf.signal.stft(x, 4, 2)
    assert tf.memory()["numTensors"] == before + 2
    tf.signal.hannWindow(3)
    assert tf.memory()["numTensors"] == before + 3
