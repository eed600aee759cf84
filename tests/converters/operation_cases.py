"""Models with operations on tensors outside of layers; see cases.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras

layers, ops = keras.layers, keras.ops


def one(function: Callable[[Any], Any], *shape: int) -> Callable[[], Any]:
    """A model that computes a function of one input."""

    def build() -> Any:
        x = keras.Input(shape)
        return keras.Model(x, function(x))

    return build


def two(function: Callable[[Any, Any], Any], *shape: int) -> Callable[[], Any]:
    """A model that computes a function of two inputs."""

    def build() -> Any:
        x, y = keras.Input(shape), keras.Input(shape)
        return keras.Model([x, y], function(x, y))

    return build


def residual(x: Any) -> Any:
    y = layers.Dense(4, activation="hard_silu")(x)
    return layers.Dense(2)(2 * (x + y) - 1)


def squeeze_and_excite(x: Any) -> Any:
    y = ops.mean(x, axis=(1, 2), keepdims=True)
    y = layers.Conv2D(3, 1, activation="sigmoid")(y)
    return x * y


ACTIVATIONS = (
    "relu", "relu6", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "silu", "softmax",
    "log_softmax", "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "tanh_shrink",
    "soft_shrink", "hard_shrink", "celu", "leaky_relu", "gelu",
)  # fmt: skip

OPERATIONS: dict[str, Callable[[], Any]] = {
    "x + 1": one(lambda x: x + 1, 4),
    "1 - x": one(lambda x: 1 - x, 4),
    "x - 2": one(lambda x: x - 2, 4),
    "3 * x": one(lambda x: 3 * x, 4),
    "x / 4": one(lambda x: x / 4, 4),
    "-x": one(lambda x: -x, 4),
    "x ** 2": one(lambda x: x**2, 4),
    "x ** 3": one(lambda x: x**3, 4),
    "square(x)": one(ops.square, 4),
    "maximum(x, 0.3)": one(lambda x: ops.maximum(x, 0.3), 4),
    "minimum(x, 0.3)": one(lambda x: ops.minimum(x, 0.3), 4),
    "x + y": two(lambda x, y: x + y, 4),
    "x - y": two(lambda x, y: x - y, 4),
    "x * y": two(lambda x, y: x * y, 4),
    "maximum(x, y)": two(ops.maximum, 4),
    "minimum(x, y)": two(ops.minimum, 4),
    "Subtract": two(lambda x, y: layers.Subtract()([x, y]), 3, 4),
    "concatenate": two(lambda x, y: ops.concatenate([x, y], axis=1), 3, 4),
    "matmul": two(lambda x, y: x @ ops.transpose(y, (0, 2, 1)), 3, 4),
    "transpose": one(lambda x: ops.transpose(x, (0, 3, 1, 2)), 2, 3, 4),
    "reshape": one(lambda x: ops.reshape(x, (-1, 6, 2)), 3, 4),
    "expand_dims": one(lambda x: ops.expand_dims(x, -1), 3, 4),
    "squeeze": one(lambda x: ops.squeeze(x, 2), 3, 1, 4),
    "x[:, -1]": one(lambda x: x[:, -1], 5, 3),
    "x[:, 0:1] of a vector": one(lambda x: x[:, 0:1], 5),
    "x[:, 1:3]": one(lambda x: x[:, 1:3], 5, 3),
    "x[:, 2:] of images": one(lambda x: x[:, 2:], 5, 3, 2),
    "mean over the steps": one(lambda x: ops.mean(x, axis=1), 5, 3),
    "max over the pixels": one(lambda x: ops.max(x, axis=(1, 2)), 5, 4, 3),
    "gelu(x, approximate)": one(lambda x: ops.gelu(x, approximate=True), 4),
    "residual": one(residual, 4),
    "squeeze and excite": one(squeeze_and_excite, 5, 4, 3),
    **{f"ops.{name}": one(getattr(ops, name), 4) for name in ACTIVATIONS},
}
OPERATIONS["ops.gelu"] = one(lambda x: ops.gelu(x, approximate=False), 4)
