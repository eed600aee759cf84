"""Operations / Images of the tf.js API: resizing.

Follows tfjs-core/src/ops/image/{resize_bilinear,resize_nearest_neighbor}.ts, the gradients beside
them, and the cpu kernels. Places are computed in float64, as JavaScript does: TensorFlow's own
kernels compute them in float32, which takes other neighbours and weights than tf.js in images of
some hundred pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.ops.conv_kernels import refuse_complex
from tfjsbridge.ops.conv_util import batched, numbers, unbatched
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

_raw = tensorflow.raw_ops


@chained
def resizeBilinear(
    images: Any, size: Sequence[int], alignCorners: bool = False, halfPixelCenters: bool = False
) -> Tensor:
    """Images in another size; each value is a mean of the four around its place.

    Args:
      images: [batch, height, width, channels], or without the batch.
      size: the new [height, width].
      alignCorners: whether the corners stay in the corners: the outermost pixels' centres.
      halfPixelCenters: whether a pixel's centre is its middle, not its upper left corner. As in
        tf.js the gradient does not heed it.

    Returns:
      A float32 Tensor, [batch, *size, channels], or without the batch; of images without pixels
      NaN. The gradient for images that are not square is that of tf.js's wasm backend; its cpu
      backend refuses to give one.

    Raises:
      ValueError: for complex64 images or another rank, a size that is not two whole numbers of at
        least 0, or where both flags are true.
    """
    name = "resizeBilinear"
    value = convert(images, "images", name)
    refuse_complex(name, images=value)
    image, single, target = _checked(name, value, size, alignCorners, halfPixelCenters)
    align = bool(alignCorners)

    @tensorflow.custom_gradient
    def resized(image: Any) -> Any:
        def gradient(dy: Any) -> Any:
            if 0 in (*image.shape, *target):
                return tensorflow.zeros_like(image)
            return _raw.ResizeBilinearGrad(grads=dy, original_image=image, align_corners=align)

        return _bilinear(image, target, align, bool(halfPixelCenters)), gradient

    return Tensor(unbatched(resized(tensorflow.cast(image, "float32")), single))


@chained
def resizeNearestNeighbor(
    images: Any, size: Sequence[int], alignCorners: bool = False, halfPixelCenters: bool = False
) -> Tensor:
    """Images in another size; each value is the one nearest to its place.

    Args:
      images: float32 or int32, [batch, height, width, channels], or without the batch.
      size: the new [height, width].
      alignCorners, halfPixelCenters: as of `resizeBilinear`.

    Returns:
      [batch, *size, channels], or without the batch; of the dtype of the images. Of images without
      pixels NaN, or 0. The gradient for several images is that of tf.js's wasm backend; its cpu
      backend takes parts of it from wrong places.

    Raises:
      ValueError: for images of another dtype, and as `resizeBilinear` does.
    """
    name = "resizeNearestNeighbor"
    value = convert(images, "images", name)
    if value.dtype not in ("float32", "int32"):
        raise ValueError(
            f"Error in {name}: `images` must have `int32` or `float32` as dtype, "
            f"but got {value.dtype}"
        )
    image, single, target = _checked(name, value, size, alignCorners, halfPixelCenters)
    align = bool(alignCorners)
    if not halfPixelCenters:
        return Tensor(unbatched(_nearest(image, target, align), single))

    @tensorflow.custom_gradient
    def half_pixel(image: Any) -> Any:
        def without(dy: Any) -> Any:
            with tensorflow.GradientTape() as tape:
                tape.watch(image)
                y = _nearest(image, target, align)
            return tape.gradient(y, image, dy)

        return _nearest(image, target, align, half=True), without

    return Tensor(unbatched(half_pixel(image), single))


def _checked(
    name: str, images: Tensor, size: Any, alignCorners: bool, halfPixelCenters: bool
) -> tuple[Any, bool, list[int]]:
    """The images as a batch, whether there was none, and the new size."""
    image, single = batched(images.tensor, 4)
    if len(image.shape) != 4:
        raise ValueError(
            f"Error in {name}: x must be rank 3 or 4, but got rank {len(image.shape)}."
        )
    if not isinstance(size, Sequence) or len(size) != 2:
        raise ValueError(f"Error in {name}: new shape must 2D, but got shape {size}.")
    target = list(numbers(size, 2, "size", name))
    if min(target) < 0:
        raise ValueError(f"Error in {name}: size must not be negative, but got {target}.")
    if alignCorners and halfPixelCenters:
        raise ValueError(
            f"Error in {name}: If halfPixelCenters is true, alignCorners must be false."
        )
    return image, single, target


def _bilinear(image: Any, target: list[int], align: bool, half: bool) -> Any:
    if 0 in image.shape[1:3]:
        return _without_pixels(image, target)
    for axis in (2, 1):
        low, high, part = _between(_size(image, axis), target[axis - 1], align, half)
        first, second = _taken(image, low, axis), _taken(image, high, axis)
        # Whole places, too, are means, of a pixel and itself: of an infinite one NaN, as in tf.js.
        weight = part[:, None] if axis == 2 else part[:, None, None]
        image = first + (second - first) * weight
    return image


def _nearest(image: Any, target: list[int], align: bool, half: bool = False) -> Any:
    if 0 in image.shape[1:3]:
        return _without_pixels(image, target)
    for axis in (1, 2):
        places = _nearest_places(_size(image, axis), target[axis - 1], align, half)
        image = _taken(image, places, axis)
    return image


def _without_pixels(image: Any, target: list[int]) -> Any:
    # tf.js: beyond the end of an array there is undefined, which is NaN or 0.
    nothing = tensorflow.constant(math.nan if image.dtype.is_floating else 0, image.dtype)
    batch, _, _, channels = tensorflow.unstack(tensorflow.shape(image))
    return tensorflow.fill(tensorflow.stack([batch, *target, channels]), nothing)


def _size(image: Any, axis: int) -> Any:
    """The size of an axis; a float64 scalar where it is not known, in a `tensorflow.function`."""
    known = image.shape[axis]
    return tensorflow.cast(tensorflow.shape(image)[axis], "float64") if known is None else known


def _taken(image: Any, places: Any, axis: int) -> Any:
    return _raw.GatherV2(params=image, indices=places, axis=axis)


def _between(old: Any, new: int, align: bool, half: bool) -> tuple[Any, Any, Any]:
    """For each place of a resized axis the two it lies between, and how near it is to the second.

    The sizes are numbers, or `old` is a tensor; likewise the results.
    """
    library = tensorflow.math if tensorflow.is_tensor(old) else np
    step, places = _step(old, new, align), np.arange(new, dtype=np.float64)
    places = (places + 0.5) * step - 0.5 if half else places * step
    low = library.maximum(library.floor(places), 0.0)
    high = library.minimum(library.ceil(places), old - 1.0)
    return _cast(low, "int32"), _cast(high, "int32"), _cast(places - low, "float32")


def _nearest_places(old: Any, new: int, align: bool, half: bool) -> Any:
    """For each place of a resized axis the place that its value comes from."""
    library = tensorflow.math if tensorflow.is_tensor(old) else np
    places = (np.arange(new, dtype=np.float64) + (0.5 if half else 0.0)) * _step(old, new, align)
    places = library.floor(places + 0.5 if align else places)
    return _cast(library.minimum(places, old - 1.0), "int32")


def _step(old: Any, new: int, align: bool) -> Any:
    """How far apart in the old axis the places of the new one are."""
    one_less = 1 if align and new > 1 else 0
    return (old - one_less) / max(new - one_less, 1)


def _cast(x: Any, dtype: str) -> Any:
    return x.astype(dtype) if isinstance(x, np.ndarray) else tensorflow.cast(x, dtype)
