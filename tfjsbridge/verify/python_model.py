"""What the Python model predicts, with its inputs and outputs in tf.js's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.verify.inputs import Signature


def predict(model: Any, inputs: Sequence[np.ndarray], signature: Signature) -> list[np.ndarray]:
    """One array per output.

    Args:
        model: anything with ``predict``: a keras.Model, or a wrapper with one as ``.keras``.
        inputs: one array per input of ``signature``.
        signature: the exported model's, as tf.js read it.
    """
    model = getattr(model, "keras", model)
    arranged = _arranged(model, inputs, signature)
    if hasattr(model, "predict_step"):  # a keras.Model: its predict() traces a function first
        predicted = model(arranged, training=False)
    else:
        predicted = model.predict(arranged)
    outputs = [np.asarray(output) for output in _flat(predicted)]
    names = list(getattr(model, "output_names", ()))
    if len(outputs) == len(names) and sorted(names) == sorted(signature.outputs):
        by_name = dict(zip(names, outputs, strict=True))
        if len(by_name) == len(outputs):
            return [by_name[name] for name in signature.outputs]
    return outputs


def _arranged(model: Any, inputs: Sequence[np.ndarray], signature: Signature) -> Any:
    """The inputs as the model wants them: one array, a list, or a dict."""
    structure = getattr(model, "_inputs_struct", None)  # of a functional Keras model
    if isinstance(structure, Mapping):
        by_name = {spec.name: array for spec, array in zip(signature.inputs, inputs, strict=True)}
        # Keras sorts a dict's keys wherever it needs an order.
        in_order = dict(zip(sorted(structure), inputs, strict=True))
        return {key: by_name.get(structure[key].name, in_order[key]) for key in structure}
    return inputs[0] if len(inputs) == 1 else list(inputs)


def _flat(outputs: Any) -> list[Any]:
    """Nested lists and dicts as one list, in Keras's order: dicts by their sorted keys."""
    if isinstance(outputs, Mapping):
        return [leaf for key in sorted(outputs) for leaf in _flat(outputs[key])]
    if isinstance(outputs, (list, tuple)):
        return [leaf for output in outputs for leaf in _flat(output)]
    return [outputs]
