"""getConfig of layers that are in no model yet: each option that tf.js says, with its value."""

from __future__ import annotations

from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

KERNEL = {
    "kernelConstraint": "nonNeg",
    "kernelRegularizer": "l1l2",
    "biasConstraint": "maxNorm",
    "biasInitializer": "ones",
}
RECURRENT = {**KERNEL, "units": 2, "recurrentConstraint": "unitNorm"}
WINDOW = {"filters": 2, "kernelSize": 3, **KERNEL}

LAYERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("activation", {"activation": "relu"}),
    ("add", {}),
    ("batchNormalization", {"gammaConstraint": "nonNeg", "betaConstraint": "nonNeg"}),
    ("concatenate", {}),
    ("conv1d", WINDOW),
    ("conv2d", WINDOW),
    ("conv2dTranspose", WINDOW),
    ("conv3d", WINDOW),
    ("convLstm2d", WINDOW),
    ("cropping2D", {"cropping": [[1, 1], [1, 1]]}),
    ("dense", {"units": 2, **KERNEL}),
    ("depthwiseConv2d", {"kernelSize": 2, "depthwiseConstraint": "unitNorm"}),
    ("dot", {"axes": 1}),
    ("dropout", {"rate": 0.5}),
    ("elu", {}),
    ("embedding", {"inputDim": 2, "outputDim": 2, "embeddingsConstraint": "nonNeg"}),
    ("flatten", {}),
    ("gaussianNoise", {"stddev": 0.1}),
    ("globalMaxPooling1d", {}),
    ("gru", RECURRENT),
    ("layerNormalization", {}),
    ("leakyReLU", {}),
    ("lstm", RECURRENT),
    ("masking", {}),
    ("maxPooling2d", {}),
    ("permute", {"dims": [2, 1]}),
    ("prelu", {"alphaConstraint": "nonNeg"}),
    ("repeatVector", {"n": 2}),
    ("reshape", {"targetShape": [2]}),
    ("separableConv2d", {"filters": 2, "kernelSize": 2, "pointwiseConstraint": "unitNorm"}),
    ("simpleRNN", RECURRENT),
    ("softmax", {}),
    ("thresholdedReLU", {}),
    ("upSampling2d", {}),
    ("zeroPadding2d", {}),
)

#: Layer to options that are said otherwise, with the reason.
OTHERWISE = {
    "convLstm2d": {
        "unroll": "it cannot be chosen",
    },
    "separableConv2d": {
        "depthwiseInitializer": "glorotUniform by its name",
        "pointwiseInitializer": "glorotUniform by its name",
    },
}


def said(config: Any) -> Any:
    """A configuration without the options that have no value."""
    if isinstance(config, dict):
        return {key: said(value) for key, value in config.items() if value is not None}
    return config


@pytest.mark.parametrize(("name", "options"), LAYERS, ids=[name for name, _ in LAYERS])
def test_says_what_tfjs_says(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    theirs = node.evaluate(
        "return JSON.parse(JSON.stringify(tf.layers[args.name](args.options).getConfig()))",
        name=name,
        options=options,
    )
    ours, theirs = said(getattr(tf.layers, name)(options).getConfig()), said(theirs)
    other = {key for key, value in theirs.items() if key != "name" and ours.get(key) != value}
    assert other == set(OTHERWISE.get(name, {}))


@pytest.mark.parametrize(("name", "options"), LAYERS, ids=[name for name, _ in LAYERS])
def test_makes_the_layer_again(name: str, options: dict[str, Any]) -> None:
    config = getattr(tf.layers, name)(options).getConfig()
    try:
        again = getattr(tf.layers, name)(config).getConfig()
    except TypeError as unknown_option:
        pytest.fail(f"{name} does not take what it says: {unknown_option}")
    assert again == config
