"""What trains otherwise in tf.js than in Keras is said where a compiled model is saved."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.test_training_config import in_tfjs
from tfjsbridge.converters import save_keras_model
from tfjsbridge.converters.registry import WRITERS, TfjsLayer, model_of
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, TfjsError

layers, ops = keras.layers, keras.ops


def frozen(layer: Any) -> Any:
    layer.trainable = False
    return layer


GRADIENT = "the gradient that fit needs"
STEPS = "the steps of the weights"
REGULARIZERS = "the regularizers"

#: What a layer named "it" is, the shape that it is called on, and what is said of it.
LAYERS: dict[str, tuple[Callable[..., Any], tuple[int, ...], str]] = {
    "dilation": (lambda **o: layers.Conv1D(2, 2, dilation_rate=2, **o), (5, 2), GRADIENT),
    "threshold": (lambda **o: layers.ReLU(threshold=0.1, **o), (4,), GRADIENT),
    "no scale": (lambda **o: layers.BatchNormalization(scale=False, **o), (4,), GRADIENT),
    "neither scale nor offset": (
        lambda **o: layers.BatchNormalization(scale=False, center=False, **o), (4,), GRADIENT),
    "layers without scale": (
        lambda **o: layers.LayerNormalization(scale=False, **o), (4,), GRADIENT),
    "layers without offset": (lambda **o: layers.LayerNormalization(center=False, **o), (4,), ""),
    "batches": (layers.BatchNormalization, (4,), ""),
    "frozen batches": (
        lambda **o: frozen(layers.BatchNormalization(**o)), (4,), "the fixed statistics"),
    "groups": (lambda **o: layers.Conv2D(4, 2, groups=2, **o), (3, 3, 2), STEPS),
    "shared slopes": (
        lambda **o: layers.PReLU(alpha_initializer="ones", shared_axes=[2], **o), (3, 4), STEPS),
    "slopes": (layers.PReLU, (3, 4), ""),
    "factor alone": (lambda **o: layers.GroupNormalization(2, scale=False, **o), (4,), STEPS),
    "regularizer of a cell": (
        lambda **o: layers.LSTM(2, kernel_regularizer="l2", **o), (3, 2), REGULARIZERS),
    "regularizer": (lambda **o: layers.Dense(2, kernel_regularizer="l1", **o), (4,), ""),
    "regularizer that tf.js has not": (
        lambda **o: layers.Dense(2, kernel_regularizer="orthogonal_regularizer", **o), (4,),
        REGULARIZERS),
    "activity": (
        lambda **o: layers.ActivityRegularization(0.1, **o), (4,), "the activity_regularizer"),
    "nearest": (layers.UpSampling2D, (2, 3, 2), "the gradient on the backend cpu"),
    "edges": (lambda **o: layers.AveragePooling1D(3, 2, padding="same", **o), (4, 2),
              "the gradient at the edges"),
    "no edges": (lambda **o: layers.AveragePooling1D(2, 2, padding="same", **o), (4, 2), ""),
}  # fmt: skip


def losses(model: Any, x: Any, y: Any, node: NodeSession, folder: Path) -> tuple[Any, Any, str]:
    """Those of two epochs in Keras, those in tf.js or none where it fails, and what was said."""
    model.compile(keras.optimizers.SGD(0.05), "mse", run_eagerly=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        path = save_keras_model(model, folder, format="layers")
    said = " ".join(str(warning.message) for warning in caught)
    expected = model.fit(x, y, batch_size=10, epochs=2, shuffle=False, verbose=0).history["loss"]
    try:
        got = in_tfjs(node, path, x, y, epochs=2)["loss"]
    except TfjsError:
        got = None
    return expected, got, said


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_trains_alike_or_it_is_said(name: str, node: NodeSession, tmp_path: Path) -> None:
    make, shape, words = LAYERS[name]
    keras.utils.set_random_seed(1)
    x = keras.Input(shape)
    y = make(name="it")(layers.Dense(shape[-1])(x))
    model = keras.Model(x, layers.Dense(1)(layers.Flatten()(y)))
    given, wanted = (
        np.asarray(keras.random.normal((20, *size), seed=len(size))) for size in (shape, (1,))
    )
    expected, got, said = losses(model, given, wanted, node, tmp_path)
    alike = got is not None and np.allclose(got, expected, rtol=1e-4)
    if words:
        assert f"{words} of {model.name}/it" in said
    else:
        assert not said
    assert alike == (not words)


def words_in(x: Any) -> Any:
    return layers.Embedding(9, 2, mask_zero=True)(x)


def attention(x: Any) -> Any:
    return layers.MultiHeadAttention(2, 2, dropout=0.5, name="it")(x, x)


def stopped(x: Any) -> Any:
    return ops.stop_gradient(layers.Dense(2)(x)) + x[:, :2]


def frozen_base(x: Any) -> Any:
    """As what is taken from keras.applications, in which nothing is behind weights that learn."""
    base = keras.Sequential([layers.Input((4, 2)), layers.Conv1D(2, 2, dilation_rate=2)])
    return frozen(base)(x)


def many_frozen(x: Any) -> Any:
    for number in range(7):
        x = frozen(layers.BatchNormalization(name=f"b{number}"))(x)
    return x


#: A function of an input, the input's shape, options of `compile`, and what is said.
OTHERS: dict[str, tuple[Callable[[Any], Any], tuple[int, ...], dict[str, Any], str]] = {
    "augmentation": (layers.RandomFlip(name="it"), (4, 4, 3), {}, "the augmentation of .*/it"),
    "dropout of attention": (attention, (3, 2), {}, "the dropout of .*/it"),
    "spectral normalization": (
        layers.SpectralNormalization(layers.Dense(2), name="it"), (2,), {},
        "the normalization of the kernel of .*/it"),
    "stop_gradient": (stopped, (3,), {}, "the end of the gradient of .*/stop_gradient"),
    "a mask": (words_in, (3,), {}, "the mask, which leaves steps out of the loss"),
    "a mask of batches": (
        lambda x: layers.LSTM(2)(layers.BatchNormalization(name="it")(words_in(x))), (3,), {},
        "the mask of the statistics of .*/it"),
    "a frozen base": (frozen_base, (4, 2), {}, ""),
    "a model behind what learns": (
        lambda x: keras.Sequential([layers.Input((2,)), layers.ReLU(threshold=1.0, name="it")])(
            layers.Dense(2)(x)),
        (2,), {}, f"{GRADIENT} of .*/it"),
    "many": (many_frozen, (2,), {}, "the fixed statistics of .*/b0, .*/b4 and 2 more"),
    "outputs of several shapes": (
        lambda x: [layers.Dense(1)(x), layers.RepeatVector(2)(x)], (2,), {},
        "the sum of the losses, of outputs of several shapes"),
    "loss_weights": (
        lambda x: [layers.Dense(1)(x), layers.Dense(2)(x)], (2,), {"loss_weights": [1.0, 2.0]},
        "the loss_weights"),
    "weighted_metrics": (layers.Dense(1), (2,), {"weighted_metrics": ["mse"]},
                         "the weighted_metrics"),
    "a sum": (layers.Dense(1), (2,), {"loss": keras.losses.MeanSquaredError("sum")}, "the loss"),
    "amsgrad": (layers.Dense(1), (2,), {"optimizer": keras.optimizers.Adam(amsgrad=True)},
                "the optimizer's amsgrad"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_left_out_is_said(name: str, tmp_path: Path) -> None:
    function, shape, options, words = OTHERS[name]
    x = keras.Input(shape)
    model = keras.Model(x, function(x))
    model.compile(**{"optimizer": "sgd", "loss": "mse"} | options)
    if words:
        with pytest.warns(UserWarning, match=f"cannot take up all .*: .*{words}"):
            save_keras_model(model, tmp_path, format="layers")
    else:
        save_keras_model(model, tmp_path, format="layers")


class Threshold(layers.Layer):  # type: ignore[misc]
    def call(self, x: Any) -> Any:
        return keras.activations.relu(x, threshold=0.1)


def test_what_is_in_a_model_in_a_layers_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside = [TfjsLayer("ThresholdedReLU", {"theta": 0.1}, suffix="relu")]
    monkeypatch.setitem(WRITERS, Threshold, lambda layer: model_of(inside, (3,)))
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3), Threshold()])
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match=GRADIENT):
        save_keras_model(model, tmp_path, format="layers")
