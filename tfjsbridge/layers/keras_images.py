"""The Keras layers of tf.layers.resizing, centerCrop and randomWidth.

Follows tfjs-layers/src/layers/preprocessing/{image_resizing,center_crop,random_width}.ts. Keras has
layers of the first two names, which choose other pixels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.alea import Alea
from tfjsbridge.ops.resizing import resizeBilinear, resizeNearestNeighbor
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.tensors import Tensor


class _Images(keras.layers.Layer):
    """Images in, images out: [batch, height, width, channels], or one without the batch."""

    def output_sizes(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        """The height and width of the output."""
        raise NotImplementedError

    def output_dtype(self, dtype: str) -> str:
        """The dtype of the output."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        if len(input_shape) not in (3, 4):
            raise ValueError(
                f"{type(self).__name__} takes images of rank 3 or 4, but got the shape "
                f"{list(input_shape)}."
            )
        *batch, height, width, channels = input_shape
        return (*batch, *self.output_sizes(height, width), channels)

    def compute_output_spec(self, inputs: Any, **_: Any) -> Any:
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.output_dtype(inputs.dtype))


@keras.saving.register_keras_serializable("tfjsbridge")
class Resizing(_Images):
    """Images in another size, with the corners in the corners."""

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        **base: Any,
    ):
        super().__init__(**base)
        self.height, self.width = height, width
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio

    def output_sizes(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        return self.height, self.width

    def output_dtype(self, dtype: str) -> str:
        return "float32" if self.interpolation == "bilinear" else dtype

    def call(self, inputs: Any) -> Any:
        self.compute_output_shape(inputs.shape)
        # tf.js: what is called cropToAspectRatio says where the corners are (image_resizing.ts).
        corners = not self.crop_to_aspect_ratio
        return _resized(inputs, [self.height, self.width], self.interpolation, corners)

    def get_config(self) -> dict[str, Any]:
        names = ("height", "width", "interpolation", "crop_to_aspect_ratio")
        return super().get_config() | {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable("tfjsbridge")
class CenterCrop(_Images):
    """The middle of images; smaller images are enlarged."""

    def __init__(self, height: int, width: int, **base: Any):
        super().__init__(**base)
        self.height, self.width = height, width

    def output_sizes(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        return self.height, self.width

    def output_dtype(self, dtype: str) -> str:
        return dtype

    def call(self, inputs: Any) -> Any:
        self.compute_output_shape(inputs.shape)
        height, width = inputs.shape[-3:-1]
        if height is None or width is None:
            raise ValueError("CenterCrop: the height and width of the images must be known.")
        top, left = (height - self.height) // 2, (width - self.width) // 2
        if left == 0 and width != self.width:
            left = 1  # tf.js: so for the width only
        if top < 0 or left < 0:
            larger = _resized(inputs, [self.height, self.width], "bilinear", False)
            return tensorflow.cast(larger, inputs.dtype)
        rows = _cropped(inputs, -3, top, height, self.height)
        return _cropped(rows, -2, left, width, self.width)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"height": self.height, "width": self.width}


@keras.saving.register_keras_serializable("tfjsbridge")
class RandomWidth(_Images):
    """Images of a width that each call draws, in inference too.

    Attributes:
      seed: the seed of the next call, or None.
    """

    def __init__(
        self,
        lower: float,
        upper: float,
        interpolation: str = "bilinear",
        seed: float | None = None,
        **base: Any,
    ):
        super().__init__(**base)
        self.lower, self.upper = lower, upper
        self.interpolation = interpolation
        self.seed = seed

    def output_sizes(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        return height, None

    def output_dtype(self, dtype: str) -> str:
        return "float32" if self.interpolation == "bilinear" else dtype

    def call(self, inputs: Any) -> Any:
        self.compute_output_shape(inputs.shape)
        sizes = tensorflow.shape(inputs)
        height, width = sizes[-3], sizes[-2]
        if tensorflow.executing_eagerly():
            target = [int(height), int(self._drawn(width))]
            return _resized(inputs, target, self.interpolation, False)
        # A function of Python, so that a graph draws at each step and not only once.
        drawn = tensorflow.numpy_function(self._drawn, [width], tensorflow.int32)
        drawn.set_shape([])
        return _resized_in_graph(inputs, tensorflow.stack([height, drawn]), self.interpolation)

    def _drawn(self, width: Any) -> np.int32:
        seed: float | None = self.seed
        if seed is None:
            part = np.random.default_rng().random()
        else:
            part = Alea(seed).next()
            self.seed = seed + 1
        factor = np.float32(1 + self.lower + part * (self.upper - self.lower))
        return np.int32(math.floor(float(factor) * int(width) + 0.5))

    def get_config(self) -> dict[str, Any]:
        names = ("lower", "upper", "interpolation", "seed")
        return super().get_config() | {name: getattr(self, name) for name in names}


def _resized(images: Any, size: list[int], interpolation: str, corners: bool) -> Any:
    resize = resizeBilinear if interpolation == "bilinear" else resizeNearestNeighbor
    return resize(Tensor(images), size, corners).tensor


def _resized_in_graph(images: Any, size: Any, interpolation: str) -> Any:
    """Images in a size that is not known before the graph runs."""
    single = len(images.shape) == 3
    batch = images[None] if single else images
    if interpolation == "bilinear":
        resized = tensorflow.raw_ops.ResizeBilinear(images=batch, size=size)
    else:
        resized = tensorflow.raw_ops.ResizeNearestNeighbor(images=batch, size=size)
    resized.set_shape([batch.shape[0], batch.shape[1], None, batch.shape[3]])
    return resized[0] if single else resized


def _cropped(images: Any, axis: int, start: int, size: int, count: int) -> Any:
    """`count` rows or columns of images from the `start`-th on."""
    places = crop_places(start, size, count)
    inside = (places >= 0) & (places <= size - 1)
    nearest = np.floor(np.where(inside, places, 0) + 0.5).astype(np.int32)
    taken = tensorflow.gather(images, nearest, axis=axis)
    if inside.all():
        return taken
    # tf.js: zeros where rounding puts a place outside of the image.
    shape = [count if a == axis else 1 for a in (-3, -2, -1)]
    return taken * tensorflow.cast(inside.reshape(shape), images.dtype)


def crop_places(start: int, size: int, count: int) -> np.ndarray:
    """Where tf.js looks for `count` pixels of an axis: nearest to these places.

    As `cropAndResize` computes them, from the box in parts of the image, of float32.
    """
    first = float(np.float32(start / size))
    last = float(np.float32((count + start) / size))
    if count == 1:
        return np.array([0.5 * (first + last) * (size - 1)])
    step = (last - first) * (size - 1) / (count - 1)
    return first * (size - 1) + np.arange(count) * step
