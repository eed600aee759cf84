"""Models of layers that tf.js lacks, or has in another form, written as layers that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.converters.layer_cases import alone
from tfjsbridge.runtime import keras

layers, ops = keras.layers, keras.ops

Build = Callable[[], Any]


def words(*parts: Any, length: int | None = 6) -> Any:
    """A model on int32 word numbers, of which 0 is none."""
    embedding = layers.Embedding(20, 4, mask_zero=True)
    return keras.Sequential([layers.Input((length,), dtype="int32"), embedding, *parts])


def masking(*parts: Any) -> Any:
    """A model on series some of whose steps are all 0."""
    x = keras.Input((6, 3))
    # Only steps with a large first value stay.
    kept = ops.maximum(ops.maximum(x[:, :, :1], 0.0) * 1e9, 0.0)
    y = layers.Masking()(x * ops.minimum(kept, 1.0))
    for part in parts:
        y = part(y)
    return keras.Model(x, y)


def text_and_numbers() -> Any:
    text, numbers = keras.Input((6,), dtype="int32"), keras.Input((3,))
    x = layers.LSTM(4)(layers.Embedding(20, 4, mask_zero=True)(text))
    return keras.Model([text, numbers], layers.Dense(2)(layers.Concatenate()([x, numbers])))


MASKS: dict[str, Build] = {
    "LSTM": lambda: words(layers.LSTM(4)),
    "LSTM of any length": lambda: words(layers.LSTM(4), length=None),
    "LSTM backwards": lambda: words(layers.LSTM(4, go_backwards=True)),
    "LSTM with sequences": lambda: words(layers.LSTM(4, return_sequences=True)),
    "two": lambda: words(layers.LSTM(4, return_sequences=True), layers.SimpleRNN(3)),
    "GRU": lambda: words(layers.GRU(4, reset_after=False)),
    "Bidirectional": lambda: words(layers.Bidirectional(layers.LSTM(4))),
    "layers between": lambda: words(
        layers.Dropout(0.5), layers.Dense(5, activation="relu"), layers.LayerNormalization(),
        layers.BatchNormalization(), layers.TimeDistributed(layers.Dense(4)), layers.LSTM(3),
    ),
    "a dense layer behind": lambda: words(layers.LSTM(4), layers.Dense(2, activation="softmax")),
    "Masking": lambda: masking(layers.LSTM(4)),
    "Masking and sequences": lambda: masking(layers.LSTM(4, return_sequences=True)),
    "text and numbers": text_and_numbers,
}  # fmt: skip


def attended(layer: Any, **arguments: Any) -> Any:
    x = keras.Input((5, 4))
    return keras.Model(x, layer(x, x, **arguments))


def query_and_value(layer: Any, *shapes: tuple[int | None, ...], **arguments: Any) -> Any:
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, layer(inputs, **arguments))


def named_inputs() -> Any:
    query, value, key = keras.Input((5, 4)), keras.Input((6, 3)), keras.Input((6, 2))
    layer = layers.MultiHeadAttention(2, 3, value_dim=5, use_bias=False)
    return keras.Model([query, value, key], layer(query, key=key, value=value))


def encoder() -> Any:
    x = keras.Input((6, 8))
    y = layers.LayerNormalization()(x)
    y = x + layers.MultiHeadAttention(2, 4, dropout=0.1)(y, y)
    z = layers.Dense(16, activation="gelu")(layers.LayerNormalization()(y))
    return keras.Model(x, layers.GlobalAveragePooling1D()(y + layers.Dense(8)(z)))


ATTENTION: dict[str, Build] = {
    "Attention": lambda: query_and_value(layers.Attention(), (5, 4), (6, 4)),
    "Attention with a key": lambda: query_and_value(layers.Attention(), (5, 4), (6, 3), (6, 4)),
    "Attention with a scale": lambda: query_and_value(layers.Attention(True), (5, 4), (6, 4)),
    "Attention of any length": lambda: query_and_value(layers.Attention(), (None, 4), (None, 4)),
    "causal Attention": lambda: query_and_value(
        layers.Attention(), (5, 4), (5, 4), use_causal_mask=True
    ),
    "MultiHeadAttention": lambda: attended(layers.MultiHeadAttention(2, 3)),
    "MultiHeadAttention of one head": lambda: attended(layers.MultiHeadAttention(1, 3)),
    "causal MultiHeadAttention": lambda: attended(
        layers.MultiHeadAttention(2, 3), use_causal_mask=True
    ),
    "MultiHeadAttention of other width": lambda: attended(
        layers.MultiHeadAttention(2, 3, output_shape=5)
    ),
    "named inputs": named_inputs,
    "GroupQueryAttention": lambda: attended(layers.GroupQueryAttention(3, 4, 2)),
    "an encoder": encoder,
}


def inner_model() -> Any:
    x = keras.Input((8, 8, 3))
    augmented = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)])(x)
    y = layers.Conv2D(4, 3, activation="relu")(layers.Rescaling(1 / 127.5, -1)(augmented))
    return keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling2D()(y)))


NOTHING: dict[str, Build] = {
    "augmentation": inner_model,
    "RandomContrast": lambda: alone(layers.RandomContrast(0.5), 4, 4, 3),
    "Pipeline": lambda: alone(
        layers.Pipeline([layers.RandomZoom(0.2), layers.Rescaling(0.5)]), 4, 4, 3
    ),
    "SpatialDropout2D": lambda: alone(layers.SpatialDropout2D(0.5), 4, 4, 3),
    "SpatialDropout3D": lambda: alone(layers.SpatialDropout3D(0.5), 2, 3, 4, 3),
    "ActivityRegularization": lambda: alone(layers.ActivityRegularization(0.1), 4),
    "SpectralNormalization": lambda: alone(
        layers.SpectralNormalization(layers.Conv2D(2, 2, activation="leaky_relu")), 4, 4, 3
    ),
}

AXES: dict[str, Build] = {
    "Softmax": lambda: alone(layers.Softmax(axis=1), 3, 4),
    "Softmax over two": lambda: alone(layers.Softmax(axis=(1, 3)), 3, 4, 2),
    "LayerNormalization over two apart": lambda: alone(
        layers.LayerNormalization(axis=(3, 1)), 3, 4, 2
    ),
    "LayerNormalization of rows": lambda: alone(
        layers.LayerNormalization(axis=(1, 2), center=False), 2, 3, 4
    ),
    "UnitNormalization over all": lambda: alone(layers.UnitNormalization(axis=(1, 2, 3)), 3, 4, 2),
    "UnitNormalization of any length": lambda: alone(layers.UnitNormalization(), None, 4),
    "RMSNormalization of images": lambda: alone(layers.RMSNormalization(axis=(2, 3)), 3, 4, 2),
    "Normalization, each pixel": lambda: alone(
        layers.Normalization(
            (1, 2), mean=np.ones((3, 4)), variance=np.arange(1, 13.0).reshape(3, 4)
        ),
        3,
        4,
    ),
    "Normalization, axis 1": lambda: alone(
        layers.Normalization(1, mean=[1000.0, 1.0], variance=[1.0, 2.0]), 2, 3, 4, 2
    ),
    "Rescaling, each pixel": lambda: alone(
        layers.Rescaling(np.arange(12.0).reshape(3, 4), [1.0, 2.0, 3.0, 4.0]), 3, 4
    ),
    "BatchNormalization": lambda: alone(layers.BatchNormalization(axis=1), 3, 4, 2),
    "BatchNormalization of volumes": lambda: alone(layers.BatchNormalization(), 2, 3, 4, 2),
    "BatchNormalization of volumes, axis 1": lambda: alone(
        layers.BatchNormalization(axis=1), 2, 3, 4, 2
    ),
    "LayerNormalization": lambda: alone(layers.LayerNormalization(axis=1), 3, 4),
    "LayerNormalization over two": lambda: alone(layers.LayerNormalization(axis=(1, 2)), 3, 4),
    "LayerNormalization of images": lambda: alone(
        layers.LayerNormalization(axis=(2, 3), center=False), 2, 3, 4
    ),
    "UnitNormalization": lambda: alone(layers.UnitNormalization(axis=1), 3, 4),
    "GroupNormalization": lambda: alone(layers.GroupNormalization(2, axis=1), 4, 3, 5),
    "GroupNormalization of volumes": lambda: alone(layers.GroupNormalization(2), 2, 3, 2, 4),
    "Concatenate": lambda: joined(layers.Concatenate(axis=-2), (2, 4), (3, 4)),
    "Concatenate of images": lambda: joined(layers.Concatenate(axis=-3), (2, 3, 4), (1, 3, 4)),
}


def joined(layer: Any, *shapes: tuple[int, ...]) -> Any:
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, layer(inputs))


def whole_and_not(dtype: str) -> Any:
    inputs = [keras.Input((3,), dtype=dtype), keras.Input((2,))]
    return keras.Model(inputs, layers.Concatenate()(inputs))


def whole(layer: Any, *shape: int) -> Any:
    """A layer on whole numbers."""
    return keras.Sequential([layers.Input(shape, dtype="int32"), layer])


def first_called_elsewhere() -> Any:
    """Layers that were called on another shape before the model was made."""
    x, pool, softmax = keras.Input((3, 4)), layers.Flatten(), layers.Softmax(axis=1)
    pool(keras.Input((5,)))
    softmax(keras.Input((5,)))
    return keras.Model(x, pool(softmax(x)))


def _scores(name: str, shape: tuple[int, ...], **options: Any) -> Build:
    """On channels first, where a softmax is along the pixels."""
    layer = getattr(layers, name)
    options |= {"activation": "softmax", "data_format": "channels_first"}
    return lambda: alone(layer(kernel_size=2, **options), *shape)


SCORES: dict[str, Build] = {
    "Conv1D": _scores("Conv1D", (3, 8), filters=4),
    "SeparableConv2D": _scores("SeparableConv2D", (3, 6, 5), filters=2),
    "DepthwiseConv1D": _scores("DepthwiseConv1D", (3, 8)),
    "Conv3DTranspose": _scores("Conv3DTranspose", (2, 3, 4, 2), filters=4),
    "Conv2DTranspose, output_padding": _scores(
        "Conv2DTranspose", (3, 4, 2), filters=2, strides=2, output_padding=1
    ),
}


def transposed(rank: int, *options: dict[str, Any]) -> Build:
    """Transposed convolutions, one behind the other."""
    layer = getattr(layers, f"Conv{rank}DTranspose")
    shape = [*[4, 3, 2][:rank], 2]
    return lambda: keras.Sequential(
        [layers.Input(shape), *[layer(3, activation="tanh", **each) for each in options]]
    )


PADDED = [
    {"kernel_size": 3, "strides": 2, "output_padding": 1},
    {"kernel_size": 3, "strides": 3, "output_padding": 2, "padding": "same"},
    {"kernel_size": 2, "strides": 3, "output_padding": 1},
    {"kernel_size": 5, "strides": 2, "output_padding": 0, "padding": "same"},
]


def dilated_steps(layer: Any, length: int | None = 9, **options: Any) -> Build:
    """Even and odd kernels, both paddings, rates that fit the steps and do not."""
    sizes = [(3, 2, "valid"), (2, 3, "same"), (4, 2, "same")]
    return lambda: keras.Sequential(
        [
            layers.Input((length, 3)),
            *[
                layer(kernel_size=size, dilation_rate=rate, padding=padding, **options)
                for size, rate, padding in sizes
            ],
        ]
    )


#: Convolutions that tf.js has not.
WITHOUT: dict[str, Build] = {
    "Conv1DTranspose, output_padding": transposed(1, *PADDED),
    "Conv2DTranspose, output_padding": transposed(2, *PADDED[:3]),
    "Conv3DTranspose, output_padding": transposed(3, *PADDED[1:3]),
    "Conv3DTranspose": transposed(
        3,
        {"kernel_size": 1, "strides": 3, "padding": "same"},
        {"kernel_size": (1, 2, 3), "strides": (2, 1, 3)},
        {"kernel_size": (3, 2, 2), "dilation_rate": (1, 2, 1), "padding": "same"},
    ),
    "Conv1DTranspose, dilated": dilated_steps(layers.Conv1DTranspose, filters=4),
    "DepthwiseConv1D, dilated": dilated_steps(
        layers.DepthwiseConv1D, depth_multiplier=2, activation="hard_silu"
    ),
    "DepthwiseConv1D, dilated, of any length": dilated_steps(layers.DepthwiseConv1D, None),
}


def several(layer: Any, *options: dict[str, Any], shape: tuple[int, ...], dtype: str) -> Build:
    def build() -> Any:
        x = keras.Input(shape, dtype=dtype)
        return keras.Model(x, [layer(**each)(x) for each in options])

    return build


ENCODINGS = [{"output_mode": mode} for mode in ("int", "one_hot", "multi_hot", "count")]


def categories(make: Callable[..., Any], *options: dict[str, Any], **arguments: Any) -> Build:
    """Whole numbers, and what makes floats of them."""
    return several(
        lambda **each: keras.Sequential([make(**each), layers.Rescaling(0.5)]),
        *options,
        **arguments,
    )


CATEGORIES: dict[str, Build] = {
    "Discretization": categories(
        lambda **o: layers.Discretization([-0.5, 0.1, 0.7], **o),
        *ENCODINGS, shape=(4,), dtype="float32",
    ),
    "Discretization of one": categories(
        lambda **o: layers.Discretization([0.0], **o), *ENCODINGS, shape=(1,), dtype="float32"
    ),
    "Discretization, then Embedding": lambda: keras.Sequential(
        [layers.Input((4,)), layers.Discretization([-0.5, 0.5]), layers.Embedding(3, 2)]
    ),
    "IntegerLookup": categories(
        lambda **o: layers.IntegerLookup(vocabulary=[5, 1, 2], mask_token=0, **o),
        *ENCODINGS,
        {"output_mode": "tf_idf", "idf_weights": [0.5, 0.3, 0.2]},
        shape=(4,), dtype="int64",
    ),
    "IntegerLookup, invert": categories(
        lambda **o: layers.IntegerLookup(vocabulary=[5, 1, 2], invert=True, **o),
        {}, shape=(4,), dtype="int64",
    ),
}  # fmt: skip


def resized(shape: tuple[int, ...], *options: dict[str, Any]) -> Build:
    return several(layers.Resizing, *options, shape=shape, dtype="float32")


ASPECTS: dict[str, Build] = {
    "cropped": resized(
        (5, 9, 2),
        {"height": 4, "width": 6, "crop_to_aspect_ratio": True},
        {"height": 5, "width": 12, "crop_to_aspect_ratio": True, "interpolation": "bicubic"},
    ),
    "padded": resized(
        (9, 5, 2),
        {"height": 4, "width": 6, "pad_to_aspect_ratio": True},
        {"height": 9, "width": 8, "pad_to_aspect_ratio": True, "fill_value": 2.0},
        {"height": 9, "width": 8, "pad_to_aspect_ratio": True, "interpolation": "nearest"},
    ),
    "padded, channels first": resized(
        (2, 9, 5),
        {"height": 4, "width": 6, "pad_to_aspect_ratio": True, "data_format": "channels_first"},
    ),
}

DTYPES: dict[str, Build] = {
    "Concatenate int32 and float32": lambda: whole_and_not("int32"),
    "Concatenate bool and float32": lambda: whole_and_not("bool"),
    "BatchNormalization": lambda: whole(layers.BatchNormalization(), 4),
    "first called elsewhere": first_called_elsewhere,
}

ADAPTIVE: dict[str, Build] = {
    name: lambda name=name, sizes=sizes: alone(getattr(layers, name)(sizes[0]), *sizes[1])
    for name, sizes in {
        "AdaptiveAveragePooling1D": (2, (6, 3)),
        "AdaptiveAveragePooling2D": ((2, 3), (4, 6, 3)),
        "AdaptiveAveragePooling3D": ((2, 2, 2), (4, 4, 4, 3)),
        "AdaptiveMaxPooling2D": ((2, 3), (4, 6, 3)),
    }.items()
    if hasattr(layers, name)  # which older Kerases have not
}

OPTIONS: dict[str, Build] = {
    "ELU(0.5)": lambda: alone(layers.ELU(0.5), 4),
    "ReLU(1, 0.1)": lambda: alone(layers.ReLU(1.0, negative_slope=0.1), 4),
    "ReLU(1, threshold=0.2)": lambda: alone(layers.ReLU(1.0, threshold=0.2), 4),
    "ReLU of all three": several(
        layers.ReLU,
        {"max_value": 0.7, "negative_slope": 0.1, "threshold": 0.2},
        {"max_value": None, "negative_slope": 0.1, "threshold": 0.2},
        {"max_value": 0.5, "negative_slope": 0.3, "threshold": 0.8},
        shape=(4,),
        dtype="float32",
    ),
    "glu": lambda: alone(layers.Dense(6, activation="glu"), 3, 4),
    "glu of a convolution": lambda: alone(layers.Conv2D(4, 2, activation="glu"), 4, 5, 2),
    "PReLU sharing all but the steps": lambda: alone(layers.PReLU("normal", shared_axes=[2]), 3, 4),
    "an activation that is a layer": lambda: alone(
        layers.Dense(3, activation=layers.LeakyReLU(0.1)), 4
    ),
    "Rescaling by channels": lambda: alone(layers.Rescaling([1.0, 2.0, 3.0], 0.5), 4, 3),
    "Normalization back": lambda: alone(
        layers.Normalization(mean=[1.0, 2.0], variance=[3.0, 4.0], invert=True), 2
    ),
    "TimeDistributed, several layers": lambda: alone(
        layers.TimeDistributed(layers.Dense(2, activation="leaky_relu")), 3, 4
    ),
    "RNN(LSTMCell)": lambda: alone(layers.RNN(layers.LSTMCell(4)), 5, 3),
    "RNN of cells": lambda: alone(layers.RNN([layers.LSTMCell(4), layers.SimpleRNNCell(3)]), 5, 3),
    "DepthwiseConv1D": lambda: alone(layers.DepthwiseConv1D(3, depth_multiplier=2), 6, 3),
    "Conv2DTranspose dilated": lambda: alone(
        layers.Conv2DTranspose(2, 3, dilation_rate=2), 4, 5, 3
    ),
    "Conv2DTranspose dilated, same": lambda: alone(
        layers.Conv2DTranspose(2, 3, padding="same", dilation_rate=(2, 1)), 4, 5, 3
    ),
    "ConvLSTM2D": lambda: alone(layers.ConvLSTM2D(2, 3), 3, 5, 6, 2),
    "ConvLSTM2D with sequences": lambda: alone(
        layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True), 3, 5, 6, 2
    ),
    "SeparableConv2D, channels first": lambda: alone(
        layers.SeparableConv2D(3, 2, data_format="channels_first", activation="relu"), 2, 6, 7
    ),
    "Conv1DTranspose, channels first": lambda: alone(
        layers.Conv1DTranspose(4, 2, data_format="channels_first"), 3, 6
    ),
    "ZeroPadding1D, channels first": lambda: alone(
        layers.ZeroPadding1D(1, data_format="channels_first"), 3, 6
    ),
    "GlobalMaxPooling1D, channels first": lambda: alone(
        layers.GlobalMaxPooling1D(data_format="channels_first"), 3, 6
    ),
    "GlobalAveragePooling3D, channels first": lambda: alone(
        layers.GlobalAveragePooling3D(data_format="channels_first", keepdims=True), 3, 2, 4, 5
    ),
    "CategoryEncoding, one_hot": lambda: whole(layers.CategoryEncoding(3, "one_hot"), 1),
    "CategoryEncoding, multi_hot": lambda: whole(layers.CategoryEncoding(3), 4),
    "CategoryEncoding, count": lambda: whole(layers.CategoryEncoding(3, "count"), 4),
    "EinsumDense": lambda: alone(
        layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d", activation="gelu"), 3, 4
    ),
    "EinsumDense to two axes": lambda: alone(
        layers.EinsumDense("abc,cde->abde", (None, 2, 5), bias_axes="de"), 3, 4
    ),
    "EinsumDense of two axes": lambda: alone(
        layers.EinsumDense("abcd,cde->abe", (None, 5), bias_axes="e"), 3, 4, 2
    ),
    "EinsumDense with an ellipsis": lambda: alone(
        layers.EinsumDense("...x,xy->...y", 5, bias_axes="y"), 3, 4
    ),
    "Resizing": lambda: alone(layers.Resizing(5, 3), 4, 6, 3),
    "Resizing, bicubic and antialiased": lambda: alone(
        layers.Resizing(3, 3, "bicubic", antialias=True), 7, 6, 2
    ),
    "UpSampling2D, bilinear": lambda: alone(layers.UpSampling2D(interpolation="bilinear"), 3, 4, 2),
    "CenterCrop": lambda: alone(layers.CenterCrop(2, 3), 5, 6, 2),
    "Cropping3D": lambda: alone(layers.Cropping3D(((1, 0), (0, 1), (1, 1))), 3, 4, 5, 2),
    "ZeroPadding3D": lambda: alone(layers.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), 2, 3, 2, 2),
    "UpSampling3D": lambda: alone(layers.UpSampling3D((2, 1, 3)), 2, 3, 2, 2),
}


def of(function: Callable[[Any], Any], *shape: int) -> Build:
    def build() -> Any:
        x = keras.Input(shape)
        return keras.Model(x, function(x))

    return build


RNG = np.random.default_rng(1)
MATRIX = RNG.normal(size=(3, 4)).astype("float32")
OPERATIONS: dict[str, Build] = {
    "x + an array": of(lambda x: x + MATRIX, 3, 4),
    "an array - x": of(lambda x: ops.subtract(MATRIX, x), 3, 4),
    "x * an array": of(lambda x: x * MATRIX, 3, 4),
    "x / a vector": of(lambda x: x / np.array([1.0, 2.0, 3.0, 4.0], "float32"), 3, 4),
    "x + what looks like a bias": of(lambda x: x + np.arange(3.0).reshape(1, 3, 1), 3, 3),
    "what looks like a bias + x": of(
        lambda x: ops.add(np.arange(3.0, dtype="float32").reshape(1, 3, 1), x), 3, 3
    ),
    "x + a column": of(lambda x: x + MATRIX[:, :1], 3, 4),
    "minimum of an array": of(lambda x: ops.minimum(x, MATRIX), 3, 4),
    "minimum(x, 1e9)": of(lambda x: ops.minimum(x, 1e9), 4),
    "maximum(x, -1e9)": of(lambda x: ops.maximum(x, -1e9), 4),
    "clip": of(lambda x: ops.clip(x, -0.3, 0.4), 4),
    "abs": of(ops.abs, 4),
    "x[..., 1:3]": of(lambda x: x[..., 1:3], 3, 4),
    "x[:, :, 1]": of(lambda x: x[:, :, 1], 3, 4),
    "x[:, ::2]": of(lambda x: x[:, ::2], 5, 4),
    "x[:, 1::3, :2]": of(lambda x: x[:, 1::3, :2], 6, 4),
    "x[:, None]": of(lambda x: x[:, None], 3, 4),
    "x[..., None]": of(lambda x: x[..., None], 3),
    "x[:, -2, 1:, None]": of(lambda x: x[:, -2, 1:, None], 3, 4),
    "sum over the steps": of(lambda x: ops.sum(x, axis=1), 3, 4),
    "sum of channels": of(lambda x: ops.sum(x, axis=-1, keepdims=True), 3, 4),
    "mean of channels": of(lambda x: ops.mean(x, axis=-1), 3, 4),
    "mean of images": of(lambda x: ops.mean(x, axis=(1, 3)), 3, 4, 2),
    "max of channels": of(lambda x: ops.max(x, axis=-1), 3, 4),
    "min over the steps": of(lambda x: ops.min(x, axis=1), 3, 4),
    "swapaxes": of(lambda x: ops.swapaxes(x, 1, 3), 2, 3, 4),
    "moveaxis": of(lambda x: ops.moveaxis(x, 1, -1), 2, 3, 4),
    "stack": of(lambda x: ops.stack([x, 2 * x, x + 1], axis=1), 3, 4),
    "stack behind": of(lambda x: ops.stack([x, 2 * x], axis=-1), 3, 4),
    "elu(x, 0.5)": of(lambda x: ops.elu(x, alpha=0.5), 4),
    "leaky_relu(x, 0.1)": of(lambda x: ops.leaky_relu(x, negative_slope=0.1), 4),
    "stop_gradient": of(ops.stop_gradient, 4),
    "along another axis": of(
        lambda x: [ops.softmax(x, 1), ops.log_softmax(x, 1), ops.glu(x, 1), ops.glu(x)], 4, 6
    ),
    "activations with options": of(
        lambda x: [
            ops.celu(x, 0.7),
            ops.soft_shrink(x, 0.2),
            ops.hard_shrink(x, 0.2),
            ops.squareplus(x, 2),
            ops.threshold(x, 0.3, 0),
            ops.threshold(x, -0.3, 2),
        ],
        4,
    ),
    "flip, roll, repeat, tile": of(
        lambda x: [
            ops.flip(x, 1),
            ops.flip(x, (1, 2)),
            ops.roll(x, 1, 1),
            ops.roll(x, -5, -1),
            ops.repeat(x, 2, 1),
            ops.tile(x, (1, 2, 3)),
        ],
        3,
        4,
    ),
    "take": of(
        lambda x: [
            ops.take(x, [2, 0, -1], 1),
            ops.take(x, 1, 1),
            ops.take(x, [[-1, 0], [1, 1]], -1),
        ],
        3,
        4,
    ),
    "pad": of(
        lambda x: [
            ops.pad(x, ((0, 0), (1, 1), (0, 2)), mode=mode)
            for mode in ("constant", "reflect", "symmetric")
        ],
        3,
        4,
    ),
    "times a constant matrix": of(
        lambda x: [ops.dot(x, MATRIX.T), ops.tensordot(x, MATRIX.T, 1)], 3, 4
    ),
}

REWRITTEN: dict[str, Build] = {
    f"{group}: {name}": build
    for group, cases in (
        ("mask", MASKS),
        ("attention", ATTENTION),
        ("nothing", NOTHING),
        ("axis", AXES),
        ("scores", SCORES),
        ("without", WITHOUT),
        ("category", CATEGORIES),
        ("aspect", ASPECTS),
        ("dtype", DTYPES),
        ("adaptive", ADAPTIVE),
        ("option", OPTIONS),
        ("operation", OPERATIONS),
    )
    for name, build in cases.items()
}
