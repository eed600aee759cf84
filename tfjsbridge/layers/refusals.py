"""What Keras says of a layer that does not fit its inputs, in tf.js's words.

Follows the messages of tfjs-layers/src/engine/topology.ts (`assertInputCompatibility`),
layers/merge.ts and utils/conv_utils.ts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_BOLD = re.compile(r"\x1b\[\d+m")
#: What Keras puts around an error within `call`.
_WRAPPED = re.compile(r"^Exception encountered when calling .*?\n\n(.*?)\n\nArguments", re.DOTALL)
_DIMENSIONS = r"expected ((?:min_|max_)?ndim=\d+), found ndim=(\d+)"

Words = Callable[["re.Match[str]", str], str]

#: Keras's message to tf.js's, of a match and the layer's name.
_MESSAGES: list[tuple[str, Words]] = [
    (
        rf"Input (\d+) .*is incompatible with the layer: {_DIMENSIONS}",
        lambda m, name: (
            f"Input {m[1]} is incompatible with layer {name}: expected {m[2]}, found ndim={m[3]}"
        ),
    ),
    (
        r"Input (\d+) .*: expected axis (-?\d+) of input shape to have value (\d+), but received "
        r"input with shape (\(.*?\))",
        lambda m, name: (
            f"Input {m[1]} is incompatible with layer {name}: expected axis {m[2]} of input shape "
            f"to have value {m[3]} but got shape {_shapes(m[4])}."
        ),
    ),
    (
        r"Inputs have incompatible shapes. Received shapes (\(.*?\)) and (\(.*?\))",
        lambda m, name: (
            f"Operands could not be broadcast together with shapes {_shapes(m[1])} "
            f"{_shapes(m[2])}, in layer {name}"
        ),
    ),
    (
        r"A merge layer should be called on a list of (?:at least \d+ )?inputs?",
        lambda m, name: (
            "A merge layer should be called on an Array of at least 2 inputs. Got 1 input(s) for "
            f"layer {name}."
        ),
    ),
    (
        r"Cannot merge tensors with different batch sizes. Received tensors with shapes (\[.*\])",
        lambda m, name: (
            "Can not merge tensors with different batch sizes. Got tensors with shapes: "
            f"{_shapes(m[1])}, in layer {name}."
        ),
    ),
    (
        r"A `Concatenate` layer requires inputs with matching shapes except for the concatenation "
        r"axis. Received: input_shape=(\[.*\])",
        lambda m, name: (
            "A `Concatenate` layer requires inputs with matching shapes except for the concat "
            f"axis. Got input shapes: {_shapes(m[1])}, in layer {name}"
        ),
    ),
    (
        r"Incompatible input shapes: axis values (\d+) \(at axis \d+\) != (\d+) \(at axis \d+\)",
        lambda m, name: f"Dimension incompatibility: {m[1]} !== {m[2]}, in layer {name}",
    ),
    (
        r"Computed output size would be zero or negative. Received `inputs shape=(\(.*?\))`",
        lambda m, name: (
            f"Negative dimension size caused by adding layer {name} with input shape "
            f"{_shapes(m[1])}"
        ),
    ),
]


def refusal(error: ValueError, layer: Any) -> ValueError:
    """The error that a Keras layer raised as it was called, as tf.js would say it.

    Args:
      error: what Keras raised.
      layer: the Keras layer.
    """
    text = _BOLD.sub("", str(error))
    for pattern, words in _MESSAGES:
        match = re.search(pattern, text)
        if match:
            return ValueError(words(match, layer.name))
    wrapped = _WRAPPED.match(text)
    return ValueError(f"Layer {layer.name}: {wrapped[1]}") if wrapped else error


def _shapes(text: str) -> str:
    """A shape, or a list of shapes, as Python prints them, in tf.js's brackets."""
    text = text.replace(",)", ")").replace("(", "[").replace(")", "]").replace("None", "null")
    return text.replace(", ", ",")
