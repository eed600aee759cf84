"""tf.browser: images as Tensors, and Tensors as images.

Follows tfjs-core/src/ops/browser.ts and the cpu kernel Draw. In place of a page's images and
canvases stand NumPy arrays and PIL images; what a canvas of PIL cannot do, its own resizing, is an
error that says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import number, whole
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import operation


@operation
def fromPixels(pixels: Any, numChannels: int = 3) -> Tensor:
    """An int32 Tensor of the pixels of an image.

    Args:
      pixels: a PIL image; a NumPy array of whole numbers from 0 to 255, [height, width] (grey),
        [height, width, 1], [height, width, 3] (red, green, blue) or [height, width, 4] (with
        alpha); or what tf.js takes, a dict of `data` (a flat array of red, green, blue, alpha),
        `width` and `height`.
      numChannels: how many channels to keep, from 1 to 4: red, green, blue, alpha.

    Returns:
      A Tensor [height, width, numChannels] of values from 0 to 255.

    Raises:
      ValueError: for more than 4 channels, values that are no pixels, a number of values that does
        not fit.
      TypeError: for what is no image; what only a page has, as a video, is none here.
    """
    if number(numChannels, "numChannels", "fromPixels") > 4:
        raise ValueError("Cannot construct Tensor with more than 4 channels from pixels.")
    if pixels is None:
        raise TypeError("pixels passed to tf.browser.fromPixels() can not be null")
    if numChannels < 0 or whole(numChannels) is None:
        raise ValueError(f"numChannels must be a whole number from 0 to 4, got {numChannels}")
    return Tensor(tensorflow.constant(_rgba(pixels)[:, :, : int(numChannels)]))


def fromPixelsAsync(pixels: Any, numChannels: int = 3) -> Tensor:
    """`fromPixels`: what tf.js gives as a Promise is given directly."""
    return fromPixels(pixels, numChannels)


def toPixels(img: Any, canvas: Any = None) -> np.ndarray:
    """The pixels of a Tensor: red, green, blue and alpha.

    Args:
      img: a Tensor [height, width], [height, width, 1] (grey), [height, width, 3] or
        [height, width, 4] (with alpha): float32 from 0 to 1, or int32 from 0 to 255; or nested
        lists, from 0 to 255.
      canvas: what to draw on too: a PIL image, or a NumPy array [height, width, 4] of uint8, of
        the size of `img`.

    Returns:
      A flat uint8 array, four values a pixel, in rows. `PIL.Image.fromarray` wants it in the shape
      [height, width, 4].

    Raises:
      ValueError: for another rank, number of channels or dtype, values out of range, a canvas of
        another size.
    """
    pixels = _pixels(img, "toPixels", alpha=255)
    if canvas is not None:
        _put(canvas, pixels)
    return pixels.reshape(-1)


def draw(image: Any, canvas: Any, options: Mapping[str, Any] | None = None) -> None:
    """Draw a Tensor on a canvas.

    Args:
      image: see `toPixels`.
      canvas: a PIL image, or a NumPy array [height, width, 4] of uint8, of the size of `image`.
      options: `imageOptions`, a dict with `alpha`, the opacity from 0 to 1 of an image without
        alpha; `contextOptions`, a dict with `contextType`, which can only be "2d".

    Raises:
      ValueError: for another rank, number of channels or dtype, values out of range, a canvas of
        another size, an alpha out of range.
    """
    options = options or {}
    alpha = (options.get("imageOptions") or {}).get("alpha") or 1
    if alpha > 1 or alpha < 0:
        raise ValueError(f"Alpha value {alpha} is supposed to be in range [0 - 1].")
    kind = (options.get("contextOptions") or {}).get("contextType") or "2d"
    if kind != "2d":
        raise ValueError(
            f"Context type {kind} is not supported by the CPU backend; only a page has it."
        )
    _put(canvas, _pixels(image, "draw", 255 * alpha))


def _rgba(pixels: Any) -> np.ndarray:
    """Pixels as an int32 array [height, width, 4]."""
    if isinstance(pixels, Mapping):
        return _of_pixel_data(pixels)
    if hasattr(pixels, "convert") and hasattr(pixels, "getbands"):  # PIL
        return np.asarray(pixels.convert("RGBA")).astype(np.int32)
    if not isinstance(pixels, np.ndarray):
        raise TypeError(
            "pixels passed to tf.browser.fromPixels() must be a PIL image, a NumPy array, or "
            "{data: uint8 array, width: number, height: number}, but was "
            f"{type(pixels).__name__}. Only a page in a browser has others, as videos and canvases."
        )
    channels = 1 if pixels.ndim == 2 else pixels.shape[-1]
    if pixels.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise ValueError(
            "pixels passed to tf.browser.fromPixels() must have the shape [height, width], or "
            f"[height, width, channels] with 1, 3 or 4 channels, but it is {list(pixels.shape)}"
        )
    whole = pixels.dtype.kind in "iu"
    if not whole or (pixels.size and (pixels.min() < 0 or pixels.max() > 255)):
        raise ValueError(
            "pixels passed to tf.browser.fromPixels() must be whole numbers from 0 to 255, but "
            + (f"go from {pixels.min()} to {pixels.max()}" if whole else f"are {pixels.dtype}")
        )
    height, width = pixels.shape[:2]
    result = np.full((height, width, 4), 255, np.int32)
    # Of a grey image all three are the same.
    result[:, :, : max(channels, 3)] = pixels.reshape(height, width, channels)
    return result


def _of_pixel_data(pixels: Mapping[str, Any]) -> np.ndarray:
    missing = [key for key in ("data", "width", "height") if key not in pixels]
    if missing:
        raise TypeError(
            "pixels passed to tf.browser.fromPixels() lacks " + ", ".join(missing) + "; a dict "
            "must be {data: uint8 array, width: number, height: number}"
        )
    data = np.asarray(pixels["data"]).reshape(-1)
    height, width = int(pixels["height"]), int(pixels["width"])
    if data.size != height * width * 4:
        raise ValueError(
            "pixels passed to tf.browser.fromPixels(): data must have four values a pixel (red, "
            f"green, blue, alpha), {height * width * 4} for {height} x {width}, got {data.size}"
        )
    return data.astype(np.uint8).astype(np.int32).reshape(height, width, 4)


@operation
def _image(img: Any, name: str) -> Tensor:
    value = convert(img, "img", name)
    # Lists are from 0 to 255.
    return value if isinstance(img, Tensor) else tensor_from(value, "int32")


def _pixels(img: Any, name: str, alpha: float) -> np.ndarray:
    """The pixels of a Tensor as a uint8 array [height, width, 4]."""
    value = _image(img, name)
    if value.rank not in (2, 3):
        raise ValueError(f"toPixels only supports rank 2 or 3 tensors, got rank {value.rank}.")
    depth = 1 if value.rank == 2 else value.shape[2]
    if depth > 4 or depth == 2:
        raise ValueError(f"toPixels only supports depth of size 1, 3 or 4 but got {depth}")
    dtype = value.dtype
    if dtype not in ("float32", "int32"):
        raise ValueError(
            f"Unsupported type for toPixels: {dtype}. Please use float32 or int32 tensors."
        )
    height, width = value.shape[:2]
    values = value.numpy().astype(np.float64).reshape(height, width, depth)
    if value is not img:
        value.dispose()
    highest = 1 if dtype == "float32" else 255
    outside = values[(values < 0) | (values > highest)]
    if outside.size:
        raise ValueError(
            f"Tensor values for a {dtype} Tensor must be in the range [0 - {highest}] but "
            f"encountered {outside[0]:g}."
        )
    result = np.zeros((height, width, 4))
    result[:, :, 3] = alpha
    result[:, :, : 3 if depth == 1 else depth] = values * (255 / highest)
    # JavaScript: half is rounded up; what is no number is 0.
    return np.floor(np.nan_to_num(result) + 0.5).astype(np.uint8)


def _put(canvas: Any, pixels: np.ndarray) -> None:
    """Draw pixels on a PIL image or into an array of the same size."""
    height, width = pixels.shape[:2]
    if isinstance(canvas, np.ndarray):
        if canvas.shape != pixels.shape or canvas.dtype != np.uint8:
            raise ValueError(
                f"The canvas must be a uint8 array of the shape {list(pixels.shape)}, "
                f"but it is {canvas.dtype} {list(canvas.shape)}"
            )
        canvas[...] = pixels
    elif hasattr(canvas, "paste") and hasattr(canvas, "getbands"):  # PIL
        if canvas.size != (width, height):
            raise ValueError(
                f"The canvas must be an image of the size {(width, height)}, as PIL's images "
                f"cannot be resized in place, but it is {canvas.size}"
            )
        image = importlib.import_module("PIL.Image").fromarray(pixels)
        canvas.paste(image.convert(canvas.mode))
    else:
        raise TypeError(
            "A canvas here is a PIL image or a NumPy array [height, width, 4] of uint8; a page's "
            f"own exists in a browser only. Got {type(canvas).__name__}"
        )
