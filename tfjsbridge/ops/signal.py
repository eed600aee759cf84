"""tf.signal of the tf.js API.

Follows tfjs-core/src/ops/signal/{frame,hamming_window,hann_window,stft}.ts and signal_ops_util.ts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.ops.arithmetic import mul
from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.filling import fill
from tfjsbridge.ops.joining import concat
from tfjsbridge.ops.shapes import whole
from tfjsbridge.ops.spectral import rfft
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

__all__ = ["frame", "hammingWindow", "hannWindow", "stft"]


@operation
def hannWindow(windowLength: int) -> Tensor:
    """A Hann window, float32; of length 1 it is NaN, as in tf.js."""
    return _cosine_window(windowLength, 0.5, 0.5, "hannWindow")


@operation
def hammingWindow(windowLength: int) -> Tensor:
    """A Hamming window, float32; of length 1 it is NaN, as in tf.js."""
    return _cosine_window(windowLength, 0.54, 0.46, "hammingWindow")


def _cosine_window(windowLength: Any, a: float, b: float, function: str) -> Tensor:
    length = _checked_length(windowLength, "windowLength", function)
    last = length - length % 2
    angles = 2 * np.pi * np.arange(length) / (last or np.nan)
    return Tensor(tensorflow.constant(a - b * np.cos(angles), "float32"))


def _checked_length(value: Any, argument: str, function: str, least: int = 0) -> int:
    number = whole(value)
    if number is None or number < least:
        # tf.js: makes a shape of fractions of some of these, and runs without end for others.
        raise ValueError(
            f"Error in {function}: {argument} must be an integer of {least} at least, got {value}."
        )
    return number


@operation
def frame(
    signal: Any, frameLength: int, frameStep: int, padEnd: bool = False, padValue: Any = 0
) -> Tensor:
    """A signal cut into frames that may overlap.

    Args:
      signal: a Tensor of rank 1, of any dtype but complex64. As in tf.js, a plain list has no
        frames: make a Tensor of it.
      frameLength: the length of each frame.
      frameStep: how far the frames are apart.
      padEnd: whether to make frames until the end of the signal, filled up.
      padValue: what to fill them up with.

    Returns:
      [frames, frameLength], of the dtype of `signal`; float32 if there is none, as in tf.js.

    Raises:
      ValueError: for another rank, lengths that are none.
    """
    value = convert(signal, "signal", "frame", STRING_OR_NUMERIC).tensor
    if len(value.shape) != 1 or value.dtype == tensorflow.complex64:
        raise ValueError(
            "Error in frame: signal must be rank 1 and not complex64, but got "
            f"{value.dtype.name} of shape {value.shape.as_list()}."
        )
    length = _checked_length(frameLength, "frameLength", "frame")
    step = _checked_length(frameStep, "frameStep", "frame", least=1)
    size = 0 if isinstance(signal, (list, tuple)) else value.shape[0]
    if size is None:  # within a tensorflow.function
        return Tensor(tensorflow.signal.frame(value, length, step, padEnd, padValue))
    count = max(0, (size - length) // step + 1)
    if padEnd:
        count = max(count, -(-size // step))
    if count == 0:
        return Tensor(tensorflow.zeros([0, length]))
    missing = (count - 1) * step + length - size
    if missing > 0:
        value = concat([Tensor(value), fill([missing], padValue)]).tensor
    places = np.arange(count)[:, None] * step + np.arange(length)
    return Tensor(tensorflow.gather_nd(value, places[:, :, None].astype(np.int32)))


@operation
def stft(
    signal: Any,
    frameLength: int,
    frameStep: int,
    fftLength: int | None = None,
    windowFn: Callable[[int], Any] = hannWindow,
) -> Tensor:
    """The short-time Fourier transform of a signal.

    Args:
      signal: of rank 1, float32 (or int32, of a float32 window).
      frameLength: the length of each frame.
      frameStep: how far the frames are apart.
      fftLength: the length of each transform; without it, the next power of two.
      windowFn: a function that gives the window of a length.

    Returns:
      [frames, fftLength / 2 + 1], complex64.

    Raises:
      ValueError: for another rank or dtype, lengths that are none, a window of another length.
    """
    frames = frame(signal, frameLength, frameStep)
    windowed = mul(frames, windowFn(frameLength))
    return rfft(windowed, _enclosing_power_of_two(frameLength) if fftLength is None else fftLength)


def _enclosing_power_of_two(value: int) -> int:
    """The least one that is not less, as tf.js computes it; 0 for 0."""
    return 2 ** math.ceil(math.log(value) / math.log(2.0)) if value else 0
