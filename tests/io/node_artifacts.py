"""Artifacts to and from tf.js in Node, with the weights in base64."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

#: After a program that makes `model` and `saved`, the options of save.
SAVE = """
    let artifacts;
    const result = await model.save(tf.io.withSaveHandler(async given => {
        artifacts = given;
        return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given)};
    }), args.saved);
    const data = Buffer.from(artifacts.weightData).toString('base64');
    return {...artifacts, weightData: data, result};
"""
LOAD = """
    const bytes = Buffer.from(args.artifacts.weightData, 'base64');
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const artifacts = {...args.artifacts, weightData};
"""


def saved_in_node(
    node: NodeSession, program: str, saved: dict[str, Any] | None = None, **args: Any
) -> dict[str, Any]:
    """The artifacts that tf.js saves of the `model` that a program makes, and its `result`."""
    found: dict[str, Any] = node.evaluate(program + SAVE, saved=saved, **args)
    return {**found, "weightData": base64.b64decode(found["weightData"])}


def saved_here(model: Any, **options: Any) -> dict[str, Any]:
    """The artifacts that a model here gives to a handler."""
    found: list[dict[str, Any]] = []
    model.save(tf.io.withSaveHandler(found.append), options)
    return found[0]


def in_node(node: NodeSession, artifacts: dict[str, Any], body: str, **args: Any) -> Any:
    """What a program gives that finds `artifacts`."""
    data = base64.b64encode(artifacts["weightData"]).decode()
    return node.evaluate(LOAD + body, artifacts={**artifacts, "weightData": data}, **args)


def weights(*values: Any) -> bytes:
    """Numbers as the bytes of float32."""
    return np.float32(values).tobytes()
