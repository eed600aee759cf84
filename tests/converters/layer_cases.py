"""A model for each layer with its important options; see cases.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tfjsbridge.runtime import keras

layers = keras.layers

Build = Callable[[], Any]


def alone(layer: Any, *shape: int | None) -> Any:
    """A model of one layer on inputs of this shape."""
    return keras.Sequential([layers.Input(shape), layer])


def merged(layer: Any, *shapes: tuple[int, ...]) -> Any:
    """A model that merges inputs of these shapes."""
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, layer([layers.Activation("tanh")(x) for x in inputs]))


def adapted(shape: tuple[int, ...], **options: Any) -> Any:
    layer = layers.Normalization(**options)
    layer.adapt(keras.random.normal((50, *shape), 3.0, 2.0, seed=1))
    return alone(layer, *shape)


def words(*parts: Any, length: int | None = 7) -> Any:
    """A model on int32 word numbers below 20."""
    return keras.Sequential(
        [layers.Input((length,), dtype="int32"), layers.Embedding(20, 4), *parts]
    )


MERGES: dict[str, Build] = {
    name: lambda name=name: merged(getattr(layers, name)(), (3, 4), (3, 4), (3, 4))
    for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Concatenate")
}
MERGES |= {
    "Concatenate along axis 1": lambda: merged(layers.Concatenate(axis=1), (3, 4), (2, 4)),
    "Add with broadcasting": lambda: merged(layers.Add(), (3, 4), (1, 4)),
    "Dot": lambda: merged(layers.Dot(axes=1), (4,), (4,)),
    "Dot of matrices": lambda: merged(layers.Dot(axes=(2, 1)), (3, 4), (4, 2)),
    "Dot normalized": lambda: merged(layers.Dot(axes=-1, normalize=True), (4,), (4,)),
}

SHAPES: dict[str, Build] = {
    "Reshape": lambda: alone(layers.Reshape((3, 4)), 12),
    "Reshape with an unknown size": lambda: alone(layers.Reshape((-1, 3)), 4, 6),
    "Permute": lambda: alone(layers.Permute((2, 3, 1)), 2, 3, 4),
    "RepeatVector": lambda: alone(layers.RepeatVector(3), 4),
    "Identity": lambda: alone(layers.Identity(), 4),
    "Cropping1D": lambda: alone(layers.Cropping1D((1, 2)), 8, 3),
    "Cropping2D": lambda: alone(layers.Cropping2D(((1, 0), (2, 1))), 6, 7, 2),
    "ZeroPadding1D": lambda: alone(layers.ZeroPadding1D((1, 2)), 4, 3),
    "ZeroPadding2D": lambda: alone(layers.ZeroPadding2D(((1, 0), (2, 1))), 4, 5, 2),
    "ZeroPadding2D of any size": lambda: alone(layers.ZeroPadding2D(2), None, None, 2),
    "UpSampling1D": lambda: alone(layers.UpSampling1D(3), 4, 3),
    "UpSampling2D": lambda: alone(layers.UpSampling2D((2, 3)), 3, 4, 2),
    "Rescaling": lambda: alone(layers.Rescaling(1 / 127.5, offset=-1), 4, 4, 3),
    "Embedding": lambda: words(),
    "Embedding of any length": lambda: words(layers.GlobalMaxPooling1D(), length=None),
}

ACTIVATIONS: dict[str, Build] = {
    "ReLU": lambda: alone(layers.ReLU(), 4),
    "ReLU with a maximum": lambda: alone(layers.ReLU(max_value=0.5), 4),
    "ReLU with a slope": lambda: alone(layers.ReLU(negative_slope=0.1), 4),
    "ReLU with a threshold": lambda: alone(layers.ReLU(threshold=0.4), 4),
    "LeakyReLU": lambda: alone(layers.LeakyReLU(0.1), 4),
    "ELU": lambda: alone(layers.ELU(), 4),
    "PReLU": lambda: alone(layers.PReLU(), 3, 4),
    "PReLU with shared axes": lambda: alone(layers.PReLU(shared_axes=[1, 2]), 3, 4, 2),
    "Softmax": lambda: alone(layers.Softmax(), 3, 4),
    "Softmax over the last of two axes": lambda: alone(layers.Softmax(axis=2), 3, 4),
}

NOISES: dict[str, Build] = {
    "AlphaDropout": lambda: alone(layers.AlphaDropout(0.3), 4),
    "GaussianDropout": lambda: alone(layers.GaussianDropout(0.3), 4),
    "GaussianNoise": lambda: alone(layers.GaussianNoise(0.3), 4),
    "SpatialDropout1D": lambda: alone(layers.SpatialDropout1D(0.3), 5, 4),
}

POOLS: dict[str, Build] = {
    f"{kind}Pooling{rank}D {padding}": lambda kind=kind, rank=rank, padding=padding: alone(
        getattr(layers, f"{kind}Pooling{rank}D")(3, strides=2, padding=padding),
        *[8, 7, 6][:rank], 2
    )
    for kind in ("Average", "Max")
    for rank in (1, 2, 3)
    for padding in ("valid", "same")
}  # fmt: skip
POOLS |= {
    "MaxPooling3D, strides": lambda: alone(
        layers.MaxPooling3D((2, 3, 1), (1, 2, 2), padding="same"), 4, 5, 3, 2
    ),
    "MaxPooling3D of any size": lambda: alone(layers.MaxPooling3D(), None, 4, 4, 2),
}
POOLS |= {
    f"Global{kind}Pooling{rank}D{', kept' * keepdims}":
    lambda kind=kind, rank=rank, keepdims=keepdims: alone(
        getattr(layers, f"Global{kind}Pooling{rank}D")(keepdims=keepdims), *[4, 5, 3][:rank], 2
    )
    for kind in ("Average", "Max")
    for rank in (1, 2, 3)
    for keepdims in (False, True)
}  # fmt: skip

NORMALIZATIONS: dict[str, Build] = {
    "BatchNormalization": lambda: alone(layers.BatchNormalization(), 4),
    "BatchNormalization of images": lambda: alone(layers.BatchNormalization(), 5, 4, 3),
    "BatchNormalization without scale": lambda: alone(
        layers.BatchNormalization(scale=False, epsilon=0.1), 3, 4
    ),
    "BatchNormalization without offset": lambda: alone(
        layers.BatchNormalization(center=False, momentum=0.5), 4
    ),
    "LayerNormalization": lambda: alone(layers.LayerNormalization(), 3, 4),
    "LayerNormalization without scale": lambda: alone(
        layers.LayerNormalization(scale=False, epsilon=0.1), 4
    ),
    "LayerNormalization without offset": lambda: alone(
        layers.LayerNormalization(center=False), 4
    ),
    "GroupNormalization": lambda: alone(layers.GroupNormalization(2), 3, 4, 6),
    "GroupNormalization of vectors": lambda: alone(
        layers.GroupNormalization(3, scale=False, epsilon=0.1), 6
    ),
    "InstanceNormalization": lambda: alone(layers.GroupNormalization(-1, center=False), 5, 4),
    "RMSNormalization": lambda: alone(layers.RMSNormalization(), 3, 4),
    "UnitNormalization": lambda: alone(layers.UnitNormalization(), 4),
    "Normalization": lambda: adapted((4,)),
    "Normalization of images": lambda: adapted((4, 4, 3)),
    "Normalization of whole numbers": lambda: keras.Sequential([
        layers.Input((2,), dtype="int32"),
        layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 4.0]),
    ]),
    "Normalization by one number": lambda: adapted((4,), axis=None),
    "Normalization given": lambda: alone(layers.Normalization(mean=[1.0, 2.0],
                                                              variance=[4.0, 0.0]), 2),
}  # fmt: skip

CONVOLUTIONS: dict[str, Build] = {
    "Conv1D": lambda: alone(layers.Conv1D(4, 3, activation="relu"), 9, 2),
    "Conv1D same with strides": lambda: alone(layers.Conv1D(4, 3, 2, padding="same"), 9, 2),
    "Conv1D causal with dilation": lambda: alone(
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh"), 9, 2
    ),
    "Conv1D of any length": lambda: alone(layers.Conv1D(4, 3, padding="causal"), None, 2),
    "Conv1D in groups": lambda: alone(layers.Conv1D(4, 3, groups=2), 9, 6),
    "Conv2D in groups": lambda: alone(layers.Conv2D(6, 3, groups=3), 6, 5, 3),
    "Conv3D": lambda: alone(layers.Conv3D(3, 2, strides=(1, 2, 1), activation="elu"), 5, 6, 4, 2),
    "Conv2DTranspose": lambda: alone(layers.Conv2DTranspose(3, 3, 2, activation="relu"), 4, 5, 2),
    "Conv2DTranspose same": lambda: alone(layers.Conv2DTranspose(3, 3, 2, padding="same"), 4, 5, 2),
    "Conv3D stepping over values": lambda: alone(
        layers.Conv3D(3, 1, strides=2, padding="same"), 5, 6, 4, 2
    ),
    "Conv3D stepping over some": lambda: alone(
        layers.Conv3D(3, (1, 3, 2), strides=2, padding="same"), 5, 5, 4, 2
    ),
    "Conv3DTranspose": lambda: alone(layers.Conv3DTranspose(3, 2, 2), 3, 4, 3, 2),
    "Conv1DTranspose": lambda: alone(layers.Conv1DTranspose(3, 3, 2, activation="relu"), 5, 2),
    "SeparableConv1D": lambda: alone(layers.SeparableConv1D(4, 3, padding="same"), 7, 3),
    "SeparableConv1D with strides": lambda: alone(
        layers.SeparableConv1D(4, 3, strides=2, depth_multiplier=2), 9, 3
    ),
    "SeparableConv2D": lambda: alone(
        layers.SeparableConv2D(4, 3, depth_multiplier=2, activation="hard_sigmoid"), 6, 5, 3
    ),
    "SeparableConv2D with dilation": lambda: alone(
        layers.SeparableConv2D(4, 2, dilation_rate=2, padding="same"), 6, 5, 3
    ),
    "DepthwiseConv2D": lambda: alone(layers.DepthwiseConv2D(3, activation="relu6"), 6, 5, 3),
    "DepthwiseConv2D same with strides": lambda: alone(
        layers.DepthwiseConv2D(3, 2, "same", depth_multiplier=2, use_bias=False), 6, 5, 3
    ),
    "DepthwiseConv2D with dilation": lambda: alone(
        layers.DepthwiseConv2D(3, dilation_rate=2, depth_multiplier=2), 8, 7, 3
    ),
}

CHANNELS_FIRST: dict[str, Build] = {
    name: lambda make=make, shape=shape: alone(make(data_format="channels_first"), *shape)
    for name, (make, shape) in {
        "AveragePooling1D": (partial(layers.AveragePooling1D, 2), (3, 8)),
        "AveragePooling2D": (partial(layers.AveragePooling2D, 2), (3, 8, 6)),
        "Conv1D": (partial(layers.Conv1D, 4, 3, activation="elu"), (3, 8)),
        "Conv1D causal": (partial(layers.Conv1D, 4, 3, padding="causal"), (3, 8)),
        "Conv2DTranspose": (partial(layers.Conv2DTranspose, 4, 3, 2), (3, 5, 4)),
        "Conv3D": (partial(layers.Conv3D, 4, 2), (3, 5, 4, 6)),
        "Conv3DTranspose": (partial(layers.Conv3DTranspose, 2, 2), (3, 4, 3, 2)),
        "Cropping2D": (partial(layers.Cropping2D, 1), (3, 7, 6)),
        "DepthwiseConv2D": (partial(layers.DepthwiseConv2D, 3), (3, 7, 6)),
        "GlobalAveragePooling2D": (layers.GlobalAveragePooling2D, (3, 4, 5)),
        "GlobalMaxPooling2D, kept": (partial(layers.GlobalMaxPooling2D, keepdims=True), (3, 4, 5)),
        "MaxPooling1D": (partial(layers.MaxPooling1D, 2), (3, 8)),
        "MaxPooling3D": (partial(layers.MaxPooling3D, 2), (3, 8, 6, 4)),
        "UpSampling2D": (partial(layers.UpSampling2D, 2), (3, 4, 5)),
        "ZeroPadding2D": (partial(layers.ZeroPadding2D, 1), (3, 7, 6)),
    }.items()
}

RECURRENT: dict[str, Build] = {
    "SimpleRNN": lambda: alone(layers.SimpleRNN(3), 5, 2),
    "SimpleRNN of any length": lambda: alone(layers.SimpleRNN(3, activation="relu"), None, 2),
    "LSTM": lambda: alone(layers.LSTM(3), 5, 2),
    "LSTM sequences": lambda: alone(layers.LSTM(3, return_sequences=True), 5, 2),
    "LSTM backwards": lambda: alone(
        layers.LSTM(3, go_backwards=True, return_sequences=True, use_bias=False), 5, 2
    ),
    "LSTM with dropout": lambda: alone(layers.LSTM(3, dropout=0.2, recurrent_dropout=0.1), 5, 2),
    "LSTM unrolled": lambda: alone(layers.LSTM(3, unroll=True), 5, 2),
    "GRU": lambda: alone(layers.GRU(3, reset_after=False), 5, 2),
    "GRU sequences": lambda: alone(
        layers.GRU(3, reset_after=False, return_sequences=True, recurrent_activation="relu"), 5, 2
    ),
    "stack": lambda: keras.Sequential([
        layers.Input((6, 2)), layers.LSTM(4, return_sequences=True),
        layers.GRU(3, reset_after=False), layers.Dense(1),
    ]),
    "words": lambda: words(layers.LSTM(4), layers.Dense(1, activation="sigmoid")),
    "Bidirectional": lambda: alone(layers.Bidirectional(layers.LSTM(3)), 5, 2),
    "Bidirectional sequences, summed": lambda: alone(
        layers.Bidirectional(
            layers.GRU(3, reset_after=False, return_sequences=True), merge_mode="sum"
        ), 5, 2
    ),
    "TimeDistributed": lambda: alone(layers.TimeDistributed(layers.Dense(3)), 5, 2),
    "TimeDistributed of a convolution": lambda: alone(
        layers.TimeDistributed(layers.Conv2D(3, 2)), 4, 5, 4, 2
    ),
    "encoder and decoder": lambda: keras.Sequential([
        layers.Input((6, 3)), layers.LSTM(4), layers.RepeatVector(5),
        layers.LSTM(4, return_sequences=True),
        layers.TimeDistributed(layers.Dense(3, activation="softmax")),
    ]),
}  # fmt: skip


def with_state() -> Any:
    x = keras.Input((5, 2))
    return keras.Model(x, layers.LSTM(3, return_state=True)(x))


def residual() -> Any:
    """A small residual network."""
    x = keras.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    for _ in range(2):
        z = layers.BatchNormalization()(y)
        z = layers.SeparableConv2D(4, 3, padding="same", activation="relu")(z)
        y = layers.Add()([y, z])
    y = layers.GlobalAveragePooling2D()(y)
    return keras.Model(x, layers.Dense(3, activation="softmax")(y))


def given_state() -> Any:
    x, h, c = keras.Input((5, 2)), keras.Input((3,)), keras.Input((3,))
    return keras.Model([x, h, c], layers.LSTM(3)(x, [h, c]))


def given_state_by_name() -> Any:
    x, h = keras.Input((5, 2)), keras.Input((3,))
    y = layers.GRU(3, reset_after=False, return_sequences=True)(x, initial_state=layers.ReLU()(h))
    return keras.Model([x, h], y)


def encoder_and_decoder() -> Any:
    """Translates a series: the decoder begins with the encoder's state."""
    x, y = keras.Input((5, 2)), keras.Input((4, 3))
    _, h, c = layers.LSTM(3, return_state=True)(x)
    z = layers.LSTM(3, return_sequences=True)(y, initial_state=[h, c])
    return keras.Model([x, y], layers.Dense(3, activation="softmax")(z))


def bidirectional_with_state() -> Any:
    x = keras.Input((5, 2))
    layer = layers.Bidirectional(layers.LSTM(3, return_sequences=True, return_state=True))
    return keras.Model(x, layer(x))


NETWORKS: dict[str, Build] = {
    "LSTM with a given state": given_state,
    "GRU with a state given by name": given_state_by_name,
    "encoder and decoder by state": encoder_and_decoder,
    "Bidirectional with its state": bidirectional_with_state,
    "LSTM with its state": with_state,
    "residual network": residual,
}

LAYERS: dict[str, Build] = {
    f"{family}: {name}": build
    for family, builds in {
        "merge": MERGES,
        "shape": SHAPES,
        "activation layer": ACTIVATIONS,
        "noise": NOISES,
        "pool": POOLS,
        "normalization": NORMALIZATIONS,
        "convolution": CONVOLUTIONS,
        "channels first": CHANNELS_FIRST,
        "recurrent": RECURRENT,
        "network": NETWORKS,
    }.items()
    for name, build in builds.items()
}
