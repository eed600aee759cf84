"""Plain Keras 3 models that must load in tf.js and predict the same there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.converters.layer_cases import LAYERS
from tests.converters.operation_cases import OPERATIONS
from tests.converters.recurrent_cases import RECURRENT
from tests.converters.rewrite_cases import REWRITTEN
from tfjsbridge.runtime import keras

layers = keras.layers

#: Every Keras activation that can be written.
ACTIVATIONS = [
    "celu", "elu", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu",
    "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus",
    "tanh", "tanh_shrink",
]  # fmt: skip
#: And those that cannot yet.
NO_ACTIVATIONS = ["exponential", "sparsemax", "threshold"]


def sequential(*parts: Any, shape: tuple[int | None, ...] = (4,), **arguments: Any) -> Any:
    return keras.Sequential([layers.Input(shape, **arguments), *parts])


def image(*parts: Any, shape: tuple[int, ...] = (8, 9, 2)) -> Any:
    return sequential(*parts, layers.Flatten(), layers.Dense(3), shape=shape)


def shared() -> Any:
    x, layer = keras.Input((4,)), layers.Dense(4, activation="tanh", name="shared")
    return keras.Model(x, layer(layer(x)))


def two_inputs() -> Any:
    # Names that sort otherwise than they stand.
    a, b = keras.Input((4,), name="z_in"), keras.Input((3,), name="a_in")
    return keras.Model([a, b], [layers.Dense(2, name="o2")(a), layers.Dense(1, name="o1")(b)])


def dicts() -> Any:
    a, b = keras.Input((4,), name="x"), keras.Input((3,), name="a")
    return keras.Model(
        {"x": a, "a": b},
        {"q": layers.Dense(2, name="q")(a), "p": layers.Dense(1, name="p")(b)},
    )


def _inner() -> tuple[Any, Any]:
    """Two models whose layers have the same name."""
    x = keras.Input((4,))
    functional = keras.Model(x, layers.Dense(4, activation="hard_sigmoid", name="d")(x), name="f")
    return functional, keras.Sequential([layers.Input((4,)), layers.Dense(4, name="d")], name="s")


def nested() -> Any:
    functional, stack = _inner()
    x = keras.Input((4,))
    y = stack(functional(stack(functional(x))))
    return keras.Model(x, layers.Dense(2, name="d")(y))


def layer_twice(layer: Any) -> Any:
    return keras.Sequential([layers.Input((3,)), layer, layer, layers.Dense(2)])


def nested_outputs() -> Any:
    functional, stack = _inner()
    x = keras.Input((4,))
    return keras.Model(x, [functional(stack(x)), stack(functional(x))])


def models_in_sequential() -> Any:
    functional, stack = _inner()
    return keras.Sequential([functional, stack, layers.Dense(2)])


def same_tensor_twice() -> Any:
    x = keras.Input((4,))
    y = layers.Dense(3)(x)
    twice = layers.Add()([y, y])
    square = layers.Multiply()([twice, twice])
    return keras.Model(x, layers.Concatenate()([y, twice, square, y, twice * twice]))


def same_output_twice() -> Any:
    x = keras.Input((4,))
    y = layers.Dense(2)(x)
    return keras.Model(x, [y, y])


def part_of_another_model() -> Any:
    x = keras.Input((4,))
    middle = layers.Dense(3, name="middle")(x)
    keras.Model(x, layers.Dense(2)(middle))  # another graph over the same layers
    return keras.Model(x, middle)


def calls_before_the_model() -> Any:
    """A layer that was called elsewhere first, so that its calls are numbered otherwise."""
    layer = layers.Dense(4)
    layer(keras.Input((4,)))
    x = keras.Input((4,))
    return keras.Model(x, layer(layer(x)))


def built_by_data() -> Any:
    model = keras.Sequential([layers.Dense(3), layers.Dense(2)])
    model(keras.ops.ones((2, 4)))
    return model


def low_rank() -> Any:
    model = sequential(layers.Dense(3, name="d"))
    model.get_layer("d").enable_lora(2)
    return model


MODELS: dict[str, Callable[[], Any]] = {
    "dense without bias": lambda: sequential(layers.Dense(3, use_bias=False)),
    "dense on rank 3": lambda: sequential(
        layers.Dense(3, activation="relu"), layers.Dense(2, activation="softmax"), shape=(5, 4)
    ),
    "dense on rank 4": lambda: sequential(layers.Dense(3, activation="gelu"), shape=(5, 4, 3)),
    "dense on any length": lambda: sequential(layers.Dense(3), shape=(None, 4)),
    "dense with everything that training needs": lambda: sequential(
        layers.Dense(
            3,
            kernel_initializer="lecun_normal",
            bias_initializer=keras.initializers.Constant(0.5),
            kernel_regularizer="l1",
            bias_regularizer=keras.regularizers.OrthogonalRegularizer(),
            activity_regularizer="l2",
            kernel_constraint="max_norm",
            bias_constraint="non_neg",
        )
    ),
    "dense with low-rank weights": low_rank,
    "dense in float64": lambda: sequential(layers.Dense(3, dtype="float64")),
    "dropout": lambda: sequential(layers.Dropout(0.5, noise_shape=(None, 1), seed=3),
                                  layers.Dense(2)),
    "flatten": lambda: sequential(layers.Flatten(), layers.Dense(2), shape=(3, 2, 2)),
    "flatten of rank 2": lambda: sequential(layers.Flatten(), layers.Dense(2)),
    "flatten with channels first": lambda: sequential(
        layers.Flatten(data_format="channels_first"), layers.Dense(2), shape=(3, 2, 4)
    ),
    "conv2d": lambda: image(layers.Conv2D(4, 3, activation="relu")),
    "conv2d same with strides": lambda: image(layers.Conv2D(4, (3, 2), strides=2, padding="same")),
    "conv2d with dilation": lambda: image(layers.Conv2D(4, 3, dilation_rate=(2, 1))),
    "conv2d without bias": lambda: image(layers.Conv2D(4, 3, use_bias=False)),
    "conv2d with an activation of its own": lambda: image(
        layers.Conv2D(4, 3, activation="hard_sigmoid")
    ),
    "conv2d with channels first": lambda: image(
        layers.Conv2D(4, 3, data_format="channels_first"), shape=(2, 8, 9)
    ),
    "max pooling": lambda: image(layers.MaxPooling2D()),
    "max pooling same with strides": lambda: image(
        layers.MaxPooling2D((3, 2), strides=1, padding="same")
    ),
    "max pooling with channels first": lambda: image(
        layers.MaxPooling2D(data_format="channels_first"), shape=(2, 8, 9)
    ),
    "convolutional network": lambda: image(
        layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Dropout(0.3),
        layers.Conv2D(2, 2, activation="relu"), shape=(12, 12, 1)
    ),
    "int32 input": lambda: sequential(layers.Dense(3), dtype="int32"),
    "batch size": lambda: sequential(layers.Dense(3), batch_size=8),
    "names that tf.js refuses": lambda: sequential(
        layers.Dense(3, name="1"), layers.Dense(3, name="a.b-c 2"), layers.Dense(2, name="é_2")
    ),
    "shared layer": shared,
    "two inputs and outputs": two_inputs,
    "dicts of inputs and outputs": dicts,
    "nested models": nested,
    "outputs of nested models": nested_outputs,
    "models in a sequential model": models_in_sequential,
    "sequential with a layer twice": lambda: layer_twice(layers.Dense(3)),
    "sequential with a model twice": lambda: layer_twice(
        keras.Sequential([layers.Input((3,)), layers.Dense(3, "gelu")])
    ),
    "sequential in sequential": lambda: keras.Sequential(
        [sequential(layers.Dense(3)), keras.Sequential([layers.Dense(3)])]
    ),
    "one tensor as two outputs": same_output_twice,
    "one tensor taken twice": same_tensor_twice,
    "input as output": lambda: keras.Model(x := keras.Input((4,)), x),
    "part of another model": part_of_another_model,
    "layer called elsewhere first": calls_before_the_model,
    "built by data": built_by_data,
    "names that JavaScript knows": lambda: sequential(
        layers.Dense(3, name="constructor"), layers.Dense(2, name="toString")
    ),
    **{
        f"dense with {name}": lambda name=name: sequential(
            layers.Dense(3, activation=name), layers.Dense(2)
        )
        for name in ACTIVATIONS
    },
    **{
        f"activation {name}": lambda name=name: sequential(
            layers.Dense(3), layers.Activation(name), layers.Dense(2)
        )
        for name in ACTIVATIONS
    },
    **LAYERS,
    **OPERATIONS,
    **RECURRENT,
    **REWRITTEN,
}  # fmt: skip


def build(name: str) -> Any:
    """The model, with random weights so that a mistake shows."""
    keras.utils.set_random_seed(0)
    model = MODELS[name]()
    for weight in model.trainable_weights:
        values = keras.random.normal(weight.shape, stddev=0.5, seed=1)
        # Weights meet their constraints, as they do after a training step.
        weight.assign(values if weight.constraint is None else weight.constraint(values))
    for weight in model.non_trainable_weights:
        if weight.name in ("moving_mean", "moving_variance"):
            weight.assign(keras.random.uniform(weight.shape, 0.5, 2.0, seed=2))
    return model
