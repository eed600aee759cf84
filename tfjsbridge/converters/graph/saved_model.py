"""A signature of a SavedModel as a graph, its weights constants."""

from __future__ import annotations

from pathlib import Path

from tfjsbridge.converters.graph.freeze import frozen
from tfjsbridge.converters.graph.trace import Traced
from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import tensorflow


def loaded(directory: Path, signature_name: str, tags: str) -> Traced:
    """The graph of a SavedModel's signature.

    Raises:
      FileNotFoundError: where there is none.
      ValueError: for a signature or tags that it does not have.
    """
    if not (directory / "saved_model.pb").is_file():
        raise FileNotFoundError(f"There is no saved_model.pb in {str(directory)!r}.")
    try:
        model = tensorflow.saved_model.load(str(directory), tags=tags.split(","))
    except Exception as error:  # TensorFlow raises whatever its parts raise on a damaged file
        raise ValueError(
            f"TensorFlow cannot load the SavedModel {str(directory)!r}: "
            f"{type(error).__name__}: {error}"
        ) from error
    if signature_name not in model.signatures:
        raise unknown_name("signature", signature_name, model.signatures)
    function = model.signatures[signature_name]
    given, results = frozen(function)
    inputs = {tensor.name.split(":")[0]: tensor for tensor in given}
    outputs = dict(zip(sorted(function.structured_outputs), results, strict=True))
    return Traced(results[0].graph, inputs, outputs)
