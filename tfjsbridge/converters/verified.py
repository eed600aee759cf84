"""Exports that are run in real tf.js at once, and the first layer that differs there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import (
    NodeSession,
    TfjsError,
    VerificationFailed,
    differences,
    sample_inputs,
    verify,
)
from tfjsbridge.verify.python_model import predict

#: Writes a model into a folder.
Save = Callable[[Any, Path], Any]

TOLERANCE = 1e-4


def check(model: Any, save: Save) -> None:
    """Write a model to a folder that is thrown away, and compare it in tf.js in Node with Python.

    Raises:
      VerificationFailed: naming the outputs and the first layer that differ.
      NodeNotFound, NpmInstallFailed: say what to install.
    """
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder))
        report = verify(model, folder, tolerance=TOLERANCE)
    if not report.ok:
        try:
            report.raise_for_difference()
        except VerificationFailed as error:
            found = first_difference(model, save)
            raise VerificationFailed(f"{error}\n{found}; nothing is written.") from None


def first_difference(model: Any, save: Save) -> str:
    """In words, the first layer behind which tf.js and Python differ."""
    with NodeSession() as node, tempfile.TemporaryDirectory() as root:
        for number, (name, part) in enumerate(_parts(model)):
            folder = Path(root, str(number))
            try:
                save(part, folder)
            except ConversionError:  # of a part alone, as an output of integers
                continue
            try:
                signature = node.signature(folder)
                inputs = sample_inputs(signature)
                got = node.predict(folder, inputs)
            except TfjsError as error:
                return f"The first layer that tf.js does not compute is {name}: {error}"
            for difference in differences(predict(part, inputs, signature), got, signature.outputs):
                if not difference.within(TOLERANCE):
                    return (
                        f"The first layer that differs is {name}, by {difference.absolute:.3g} "
                        f"({difference.relative:.3g} relative)"
                    )
    return "No layer differs by itself"


def _parts(model: Any) -> Iterator[tuple[str, Any]]:
    """The layers and operations, each with the model up to it, in the order of computation."""
    graph = model._functional if isinstance(model, keras.Sequential) else model
    if not hasattr(graph, "_operations_by_depth"):  # a subclassed model
        return
    inputs = graph.inputs if len(graph.inputs) > 1 else graph.inputs[0]
    for depth in sorted(graph._operations_by_depth, reverse=True):
        for operation in graph._operations_by_depth[depth]:
            if isinstance(operation, keras.layers.InputLayer):
                continue
            outputs = operation._inbound_nodes[0].output_tensors
            name = f"{operation.name!r} ({type(operation).__name__})"
            yield name, keras.Model(inputs, list(outputs))
