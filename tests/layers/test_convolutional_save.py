"""What is saved of convolutions and their kin predicts the same in tf.js, and the other way."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=(2, 9, 3)).astype(np.float32)
IMAGES = RNG.normal(size=(2, 7, 6, 3)).astype(np.float32)
VOLUMES = RNG.normal(size=(2, 5, 4, 6, 2)).astype(np.float32)
#: [batch, channels, ...], as wide as there are filters: where Keras mistakes the axes.
SERIES_FIRST = RNG.normal(size=(2, 3, 4)).astype(np.float32)
IMAGES_FIRST = RNG.normal(size=(2, 3, 7, 4)).astype(np.float32)
VOLUMES_FIRST = RNG.normal(size=(2, 2, 3, 5, 4)).astype(np.float32)

KERNEL = {"filters": 4, "kernelSize": 2, "activation": "tanh"}
FIRST = {**KERNEL, "kernelSize": 1, "dataFormat": "channelsFirst"}
DEPTHWISE = {"kernelSize": 2, "depthMultiplier": 2, "activation": "tanh"}
REGULAR = {"kernelRegularizer": "l1l2", "biasRegularizer": "l1l2", "biasConstraint": "nonNeg"}

CASES: list[tuple[str, dict[str, Any], np.ndarray]] = [
    ("conv1d", KERNEL, SERIES),
    ("conv1d", {**KERNEL, "dilationRate": 2, "padding": "same", **REGULAR}, SERIES),
    ("conv1d", {**KERNEL, "padding": "causal"}, SERIES),
    ("conv1d", FIRST, SERIES_FIRST),
    ("conv2d", {**KERNEL, "strides": [2, 1], **REGULAR}, IMAGES),
    ("conv2d", FIRST, IMAGES_FIRST),
    ("conv3d", {**KERNEL, "padding": "same", **REGULAR}, VOLUMES),
    ("conv3d", {**KERNEL, "padding": "same", "strides": [3, 1, 3]}, VOLUMES),
    ("conv3d", FIRST, VOLUMES_FIRST),
    ("conv2dTranspose", {**KERNEL, "strides": 2, "dilationRate": 2, **REGULAR}, IMAGES),
    ("conv2dTranspose", FIRST, IMAGES_FIRST),
    ("conv3dTranspose", {**KERNEL, "strides": 2}, VOLUMES),
    ("conv3dTranspose", {**KERNEL, "padding": "same", "strides": 3}, VOLUMES),
    ("conv3dTranspose", FIRST, VOLUMES_FIRST),
    ("depthwiseConv2d", DEPTHWISE, IMAGES),
    ("depthwiseConv2d", {**DEPTHWISE, "dilationRate": 2, "strides": [2, 1]}, IMAGES),
    ("depthwiseConv2d", {**DEPTHWISE, "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("separableConv2d", {**KERNEL, "depthMultiplier": 2, "strides": 2}, IMAGES),
    ("separableConv2d", {**KERNEL, "dilationRate": 2, "padding": "same"}, IMAGES),
    ("separableConv2d", FIRST, IMAGES_FIRST),
    ("cropping2D", {"cropping": [[1, 2], [0, 3]]}, IMAGES),
    ("cropping2D", {"cropping": [1, 0], "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("zeroPadding2d", {"padding": [[1, 2], [3, 0]]}, IMAGES),
    ("upSampling2d", {"size": [2, 3]}, IMAGES),
    ("upSampling2d", {"size": [2, 3], "interpolation": "bilinear"}, IMAGES),
    ("upSampling2d", {"interpolation": "bilinear", "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("rescaling", {"scale": 2, "offset": -1}, IMAGES),
]


@pytest.mark.parametrize(("name", "options", "x"), CASES, ids=lambda part: str(part)[:70])
def test_saved_and_loaded(
    node: NodeSession, tmp_path: Path, name: str, options: dict[str, Any], x: np.ndarray
) -> None:
    layer = getattr(tf.layers, name)({"inputShape": list(x.shape[1:]), **options})
    model = tf.sequential(layers=[layer])
    model.setWeights([RNG.normal(size=w.shape).astype(np.float32) for w in model.getWeights()])
    expected = model.predict(x).numpy()
    model.save(tmp_path)
    [theirs] = node.predict(tmp_path, [x])
    np.testing.assert_allclose(theirs, expected, rtol=1e-4, atol=1e-5)
    again = tf.loadLayersModel(tmp_path)
    np.testing.assert_allclose(again.predict(x).numpy(), expected, rtol=1e-4, atol=1e-5)


def saved_rightly_by_tfjs(name: str, options: dict[str, Any]) -> bool:
    """Whether tf.js can load what it saves: it forgets some options, and cannot compute others."""
    if name == "conv1d":
        return "dataFormat" not in options and options.get("padding") != "causal"
    return name != "separableConv2d" or not {"dataFormat", "depthMultiplier"} & set(options)


@pytest.mark.parametrize(
    ("name", "options", "x"),
    [case for case in CASES if saved_rightly_by_tfjs(*case[:2])],
    ids=lambda part: str(part)[:70],
)
def test_a_model_that_tfjs_saved(
    node: NodeSession, tmp_path: Path, name: str, options: dict[str, Any], x: np.ndarray
) -> None:
    body = """
        const layer = tf.layers[args.name](args.options);
        const model = tf.sequential({layers: [layer]});
        let saved;
        await model.save(tf.io.withSaveHandler(async artifacts => {
            saved = artifacts;
            return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
        }));
        return {
            topology: saved.modelTopology,
            specs: saved.weightSpecs,
            data: Array.from(new Uint8Array(saved.weightData)),
            y: model.predict(args.x),
        };
    """
    options = {"inputShape": list(x.shape[1:]), **options}
    theirs = node.evaluate(body, name=name, options=options, x=x)
    (tmp_path / "weights.bin").write_bytes(bytes(theirs["data"]))
    manifest = [{"paths": ["weights.bin"], "weights": theirs["specs"]}]
    description = {
        "format": "layers-model",
        "modelTopology": theirs["topology"],
        "weightsManifest": manifest,
    }
    (tmp_path / "model.json").write_text(json.dumps(description))
    model = tf.loadLayersModel(tmp_path)
    np.testing.assert_allclose(model.predict(x).numpy(), theirs["y"], rtol=1e-4, atol=1e-5)


def test_names(node: NodeSession) -> None:
    some = {name: options for name, options, _ in CASES} | {
        "resizing": {"height": 1, "width": 1},
        "centerCrop": {"height": 1, "width": 1},
        "categoryEncoding": {"numTokens": 2},
        "randomWidth": {"factor": 0.5},
    }
    body = "return tf.layers[args.name](args.options).name"
    for name, options in some.items():
        ours = getattr(tf.layers, name)(options).name
        theirs = node.evaluate(body, name=name, options=options)
        # Behind the class's name is a number.
        assert re.sub(r"\d+$", "", ours) == re.sub(r"\d+$", "", theirs)


def test_what_tfjs_cannot_load_is_refused(tmp_path: Path) -> None:
    layer = tf.layers.randomWidth(inputShape=[7, 6, 3], factor=0.5)
    with pytest.raises(ValueError, match="RandomWidth"):
        tf.sequential(layers=[layer]).save(tmp_path)
