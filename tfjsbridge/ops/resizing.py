"""Operations / Images of the tf.js API: resizing.

Follows tfjs-core/src/ops/image/{resize_bilinear,resize_nearest_neighbor}.ts, the gradients beside
them, and the cpu kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.ops.conv_kernels import refuse_complex
from tfjsbridge.ops.conv_util import batched, nothing, numbers, unbatched
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


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
      A float32 Tensor, [batch, *size, channels], or without the batch.
    """
    name = "resizeBilinear"
    value = convert(images, "images", name)
    refuse_complex(name, images=value)
    image, single, target = _checked(name, value, size, alignCorners, halfPixelCenters)
    image = tensorflow.cast(image, "float32")
    shape = image.shape.as_list()
    if 0 in (*target, shape[0], shape[3]):
        return Tensor(unbatched(nothing([shape[0], *target, shape[3]], image), single))
    arguments = {"size": target, "align_corners": alignCorners}
    resize, gradient = tensorflow.raw_ops.ResizeBilinear, tensorflow.raw_ops.ResizeBilinearGrad
    if not halfPixelCenters:
        return Tensor(unbatched(resize(images=image, **arguments), single))

    @tensorflow.custom_gradient
    def half_pixel(image: Any) -> Any:
        def without(dy: Any) -> Any:
            return gradient(grads=dy, original_image=image, align_corners=alignCorners)

        return resize(images=image, half_pixel_centers=True, **arguments), without

    return Tensor(unbatched(half_pixel(image), single))


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
      [batch, *size, channels], or without the batch; of the dtype of the images.
    """
    name = "resizeNearestNeighbor"
    value = convert(images, "images", name)
    if value.dtype not in ("float32", "int32"):
        raise ValueError(
            f"Error in {name}: `images` must have `int32` or `float32` as dtype, "
            f"but got {value.dtype}"
        )
    image, single, target = _checked(name, value, size, alignCorners, halfPixelCenters)
    if not halfPixelCenters:
        return Tensor(unbatched(_nearest(image, target, alignCorners, False), single))

    @tensorflow.custom_gradient
    def half_pixel(image: Any) -> Any:
        def without(dy: Any) -> Any:
            return tensorflow.raw_ops.ResizeNearestNeighborGrad(
                grads=dy, size=tensorflow.shape(image)[1:3], align_corners=alignCorners
            )

        return _nearest(image, target, alignCorners, True), without

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


def _nearest(image: Any, target: list[int], align: bool, half: bool) -> Any:
    _, height, width, _ = image.shape.as_list()
    if height is None or width is None:
        return tensorflow.raw_ops.ResizeNearestNeighbor(
            images=image, size=target, align_corners=align, half_pixel_centers=half
        )
    # TensorFlow's own kernel divides in float32, and so takes a neighbour of tf.js's at times.
    rows, columns = (
        _nearest_places(old, new, align, half)
        for old, new in zip((height, width), target, strict=True)
    )
    return tensorflow.gather(tensorflow.gather(image, rows, axis=1), columns, axis=2)


def _nearest_places(old: int, new: int, align: bool, half: bool) -> np.ndarray:
    """For each place of a resized axis the place that its value comes from."""
    one_less = int(align and new > 1)
    places = np.arange(new) + (0.5 if half else 0)
    with np.errstate(all="ignore"):
        places = places * ((old - one_less) / max(new - one_less, 1))
    places = np.floor(places + 0.5 if align else places)
    return np.minimum(places, old - 1).astype(np.int32)
