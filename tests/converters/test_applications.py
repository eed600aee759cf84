"""Every family of keras.applications, with random weights, predicts the same in tf.js."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfjsbridge.converters import save_keras_model
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

TOLERANCE = 1e-4

#: One of each family, and the smallest images that it takes.
FAMILIES = {
    "ConvNeXtTiny": 32,
    "DenseNet121": 32,
    "EfficientNetB0": 32,
    "EfficientNetV2B0": 32,
    "InceptionResNetV2": 75,
    "InceptionV3": 75,
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Large": 32,
    "MobileNetV3Small": 32,
    "NASNetMobile": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "VGG16": 32,
    "VGG19": 32,
    "Xception": 71,
}


def _with_random_statistics(model: Any) -> Any:
    """As a trained model has them; new ones normalize by 0 and 1."""
    random = np.random.default_rng(0)
    for weight in model.non_trainable_weights:
        if weight.name == "moving_mean":
            weight.assign(random.normal(0, 0.1, weight.shape))
        elif weight.name == "moving_variance":
            weight.assign(random.uniform(0.5, 2, weight.shape))
    return model


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_predicts_the_same_on_wasm(name: str, node: NodeSession, tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    size = FAMILIES[name]
    options = {"weights": None, "input_shape": (size, size, 3), "classes": 10}
    model = _with_random_statistics(getattr(keras.applications, name)(**options))
    save_keras_model(model, tmp_path)
    signature = node.signature(tmp_path)
    inputs = sample_inputs(signature, batch=2)
    expected = predict(model, inputs, signature)
    for difference in differences(expected, node.predict(tmp_path, inputs, "wasm"), ["y"]):
        assert difference.within(TOLERANCE), difference
        # Softmax of random weights is near 1 / classes; what counts is how it varies.
        assert difference.absolute < 0.01 * np.ptp(expected[0])


def test_every_family_of_keras_is_here() -> None:
    modules = {name for name in dir(keras.applications) if name.islower() and name[0] != "_"}
    tested = {getattr(keras.applications, name).__module__.split(".")[-1] for name in FAMILIES}
    # mobilenet_v3's and the others' are one module each, imagenet_utils is none.
    assert modules - {"imagenet_utils", "resnet50"} == tested
