"""Which masks tf.js computes as Keras does.

Keras gives a mask to the layers that want it, as an argument. tf.js passes it along by itself: a
layer in a model in which a mask was seen gets that mask, or an earlier one's, whether it is meant
for it or not (`execute` in tfjs-layers/src/engine/executor.ts). Both are the same where there is
only one mask, and where every layer that looks at a mask has this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfjsbridge.runtime import keras

layers = keras.layers

#: What looks at a mask in tf.js, and in Keras as tf.js does.
RECURRENT = (layers.RNN, layers.Bidirectional)
#: What takes a mask in Keras, and does not look at it in inference.
HEEDLESS = (layers.BatchNormalization, layers.TimeDistributed)

INSTEAD = "use mask_zero=False and no Masking layer, or format='graph'"


def computation(model: Any) -> list[Any]:
    """The calls (nodes) that the outputs depend on, in order, without those of masks alone."""
    found = set()
    pending = list(model.outputs)
    while pending:
        operation, index, _ = pending.pop()._keras_history
        node = operation._inbound_nodes[index]
        if id(node) not in found:
            found.add(id(node))
            pending += inputs(node)
    return [
        node
        for depth in sorted(model._nodes_by_depth, reverse=True)
        for node in model._nodes_by_depth[depth]
        if id(node) in found or node.is_input
    ]


def inputs(node: Any) -> list[Any]:
    """The tensors of a call, without its masks."""
    rest = [value for name, value in node.arguments.kwargs.items() if name != "mask"]
    return _tensors([list(node.arguments.args), rest])


@dataclass
class Masks:
    """What is known of the masks of a model.

    Attributes:
      problems: the names of layers whose masks tf.js would not have as Keras has them, and why.
      masked: the ids of the operations that tf.js computes a mask for.
    """

    problems: list[tuple[str, str]]
    masked: set[int]


def masks_of(model: Any, whole: bool) -> Masks:
    """Follow the masks through a model.

    Args:
      model: functional, or what a Sequential model is inside.
      whole: whether it is no part of another model.
    """
    nodes = computation(model)
    sources = [node for node in nodes if makes_mask(node.operation)]
    alone = whole and not any(isinstance(node.operation, keras.Model) for node in nodes)
    if len(sources) > 1 or (sources and not alone):
        why = (
            "its mask reaches other layers in tf.js than in Keras, as the model has several masks "
            f"or is made of models; {INSTEAD}"
        )
        return Masks([(node.operation.name, why) for node in sources], set())
    mask = getattr(sources[0].output_tensors[0], "_keras_mask", None) if sources else None
    masked: set[int] = set()
    operations: set[int] = set()
    problems = []
    for node in nodes:
        given = [tensor for tensor in inputs(node) if id(tensor) in masked]
        problem = _problem(node, mask, bool(given))
        if problem:
            problems.append((node.operation.name, problem))
        if makes_mask(node.operation) or (given and not _ends(node.operation)):
            masked |= {id(tensor) for tensor in node.output_tensors}
            operations.add(id(node.operation))
    return Masks(problems, operations)


def makes_mask(layer: Any) -> bool:
    """Whether a layer begins a mask."""
    return isinstance(layer, layers.Masking) or (
        isinstance(layer, layers.Embedding) and layer.mask_zero
    )


def _ends(layer: Any) -> bool:
    """Whether no mask is left behind a layer."""
    if isinstance(layer, layers.Bidirectional):
        layer = layer.forward_layer
    if isinstance(layer, layers.RNN):
        return not layer.return_sequences
    return isinstance(layer, layers.GlobalMaxPooling1D)


def _tensors(value: Any) -> list[Any]:
    return [v for v in keras.tree.flatten(value) if isinstance(v, keras.KerasTensor)]


def _problem(node: Any, mask: Any, is_masked: bool) -> str | None:
    """Why a call's mask is not the same in tf.js.

    Args:
      node: the call.
      mask: the model's, None if it has none.
      is_masked: whether an input has it in tf.js.
    """
    layer, given = node.operation, node.arguments.kwargs.get("mask")
    if mask is None:
        return "the tensor given as mask cannot be kept in tf.js" if _tensors(given) else None
    if isinstance(layer, RECURRENT):
        if given is not mask:
            return f"tf.js gives it a mask that it has not in Keras; {INSTEAD}"
        if len(inputs(node)) > 1:
            return f"tf.js does not keep a mask beside an initial state; {INSTEAD}"
        inner = getattr(layer, "forward_layer", layer)
        if inner is not layer and inner.return_sequences and inner.zero_output_for_mask:
            return f"tf.js fills the masked steps of both directions otherwise; {INSTEAD}"
        if getattr(layer, "zero_output_for_mask", False):
            return f"tf.js has no zero_output_for_mask; {INSTEAD}"
        return None
    if isinstance(layer, layers.TimeDistributed) and isinstance(layer.layer, RECURRENT):
        return f"it holds a recurrent layer, which gets another mask in tf.js; {INSTEAD}"
    if is_masked and len(inputs(node)) > 1:
        return f"it joins tensors, of which one has a mask; {INSTEAD}"
    if _tensors(given) and not isinstance(layer, HEEDLESS):
        return f"it looks at a mask, which tf.js's layer does not; {INSTEAD}"
    return None
