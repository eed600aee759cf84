"""Keras 3 models load in real tf.js, predict the same there, and come back to Keras."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.cases import MODELS, NO_ACTIVATIONS, build, layer_twice, layers, sequential
from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.converters.activations import ACTIVATIONS
from tfjsbridge.converters.files import read_json
from tfjsbridge.converters.layers.identities import AUGMENTATION
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, TfjsError, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

#: How far apart predictions may be, by tf.js's backend.
TOLERANCES = {"cpu": 1e-5, "wasm": 1e-4}


@pytest.mark.parametrize("name", MODELS)
def test_predicts_the_same_in_tfjs_and_back_in_keras(
    name: str, node: NodeSession, tmp_path: Path
) -> None:
    model = build(name)
    save_keras_model(model, tmp_path)
    signature = node.signature(tmp_path)
    inputs = sample_inputs(signature, batch=8)
    expected = predict(model, inputs, signature)
    for backend, tolerance in TOLERANCES.items():
        got = node.predict(tmp_path, inputs, backend)
        for difference in differences(expected, got, signature.outputs):
            assert difference.within(tolerance), (backend, difference)
    back = load_keras_model(tmp_path)
    again = predict(back, inputs, signature)
    for difference in differences(expected, again, signature.outputs):
        assert difference.within(TOLERANCES["cpu"]), difference


def test_a_layer_twice_has_its_weights_once(tmp_path: Path) -> None:
    save_keras_model(layer_twice(layers.Dense(3, name="twice")), tmp_path)
    [group] = read_json(tmp_path)["weightsManifest"]
    assert len(group["weights"]) == 4


def test_the_first_weights_are_not_all_zero() -> None:
    # Otherwise every comparison above would hold for models that do nothing.
    for name in MODELS:
        for weight in build(name).weights:
            assert weight.name == "count" or np.any(weight), (name, weight.path)


def problems(model: Any, tmp_path: Path) -> list[str]:
    with pytest.raises(ConversionError) as error:
        save_keras_model(model, tmp_path / "out", format="layers")
    assert not (tmp_path / "out").exists(), "nothing is written"
    return error.value.problems


def test_all_problems_are_listed_with_their_places(tmp_path: Path) -> None:
    own = layers.Lambda(lambda x: x, name="own")
    inner = keras.Sequential([layers.Input((4, 4)), own], name="inner")
    model = keras.Sequential(
        [
            layers.Input((4, 4)),
            layers.Activation("hard_silu"),  # written with branches
            layers.Dense(4, activation="exponential", name="d"),
            inner,
        ],
        name="outer",
    )
    first, second = problems(model, tmp_path)
    assert first.startswith(
        "outer/d (Dense): no conversion is known for the activation 'exponential'; use one"
    )
    assert second.startswith("outer/inner/own (Lambda): no conversion is known for this layer")


@pytest.mark.parametrize("name", NO_ACTIVATIONS)
def test_an_activation_without_a_conversion_is_refused(name: str, tmp_path: Path) -> None:
    (problem,) = problems(sequential(layers.Dense(4, activation=name)), tmp_path)
    assert repr(name) in problem


def _of(function: Callable[[Any], Any]) -> Any:
    x = keras.Input((4, 3))
    return keras.Model(x, function(x))


ops = keras.ops
#: Operations that tf.js's layers have not, or would compute over the examples.
REFUSED_OPERATIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "exp": (ops.exp, "no conversion is known for this operation"),
    "divided by": (lambda x: 1 / x, "divides by a tensor"),
    "root": (lambda x: x**0.5, "the powers 2 and 3"),
    "batch in the shape": (lambda x: ops.reshape(x, (-1, 3)), "batch's axis"),
    "batch transposed": (lambda x: ops.transpose(x, (1, 0, 2)), "batch's axis"),
    "batches joined": (lambda x: ops.concatenate([x, x], axis=0), "batch's axis"),
    "softmax of examples": (lambda x: ops.softmax(x, axis=0), "batch's axis"),
    "padding with ones": (
        lambda x: ops.pad(x, ((0, 0), (1, 1), (0, 0)), constant_values=1),
        "not with other numbers",
    ),
    "integers": (lambda x: ops.cast(x, "int32") + 1, "it gives int32"),
}


@pytest.mark.parametrize("name", REFUSED_OPERATIONS)
def test_an_operation_that_layers_cannot_compute_is_refused(name: str, tmp_path: Path) -> None:
    function, words = REFUSED_OPERATIONS[name]
    found = problems(_of(function), tmp_path)
    assert any(words in problem for problem in found), found


def test_subclassed_and_unbuilt_models_are_refused(tmp_path: Path) -> None:
    class Mine(keras.Model):
        def call(self, x: Any) -> Any:
            return x

    x = keras.Input((4,))
    functional = keras.Model(x, layers.Dense(2)(x))

    class Changed(type(functional)):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return 2 * super().call(x)

    changed = Changed(functional.inputs, functional.outputs)
    assert "a subclassed model has a call() method" in problems(Mine(), tmp_path)[0]
    assert "a subclassed model has a call() method" in problems(changed, tmp_path)[0]
    assert "has no input shape yet" in problems(keras.Sequential([layers.Dense(1)]), tmp_path)[0]


def test_a_subclassed_layer_is_not_written_as_its_parent(tmp_path: Path) -> None:
    class Doubled(layers.Dense):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return 2 * super().call(x)

    assert "Doubled" in problems(sequential(Doubled(3)), tmp_path)[0]


def root_mean_square() -> Any:
    with pytest.warns(UserWarning, match="deprecated"):
        return layers.LayerNormalization(rms_scaling=True)


#: What tf.js's layer of the same name computes otherwise, or refuses.
REFUSED: dict[str, tuple[Any, tuple[int | None, ...], str]] = {
    "root mean square": (root_mean_square, (4,), "RMSNormalization"),
    "output padding": (
        lambda: layers.Conv2DTranspose(2, 3, 2, output_padding=1), (None, None, 1), "of known sizes"
    ),
    "volumes of any size": (lambda: layers.Conv3DTranspose(2, 2), (None, 4, 4, 1), "every size"),
    "bins": (lambda: layers.Discretization([0.0, 1.0]), (3,), "it gives whole numbers"),
    "an axis and not its scale": (lambda: layers.RMSNormalization(axis=1), (3, 3), "last axes by"),
    "many words": (
        lambda: layers.Pipeline(
            [layers.Discretization([*map(float, range(2000))], output_mode="one_hot")]
        ), (3,), "take a large matrix",
    ),
    "unknown steps": (lambda: layers.Cropping1D(1), (None, 2), "need every size"),
    "joined in a pipeline": (
        lambda: layers.Pipeline([layers.Activation("hard_silu")]), (4,), "several layers"
    ),
    "volumes stepped over": (
        lambda: layers.Conv3D(2, (1, 2, 3), 3, "same"), (5, 6, 4, 2), "tf.js pads otherwise"
    ),
    "reset after": (
        lambda: layers.Bidirectional(
            layers.GRU(2, activation="relu"),
            backward_layer=layers.GRU(2, use_bias=False, go_backwards=True),
        ),
        (3, 2),
        "resets before the multiplication",
    ),
    "stateful": (lambda: layers.LSTM(2, stateful=True), (3, 2), "stateful=True"),
    "recurrent activation": (
        lambda: layers.LSTM(2, recurrent_activation="hard_tanh"), (3, 2), "'hard_tanh'"
    ),
    "wrapped": (
        lambda: layers.TimeDistributed(layers.Dense(2, activation="hard_silu")), (3, 2), "several"
    ),
    "backward layer": (
        lambda: layers.Bidirectional(
            layers.LSTM(2), backward_layer=layers.LSTM(2, go_backwards=True, activation="relu")
        ),
        (3, 2),
        "differs in activation",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_tfjs_computes_otherwise_is_refused(name: str, tmp_path: Path) -> None:
    make, shape, words = REFUSED[name]
    batch = {"batch_size": 2} if name == "stateful" else {}
    (problem,) = problems(sequential(make(), shape=shape, **batch), tmp_path)
    assert words in problem


def test_quantized_weights_are_refused(tmp_path: Path) -> None:
    quantized = sequential(layers.Dense(4, name="d"))
    quantized.get_layer("d").quantize("int8")
    (problem,) = problems(quantized, tmp_path)
    assert "its weights are quantized (int8)" in problem


def test_an_input_without_an_axis_of_values_is_refused(tmp_path: Path) -> None:
    model = sequential(layers.Flatten(), shape=())
    assert "tf.js gives every input at least two axes" in problems(model, tmp_path)[0]


def test_gelu_new_is_refused_because_tfjs_cannot_load_it(node: NodeSession, tmp_path: Path) -> None:
    (problem,) = problems(sequential(layers.Dense(4, activation=ACTIVATIONS["gelu_new"])), tmp_path)
    assert "'gelu_new'" in problem
    with pytest.raises(TfjsError, match="Unknown activation: geluNew"):
        node.evaluate(
            """const model = tf.sequential({layers: [
                   tf.layers.dense({inputShape: [1], units: 1, activation: 'gelu_new'})]});
               const modelTopology = model.toJSON(null, false);
               await tf.loadLayersModel(tf.io.fromMemory({modelTopology}));"""
        )


#: What the layers ask for, where that is not a single factor.
OF_AUGMENTATION: dict[str, tuple[Any, ...]] = {
    "RandomPosterization": (4,),
    "RandomTranslation": (0.2, 0.2),
    **dict.fromkeys(
        ("AugMix", "CutMix", "MixUp", "RandAugment", "RandomColorJitter", "RandomElasticTransform",
         "RandomFlip", "RandomGaussianBlur", "RandomPerspective", "RandomShear", "Solarization"),
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in AUGMENTATION if hasattr(layers, name)])
def test_keras_augments_in_training_alone(name: str) -> None:
    layer = getattr(layers, name)(*OF_AUGMENTATION.get(name, (0.5,)))
    x = keras.random.normal((4, 8, 8, 3), stddev=200.0, seed=1)
    model = sequential(layer, shape=(8, 8, 3))
    np.testing.assert_array_equal(model(x, training=False), x)


def test_no_model_is_a_type_error(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Expected a keras\.Model, got"):
        save_keras_model("model.keras", tmp_path)


def test_the_signature_of_the_official_function(tmp_path: Path) -> None:
    model = sequential(layers.Dense(3000), shape=(400,))
    path = save_keras_model(
        model,
        str(tmp_path / "new" / "folder"),
        quantization_dtype_map={"float16": "*"},
        weight_shard_size_bytes=1024 * 1024,
        metadata={"labels": ["a", "b"]},
    )
    assert path == tmp_path / "new" / "folder" / "model.json"
    description = json.loads(path.read_text())
    assert description["format"] == "layers-model"
    assert description["userDefinedMetadata"] == {"labels": ["a", "b"]}
    (group,) = description["weightsManifest"]
    assert len(group["paths"]) == 3  # 2.4 MB of float16
    assert group["weights"][0]["quantization"] == {"dtype": "float16", "original_dtype": "float32"}
    back = load_keras_model(path)
    np.testing.assert_allclose(back.get_weights()[0], model.get_weights()[0], atol=1e-3)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16"])
def test_quantized_weights_load_in_tfjs_as_they_do_in_python(
    dtype: str, node: NodeSession, tmp_path: Path
) -> None:
    model = build("convolutional network")
    save_keras_model(model, tmp_path, quantization_dtype_map={dtype: "*"})
    signature = node.signature(tmp_path)
    inputs = sample_inputs(signature)
    expected = predict(load_keras_model(tmp_path), inputs, signature)
    (difference,) = differences(expected, node.predict(tmp_path, inputs), signature.outputs)
    assert difference.within(TOLERANCES["cpu"])


def test_the_official_converter_is_not_enough(node: NodeSession, tmp_path: Path) -> None:
    # The reason for this package; if this fails, say so in the README.
    from tensorflowjs.converters import save_keras_model as official

    official(build("conv2d"), str(tmp_path))
    with pytest.raises(Exception, match="batchInputShape"):
        node.signature(tmp_path)
