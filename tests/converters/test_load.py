"""What tf.js itself saved comes back to Keras and predicts the same."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfjsbridge.converters import load_keras_model
from tfjsbridge.verify import NodeSession, differences, sample_inputs
from tfjsbridge.verify.python_model import predict

#: Programs that build a model in tf.js.
PROGRAMS = {
    "sequential": """
        const model = tf.sequential();
        model.add(tf.layers.dense({inputShape: [4], units: 3, activation: 'hardSigmoid'}));
        model.add(tf.layers.dropout({rate: 0.2}));
        model.add(tf.layers.dense({units: 2, activation: 'softmax', kernelRegularizer: 'l1l2'}));
    """,
    "input layer": """
        const model = tf.sequential({layers: [
            tf.layers.inputLayer({inputShape: [4]}), tf.layers.dense({units: 3})]});
    """,
    "convolutional": """
        const model = tf.sequential();
        model.add(tf.layers.conv2d({inputShape: [8, 8, 2], filters: 3, kernelSize: [3, 2],
            strides: 2, padding: 'same', activation: 'relu', kernelInitializer: 'heNormal'}));
        model.add(tf.layers.maxPooling2d({poolSize: 2}));
        model.add(tf.layers.activation({activation: 'gelu'}));
        model.add(tf.layers.flatten());
        model.add(tf.layers.dense({units: 2, useBias: false,
            kernelConstraint: tf.constraints.maxNorm({maxValue: 9})}));
    """,
    "volumes": """
        const model = tf.sequential();
        model.add(tf.layers.maxPooling3d({inputShape: [4, 6, 5, 2], poolSize: [2, 3, 1],
            strides: [1, 2, 2], padding: 'same'}));
        model.add(tf.layers.averagePooling3d({poolSize: 2}));
    """,
    "functional": """
        const a = tf.input({shape: [4]}), b = tf.input({shape: [3]});
        const shared = tf.layers.dense({units: 4, activation: 'logSoftmax'});
        const model = tf.model({inputs: [a, b], outputs: [
            tf.layers.dense({units: 2}).apply(shared.apply(shared.apply(a))),
            tf.layers.dense({units: 1}).apply(b)]});
    """,
    "nested": """
        const inner = tf.sequential({layers: [tf.layers.dense({inputShape: [4], units: 4})]});
        const x = tf.input({shape: [4]});
        const graph = tf.model({inputs: x, outputs: tf.layers.dense({units: 4}).apply(x)});
        const y = tf.input({shape: [4]});
        const model = tf.model({inputs: y,
            outputs: inner.apply(graph.apply(inner.apply(graph.apply(y))))});
    """,
    "model in a sequential model": """
        const x = tf.input({shape: [4]});
        const graph = tf.model({inputs: x, outputs: tf.layers.dense({units: 4}).apply(x)});
        const model = tf.sequential({layers: [graph, tf.layers.dense({units: 2})]});
    """,
}

SAVE = """
    let artifacts;
    await model.save(tf.io.withSaveHandler(async a => {
        artifacts = a;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }));
    return {topology: artifacts.modelTopology, specs: artifacts.weightSpecs,
            data: Buffer.from(artifacts.weightData).toString('base64')};
"""


def save(saved: dict[str, Any], directory: Path) -> None:
    """The files that tf.js's own file handler writes."""
    (directory / "weights.bin").write_bytes(base64.b64decode(saved["data"]))
    manifest = [{"paths": ["./weights.bin"], "weights": saved["specs"]}]
    (directory / "model.json").write_text(
        json.dumps({"modelTopology": saved["topology"], "weightsManifest": manifest})
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_models_that_tfjs_saved(program: str, node: NodeSession, tmp_path: Path) -> None:
    save(node.evaluate(PROGRAMS[program] + SAVE), tmp_path)
    signature = node.signature(tmp_path)
    inputs = sample_inputs(signature)
    model = load_keras_model(tmp_path)
    expected = node.predict(tmp_path, inputs)
    got = predict(model, inputs, signature)
    assert any(np.ptp(array) for array in expected)
    for difference in differences(expected, got, signature.outputs):
        assert difference.within(1e-5), difference
