"""tf.spectral of the tf.js API: Fourier transforms over the last axis.

Follows tfjs-core/src/ops/spectral/{fft,ifft,irfft,rfft}.ts and the cpu kernels.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import dynamic_sizes, whole
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

__all__ = ["fft", "ifft", "irfft", "rfft"]

_raw = tensorflow.raw_ops


@chained
def fft(input: Any) -> Tensor:
    """The discrete Fourier transform.

    Args:
      input: complex64, of rank 1 at least.

    Returns:
      complex64, of the same shape.

    Raises:
      ValueError: for another dtype, a scalar, a last axis of size 0.
    """
    return Tensor(_raw.FFT(input=_checked(input, "fft", "complex64")))


@chained
def ifft(input: Any) -> Tensor:
    """The inverse of `fft`, which see for the arguments."""
    return Tensor(_raw.IFFT(input=_checked(input, "ifft", "complex64")))


@chained
def rfft(input: Any, fftLength: int | None = None) -> Tensor:
    """The discrete Fourier transform of real numbers.

    Args:
      input: float32, of rank 1 at least.
      fftLength: how many values to transform; the last axis is cut or filled with zeros to it.

    Returns:
      complex64, of the shape of `input` but for the last axis, which has size length / 2 + 1.

    Raises:
      ValueError: for another dtype, a scalar, a last axis or length of size 0.
    """
    value = _checked(input, "rfft", "float32")
    if fftLength is None:
        length = value.shape[-1]
        if length is None:  # within a tensorflow.function
            return Tensor(tensorflow.signal.rfft(value))
    else:
        length = whole(fftLength)
        if length is None or length < 1:
            # tf.js: gives no sensible result for some of these.
            raise ValueError(
                f"Error in rfft: fftLength must be a positive integer, got {fftLength}."
            )
    if 0 in value.shape:
        return Tensor(tensorflow.zeros([*value.shape[:-1], length // 2 + 1], tensorflow.complex64))
    return Tensor(tensorflow.signal.rfft(value, [length]))


@chained
def irfft(input: Any) -> Tensor:
    """The inverse of `rfft`.

    Args:
      input: complex64, of rank 1 at least.

    Returns:
      float32, 2 * (n - 1) values for n of the last axis, n where it is 1. As in tf.js the axes
      before it become one, unless there are two of them.

    Raises:
      ValueError: for another dtype, a scalar, a last axis of size 0.
    """
    value = _checked(input, "irfft", "complex64")
    *outer, inner = dynamic_sizes(value)
    length = 2 * (inner - 1)
    length = max(length, 1) if isinstance(inner, int) else tensorflow.maximum(length, 1)
    rows = tensorflow.reshape(value, [math.prod(outer), inner])
    result = _raw.IRFFT(input=rows, fft_length=[length], Treal=tensorflow.float32)
    if len(outer) == 2 and value.shape[0] != 0:
        # tf.js: gives a matrix of anything but rank 3.
        result = tensorflow.reshape(result, [*outer, length])
    return Tensor(result)


def _checked(input: Any, function: str, dtype: str) -> Any:
    """The argument as a TensorFlow tensor; as in tf.js it must be a Tensor or an array."""
    if isinstance(input, (list, tuple, int, float, complex)):
        raise TypeError(
            f"Error in {function}: input must be a Tensor of dtype {dtype}, but got "
            f"'{type(input).__name__}'."
        )
    value = convert(input, "input", function).tensor
    if value.dtype.name != dtype:
        raise ValueError(
            f"The dtype for tf.spectral.{function}() must be {dtype} but got {value.dtype.name}."
        )
    if len(value.shape) == 0 or value.shape[-1] == 0:
        raise ValueError(
            f"Error in {function}: input must have a last axis with values, but its shape is "
            f"{value.shape.as_list()}."
        )
    return value
