"""Keras 3 models that tf.js's layers cannot say, and that must predict the same as graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.converters.mask_cases import MASKED
from tfjsbridge.runtime import keras

layers, ops = keras.layers, keras.ops


def stack(*parts: Any, shape: tuple[int | None, ...] = (4,), **arguments: Any) -> Any:
    return keras.Sequential([layers.Input(shape, **arguments), *parts])


def _self_attention(layer: Any, shape: tuple[int, ...] = (6, 4), **arguments: Any) -> Any:
    x = keras.Input(shape)
    return keras.Model(x, layer(x, x, **arguments))


def _two(layer: Any) -> Any:
    query, value = keras.Input((5, 4)), keras.Input((6, 4))
    return keras.Model([query, value], layer([query, value]))


def transformer() -> Any:
    tokens = keras.Input((6,), dtype="int32")
    x = layers.Embedding(20, 8, mask_zero=True)(tokens)
    x += layers.Embedding(6, 8)(ops.arange(6))
    attended = layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    x = layers.LayerNormalization()(x + attended)
    y = layers.Dense(8)(layers.Dense(16, activation="gelu")(x))
    x = layers.LayerNormalization()(x + y)
    return keras.Model(tokens, layers.Dense(3, "softmax")(layers.GlobalAveragePooling1D()(x)))


def masked_encoder() -> Any:
    tokens = keras.Input((5,))
    x = layers.Embedding(10, 4, mask_zero=True)(tokens)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
    return keras.Model(tokens, layers.GlobalAveragePooling1D()(x))


def explicit_mask() -> Any:
    x, mask = keras.Input((5, 3)), keras.Input((5,), dtype="bool")
    return keras.Model([x, mask], layers.LSTM(4)(x, mask=mask))


class Doubled(keras.Sequential):
    def call(self, inputs: Any, **arguments: Any) -> Any:
        return 2 * super().call(inputs, **arguments)


def names_that_are_numbers() -> Any:
    inputs = [keras.Input((2,), name=name) for name in ("10", "2", "b")]
    x = ops.exp(layers.Concatenate()(inputs))
    return keras.Model(inputs, [layers.Dense(n, name=str(10 - n))(x) for n in (1, 2, 3)])


def other_letters() -> Any:
    x = keras.Input((3,), name="é")
    return keras.Model(x, layers.Dense(2, name="größe")(ops.sin(x)), name="größe x")


def _of_one(function: Callable[[Any], Any]) -> Any:
    x = keras.Input((4,))
    return keras.Model(x, function(x))


def _two_ranks() -> Any:
    x, y = keras.Input((8, 4)), keras.Input((4,))
    return keras.Model([x, y], x + y)


def two_shapes() -> Any:
    x, y = keras.Input((3, 4)), keras.Input((2, 4))
    layer = layers.GroupNormalization(2)
    return keras.Model([x, y], [layer(x), layer(y)])


def _bytes(x: Any) -> Any:
    return ops.cast(ops.cast(ops.abs(x) * 100, "int32"), "uint8")


def _picture(x: Any) -> Any:
    return ops.reshape(ops.tile(x, (1, 12)) * np.arange(1, 49, dtype=np.float32), (-1, 4, 4, 3))


def _matrix(x: Any) -> Any:
    return x[:, :, None] * ops.arange(1, 7, dtype="float32")


def quantized(mode: str) -> Any:
    model = stack(layers.Dense(4, activation="relu"), layers.Dense(3), shape=(6,))
    model.layers[0].quantize(mode)
    return model


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(3, activation="gelu")
        self.last = layers.Dense(2)

    def call(self, x: Any) -> Any:
        return self.last(self.first(x))


def subclassed() -> Any:
    model = Subclassed()
    model(np.zeros((1, 4), np.float32))
    return model


class Own(keras.layers.Layer):
    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(shape[-1],))

    def call(self, x: Any) -> Any:
        return ops.sort(x * self.scale, axis=-1)


def outputs_in_their_order() -> Any:
    x = keras.Input((4,))
    return keras.Model(x, [layers.Dense(k, name=n)(ops.sin(x)) for k, n in enumerate("zqam", 1)])


def dicts() -> Any:
    b, a = keras.Input((2,), name="b"), keras.Input((3,), name="a")
    return keras.Model(
        {"b": b, "a": a}, {"z": layers.Dense(1)(ops.exp(b)), "y": layers.Dense(2)(ops.exp(a))}
    )


def several_outputs_of_integers() -> Any:
    x = keras.Input((4,))
    return keras.Model(x, [ops.argmax(x, -1), ops.argmin(x, -1), ops.top_k(x, 2)[1], x > 0])


def names() -> Any:
    x = keras.Input((4,), name="an input: 1")
    return keras.Model(x, layers.Dense(2, name="a.b-c 2")(ops.exp(layers.Dense(3, name="(x)")(x))))


MODELS: dict[str, Callable[[], Any]] = {
    "attention": lambda: _two(layers.Attention(use_scale=True)),
    "additive attention": lambda: _two(layers.AdditiveAttention()),
    "multi-head attention": lambda: _self_attention(layers.MultiHeadAttention(2, 3, value_dim=5)),
    "causal attention": lambda: _self_attention(
        layers.MultiHeadAttention(2, 3), use_causal_mask=True
    ),
    "grouped attention": lambda: _self_attention(layers.GroupQueryAttention(4, 4, 2), (5, 8)),
    "transformer": transformer,
    "masked encoder": masked_encoder,
    "explicit mask": explicit_mask,
    **MASKED,
    "a Sequential with a call of its own": lambda: Doubled([layers.Input((4,)), layers.Dense(3)]),
    "names that are numbers": names_that_are_numbers,
    "other letters": other_letters,
    "quantized to int8": lambda: quantized("int8"),
    "quantized to int4": lambda: quantized("int4"),
    "attention with gates": lambda: _self_attention(layers.MultiHeadAttention(2, 3, use_gate=True)),
    "channels first and a bias that Keras adds elsewhere": lambda: stack(
        layers.Conv2D(4, 3, data_format="channels_first"), shape=(3, 6, 6)
    ),
    "one number of a vector": lambda: _of_one(lambda x: layers.Dense(3)(x)[:, 1] + x[:, 0]),
    "the rank of one is another's": lambda: _two_ranks(),
    "PReLU sharing the last axis": lambda: stack(
        layers.PReLU("normal", shared_axes=[2]), shape=(3, 4)
    ),
    "a layer on two shapes": lambda: two_shapes(),
    "masked LSTM": lambda: stack(
        layers.Embedding(10, 4, mask_zero=True), layers.LSTM(4), layers.Dense(2, "tanh"), shape=(5,)
    ),
    "masking": lambda: stack(layers.Masking(0.5), layers.GRU(3), shape=(5, 2)),
    "GRU reset after": lambda: stack(layers.GRU(4), layers.Dense(2), shape=(5, 3)),
    "LSTM with dropout": lambda: stack(
        layers.LSTM(3, dropout=0.2, recurrent_dropout=0.2), shape=(5, 3)
    ),
    "LSTM backwards": lambda: stack(
        layers.LSTM(3, go_backwards=True, return_sequences=True, activation="gelu"), shape=(5, 3)
    ),
    "stacked cells": lambda: stack(
        layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)]), shape=(4, 3)
    ),
    "ConvLSTM": lambda: stack(layers.ConvLSTM2D(2, 3), shape=(3, 6, 6, 2)),
    "time distributed": lambda: stack(
        layers.TimeDistributed(layers.Dense(2, "gelu")), layers.Masking(), shape=(3, 4)
    ),
    "subclassed": subclassed,
    "layer of one's own": lambda: stack(Own(), layers.Dense(2)),
    "lambda": lambda: stack(layers.Lambda(lambda x: ops.cumsum(x, -1))),
    "outputs in their order": outputs_in_their_order,
    "dicts": dicts,
    "integers": several_outputs_of_integers,
    "names": names,
    "fixed batch": lambda: stack(Own(), batch_size=8),
    # Layers with options that tf.js's do not have.
    "Resizing": lambda: stack(layers.Resizing(8, 7), shape=(5, 5, 2)),
    "Resizing, nearest": lambda: stack(
        layers.Resizing(8, 7, interpolation="nearest"), shape=(5, 5, 2)
    ),
    "UpSampling2D bilinear": lambda: stack(
        layers.UpSampling2D(2, interpolation="bilinear"), shape=(5, 5, 2)
    ),
    "CenterCrop": lambda: stack(layers.CenterCrop(3, 4), shape=(6, 6, 2)),
    "augmentation": lambda: stack(
        layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomZoom(0.1), shape=(6, 6, 2)
    ),
    "more augmentation": lambda: stack(
        layers.MixUp(), layers.RandomHue(0.5), layers.RandomGrayscale(), shape=(6, 6, 3)
    ),
    "Conv2D in groups": lambda: stack(
        layers.Conv2D(4, 3, groups=2, activation="tanh"), shape=(5, 5, 4)
    ),
    "Conv1D in groups": lambda: stack(layers.Conv1D(4, 3, groups=2), shape=(6, 4)),
    "Conv1D causal and dilated": lambda: stack(
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2), shape=(8, 3)
    ),
    "Conv2D channels first": lambda: stack(
        layers.Conv2D(4, 3, strides=2, data_format="channels_first"), shape=(3, 7, 6)
    ),
    "Conv2DTranspose dilated": lambda: stack(
        layers.Conv2DTranspose(2, 3, dilation_rate=2), shape=(4, 4, 3)
    ),
    "Conv2DTranspose, more padding": lambda: stack(
        layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), shape=(4, 4, 3)
    ),
    "DepthwiseConv2D dilated": lambda: stack(
        layers.DepthwiseConv2D(3, dilation_rate=2, depth_multiplier=2), shape=(8, 8, 3)
    ),
    "SeparableConv2D": lambda: stack(layers.SeparableConv2D(4, 3), shape=(8, 8, 3)),
    "Conv3D and pooling": lambda: stack(
        layers.Conv3D(2, 3, activation="gelu"), layers.MaxPooling3D(2), shape=(6, 6, 6, 2)
    ),
    "pooling of negative numbers": lambda: stack(
        layers.Rescaling(0.0, -1.0), layers.MaxPooling3D(2, padding="same"), shape=(3, 3, 5, 2)
    ),
    "AveragePooling3D": lambda: stack(
        layers.AveragePooling3D(2, padding="same"), shape=(3, 3, 5, 2)
    ),
    "pictures": lambda: stack(
        layers.Conv2D(4, 3, activation="hard_silu", use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("tanh"),
        layers.GlobalMaxPooling2D(keepdims=True),
        layers.Flatten(),
        layers.Dense(3, activation="softsign"),
        shape=(6, 6, 2),
    ),
    "Softmax over steps": lambda: stack(layers.Softmax(axis=1), shape=(3, 4)),
    "BatchNormalization over steps": lambda: stack(
        layers.BatchNormalization(axis=1), shape=(3, 4, 2)
    ),
    "normalizations": lambda: stack(
        layers.Normalization(mean=1.0, variance=4.0),
        layers.UnitNormalization(),
        layers.LayerNormalization(),
        layers.RMSNormalization(),
        layers.GroupNormalization(2),
    ),
    "SpectralNormalization": lambda: stack(layers.SpectralNormalization(layers.Dense(3))),
    "CategoryEncoding": lambda: stack(layers.CategoryEncoding(5), shape=(3,), dtype="int32"),
    "Discretization": lambda: stack(layers.Discretization([-0.5, 0.0, 1.0]), shape=(3,)),
    "Discretization, then Embedding": lambda: stack(
        layers.Discretization([0.0]), layers.Embedding(2, 3), shape=(3,)
    ),
    "IntegerLookup": lambda: stack(
        layers.IntegerLookup(vocabulary=[4, 1, 3], mask_token=0), shape=(5,), dtype="int32"
    ),
    "IntegerLookup of several unknown words": lambda: stack(
        layers.IntegerLookup(vocabulary=[4, 1], num_oov_indices=3, output_mode="count"),
        shape=(5,),
        dtype="int32",
    ),
    "MelSpectrogram": lambda: stack(layers.MelSpectrogram(64, 32, num_mel_bins=8), shape=(200,)),
    "Conv3DTranspose": lambda: stack(
        layers.Conv3DTranspose(3, (3, 2, 1), (1, 2, 3), "same", output_padding=(0, 1, 1)),
        layers.Conv3DTranspose(2, 2, data_format="channels_first", dilation_rate=(1, 2, 1)),
        shape=(2, 3, 2, 2),
    ),
    "EinsumDense": lambda: stack(
        layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", activation="softmax"),
        shape=(3, 4),
    ),
    "PReLU": lambda: stack(layers.PReLU(shared_axes=[1]), shape=(3, 4)),
    "ReLU": lambda: stack(layers.ReLU(2.0, negative_slope=0.1, threshold=0.5)),
    "Reshape, Permute and a layer of one's own": lambda: stack(
        layers.Reshape((2, 2)), layers.Permute((2, 1)), Own()
    ),
}

#: An operation on tensors [None, 4] each.
OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "patches of what is known": lambda x: ops.image.extract_patches(
        ops.reshape(ops.tile(x, (1, 12)), (-1, 4, 4, 3)), 2
    ),
    "categorical crossentropy": lambda x: ops.categorical_crossentropy(
        ops.softmax(x), x * 2, from_logits=True
    ),
    "sparse categorical crossentropy": lambda x: ops.sparse_categorical_crossentropy(
        ops.argmax(x, -1), x * 2, from_logits=True
    ),
    "uint8 wraps": lambda x: _bytes(x) * 7,
    "int8 wraps": lambda x: ops.cast(ops.cast(x * 300, "int32"), "int8") + 100,
    "float to bool": lambda x: ops.any(ops.maximum(x, 0.0), axis=-1),
    "integer relu6": lambda x: ops.relu6(ops.cast(x * 9, "int32")),
    "einsum of one": lambda x: ops.einsum("bi->ib", x),
    "einsum with an ellipsis": lambda x: ops.einsum("...i,ij->...j", x, np.ones((4, 2), "float32")),
    "cumsum": lambda x: ops.cumsum(x, -1),
    "cumprod": lambda x: ops.cumprod(x, -1),
    "top_k": lambda x: ops.top_k(x, 2)[0],
    "sort": lambda x: ops.sort(x, -1),
    "argsort": lambda x: ops.argsort(x, -1),
    "norm": lambda x: ops.norm(x, axis=-1),
    "std": lambda x: ops.std(x, axis=-1, keepdims=True),
    "var": lambda x: ops.var(x, -1),
    "median": lambda x: ops.median(x, -1),
    "prod": lambda x: ops.prod(x, -1),
    "any": lambda x: ops.any(x > 0, -1),
    "all": lambda x: ops.all(x > -1, -1),
    "where": lambda x: ops.where(x > 0, x, -2 * x),
    "select": lambda x: ops.select([x > 1, x < 0], [x, -x], 0.5),
    "maximum of x and 2 x": lambda x: ops.maximum(x, x + x),
    "maximum of 3 x and x": lambda x: ops.maximum(layers.Identity()(x) * 3.0, layers.Identity()(x)),
    "clip": lambda x: ops.clip(x, -1, 1),
    "round": ops.round,
    "floor": ops.floor,
    "ceil": ops.ceil,
    "trunc": ops.trunc,
    "sign": ops.sign,
    "erf": ops.erf,
    "log1p": lambda x: ops.log1p(ops.abs(x)),
    "expm1": ops.expm1,
    "rsqrt": lambda x: ops.rsqrt(ops.abs(x) + 0.1),
    "arctan2": lambda x: ops.arctan2(x, 2.0),
    "sinh": ops.sinh,
    "arcsinh": ops.arcsinh,
    "tan": ops.tan,
    "logaddexp": lambda x: ops.logaddexp(x, 1.0),
    "logsumexp": lambda x: ops.logsumexp(x, -1),
    "mod": lambda x: x % 2.0,
    "floor_divide": lambda x: x // 2.0,
    "power": lambda x: ops.abs(x) ** 1.5,
    "one_hot": lambda x: ops.one_hot(ops.argmax(x, -1), 5),
    "multi_hot": lambda x: ops.multi_hot(ops.cast(x > 0, "int32"), 3),
    "flip": lambda x: ops.flip(x, -1),
    "roll": lambda x: ops.roll(x, 3, -1),
    "tril": lambda x: ops.tril(x[:, None, :] * x[:, :, None]),
    "triu": lambda x: ops.triu(x[:, None, :] * x[:, :, None], 1),
    "diagonal": lambda x: ops.diagonal(x[:, None, :] * x[:, :, None], axis1=1, axis2=2),
    "diff": lambda x: ops.diff(x, axis=-1),
    "tile": lambda x: ops.tile(x, (1, 2)),
    "repeat": lambda x: ops.repeat(x, 2, axis=-1),
    "take": lambda x: ops.take(x, [2, 1], axis=-1),
    "take_along_axis": lambda x: ops.take_along_axis(x, ops.argsort(x, -1), -1),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 2))),
    "pad with reflection": lambda x: ops.pad(x, ((0, 0), (1, 2)), mode="reflect"),
    "stack": lambda x: ops.stack([x, 2 * x], axis=1),
    "split": lambda x: ops.split(x, 2, axis=-1)[1],
    "slice": lambda x: x[:, ::2],
    "slice backwards": lambda x: x[:, ::-1],
    "matmul": lambda x: ops.matmul(x[:, :, None], x[:, None, :]),
    "einsum": lambda x: ops.einsum("bi,bj->bij", x, x),
    "einsum, summed": lambda x: ops.einsum("bi,bi->b", x, x),
    "dot with a constant": lambda x: ops.dot(x, np.arange(12, dtype=np.float32).reshape(4, 3)),
    "tensordot": lambda x: ops.tensordot(
        x[:, :, None], np.ones((4, 2), np.float32), axes=[[1], [0]]
    ),
    "outer": lambda x: ops.multiply(x[:, :, None], x[:, None, :]),
    "isnan": lambda x: ops.cast(ops.isnan(x), "float32"),
    "nan_to_num": ops.nan_to_num,
    "logical": lambda x: ops.logical_xor(x > 0, x > 1),
    "sparsemax": ops.sparsemax,
    "glu": ops.glu,
    "squareplus": ops.squareplus,
    "log_softmax": ops.log_softmax,
    "threshold": lambda x: ops.threshold(x, 0.3, -1.0),
    "normalize": lambda x: ops.normalize(x, axis=-1),
    "cosine": lambda x: ops.cos(x) * ops.arccos(ops.clip(x, -0.9, 0.9)),
    "segments": lambda x: ops.mean(ops.reshape(x, (-1, 2, 2)), axis=1),
    "cross": lambda x: ops.cross(x[:, :3], x[:, 1:]),
    "space to depth": lambda x: ops.space_to_depth(_picture(x), 2),
    "colours": lambda x: [
        ops.image.rgb_to_hsv(ops.sigmoid(_picture(x))),
        ops.image.hsv_to_rgb(ops.sigmoid(_picture(x))),
    ],
    "resized by other kernels": lambda x: [
        ops.image.resize(_picture(x), (5, 3), interpolation="bicubic"),
        ops.image.resize(_picture(x), (5, 3), interpolation="lanczos3"),
        ops.image.resize(_picture(x), (2, 3), antialias=True),
    ],
    "Fourier transforms": lambda x: [
        ops.stack(ops.rfft(x), 1),
        ops.stack(ops.rfft(x, 7), 1),
        ops.stack(ops.fft((x, 2 * x)), 1),
        ops.irfft((x, 2 * x)),
        ops.stack(ops.fft2((_matrix(x), 2 * _matrix(x))), 1),
        ops.stack(ops.ifft2((_matrix(x), 2 * _matrix(x))), 1),
    ],
    "float64": lambda x: ops.cast(ops.cast(x, "float64") * 3, "float32"),
    "int64": lambda x: ops.cast(ops.cast(x, "int64") * 3, "float32"),
}


def build(name: str) -> Any:
    """The model of a name, with the same random weights each time."""
    keras.utils.set_random_seed(7)
    if name in MODELS:
        model = MODELS[name]()
    else:
        x = keras.Input((4,))
        model = keras.Model(x, OPERATIONS[name](x))
    random = np.random.default_rng(7)
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(np.abs(weight) + random.uniform(-0.5, 0.5, weight.shape) * 0.2)
    return model
