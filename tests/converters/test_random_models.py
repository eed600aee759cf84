"""Random graphs of layers and operations predict the same in tf.js, as layers or as graphs."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfjsbridge.converters import save_keras_model
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

layers, ops = keras.layers, keras.ops

#: From one tensor [None, n] to another.
VECTORS: list[Callable[[Any], Any]] = [
    lambda x: layers.Dense(3, activation="tanh")(x),
    lambda x: layers.Dense(4, activation="gelu", use_bias=False)(x),
    lambda x: layers.Dense(2, activation="softmax")(x),
    lambda x: layers.Activation("hard_silu")(x),
    lambda x: layers.BatchNormalization()(x),
    lambda x: layers.LayerNormalization()(x),
    lambda x: layers.UnitNormalization()(x),
    lambda x: layers.Rescaling(0.5, 1.0)(x),
    lambda x: layers.LeakyReLU(0.3)(x),
    lambda x: layers.Dropout(0.5)(x),
    lambda x: x * 2.0 - 1.0,
    lambda x: -x,
    lambda x: ops.square(x),
    lambda x: ops.sort(x, axis=-1),
    lambda x: ops.exp(-ops.abs(x)),
    lambda x: layers.Flatten()(layers.RepeatVector(2)(x)),
    lambda x: layers.GRU(3, reset_after=False)(layers.RepeatVector(3)(x)),
    lambda x: layers.GRU(3)(layers.RepeatVector(3)(x)),
    lambda x: layers.GlobalAveragePooling1D()(layers.Conv1D(2, 2, padding="same")(x[:, :, None])),
    lambda x: layers.Flatten()(layers.Conv1D(4, 2, groups=2, padding="same")(pairs(x))),
    lambda x: keras.Sequential([layers.Dense(3, "relu"), layers.Dense(2)])(x),
    lambda x: x[:, ::2],
    lambda x: x[:, 1:] * 0.5,
    lambda x: x + np.linspace(-1, 1, x.shape[-1]).astype("float32"),
    lambda x: ops.clip(x, -0.5, 0.5),
    lambda x: ops.max(pairs(x), axis=-1),
    lambda x: ops.sum(pairs(x), axis=1),
    lambda x: layers.Flatten()(layers.Softmax(axis=1)(pairs(x))),
    lambda x: layers.Flatten()(layers.MultiHeadAttention(2, 2)(pairs(x), pairs(x))),
    lambda x: layers.Flatten()(layers.Attention()([pairs(x), pairs(x)], use_causal_mask=True)),
    lambda x: ops.reshape(ops.stack([x, -x], axis=1), (-1, 2 * x.shape[-1])),
    lambda x: layers.LSTM(3)(layers.Masking(0.5)(ops.stack([x, 0 * x + 0.5, x], axis=1))),
    lambda x: layers.ELU(0.5)(x),
]

#: From two tensors of the same shape to one.
MERGES: list[Callable[[Any, Any], Any]] = [
    lambda x, y: layers.Add()([x, y]),
    lambda x, y: layers.Multiply()([x, y]),
    lambda x, y: layers.Maximum()([x, y]),
    lambda x, y: layers.Average()([x, y]),
    lambda x, y: layers.Concatenate()([x, y]),
    lambda x, y: layers.Subtract()([x, y]),
    lambda x, y: layers.Dot(1)([x, y]),
    lambda x, y: x / (1.0 + ops.abs(y)),
]


def pairs(x: Any) -> Any:
    return layers.Concatenate()([x[:, :, None], 1.0 - x[:, :, None]])


def same_width(x: Any, y: Any) -> tuple[Any, Any]:
    width = min(x.shape[-1], y.shape[-1])
    return tuple(t if t.shape[-1] == width else layers.Dense(width)(t) for t in (x, y))  # type: ignore[return-value]


@st.composite
def models(draw: Any) -> Any:
    """A functional model: each step takes what inputs or earlier steps gave."""
    inputs = [keras.Input((draw(st.integers(2, 5)),)) for _ in range(draw(st.integers(1, 2)))]
    made = list(inputs)
    for _ in range(draw(st.integers(1, 6))):
        x = draw(st.sampled_from(made))
        if draw(st.booleans()):
            made.append(draw(st.sampled_from(VECTORS))(x))
        else:
            merge = draw(st.sampled_from(MERGES))
            made.append(merge(*same_width(x, draw(st.sampled_from(made)))))
    # What nothing has taken comes out, so that nothing is computed in vain.
    joined = [tensor for tensor in made if tensor not in inputs][-2:]
    ends = joined if len(inputs) == 1 else [layers.Concatenate()([*inputs, *joined])]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], ends)


# Keras's, of a softmax over one value, which a random model may have.
@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
@pytest.mark.parametrize("format", ["auto", "graph"])
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(model=models(), seed=st.integers(0, 99))
def test_a_random_model(format: Any, node: NodeSession, model: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(np.abs(weight) + random.uniform(-0.3, 0.3, weight.shape))
    with tempfile.TemporaryDirectory() as folder:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*is written as a graph-model")
            try:
                save_keras_model(model, Path(folder), format=format)
            except ConversionError as error:
                pytest.fail(f"refused: {error}")
        signature = node.signature(folder)
        inputs = sample_inputs(signature, seed=seed)
        expected = predict(model, inputs, signature)
        for difference in differences(expected, node.predict(folder, inputs), signature.outputs):
            assert difference.within(1e-3), difference
