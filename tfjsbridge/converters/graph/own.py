"""Operations that a program computes itself: taken out of a graph, which then is fed with them."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from tfjsbridge.runtime import tensorflow

#: Computes a node of one's own: its tensors of those that go in, all of them TensorFlow's.
Compute = Callable[["OwnNode", list[Any]], list[Any]]

#: Attributes that say the dtype of what a node gives.
_DTYPES = ("T", "dtype", "DstT", "out_type", "output_type")


@dataclass(frozen=True)
class OwnNode:
    """A node that was taken out.

    Attributes:
      name: its name.
      op: the operation.
      inputs: the names of the tensors that go in.
      attributes: TensorFlow's AttrValues by name.
      outputs: the names of what the graph is fed with, in order.
    """

    name: str
    op: str
    inputs: list[str]
    attributes: dict[str, Any]
    outputs: list[str]


def take_out(graph: Any, operations: Container[str]) -> list[OwnNode]:
    """Put a Placeholder in the place of each node with one of these operations.

    Nodes in the bodies of loops and conditions stay.

    Args:
      graph: a GraphDef, which is changed.
      operations: names of operations.
    """
    chosen = [node for node in graph.node if node.op in operations]
    names = {node.name for node in chosen}
    counts = dict.fromkeys(names, 1)
    for node in graph.node:
        for i, reference in enumerate(node.input):
            source, index = split(reference)
            if source in names and index:
                counts[source] = max(counts[source], index + 1)
                node.input[i] = f"{source}/output_{index}"
    taken = []
    for node in chosen:
        taken.append(
            OwnNode(
                node.name,
                node.op,
                [plain(name) for name in node.input if not name.startswith("^")],
                {key: _copy(value) for key, value in node.attr.items()},
                [node.name, *(f"{node.name}/output_{i}" for i in range(1, counts[node.name]))],
            )
        )
        kind = _dtype(node)
        for name in taken[-1].outputs[1:]:
            graph.node.add(op="Placeholder", name=name).attr["dtype"].type = kind
        node.op = "Placeholder"
        node.ClearField("input")
        node.ClearField("attr")
        node.attr["dtype"].type = kind
    return taken


def split(reference: str) -> tuple[str, int]:
    """The node and which of its outputs: "x", "x:1", "x:out:1"."""
    name, *rest = reference.split(":")
    return name, int(rest[-1]) if rest and rest[-1].isdigit() else 0


def plain(reference: str) -> str:
    """The name of a tensor, without ":0"."""
    return reference.removesuffix(":0")


def _dtype(node: Any) -> int:
    for name in _DTYPES:
        if name in node.attr and node.attr[name].WhichOneof("value") == "type":
            return int(node.attr[name].type)
    return int(tensorflow.float32.as_datatype_enum)


def _copy(value: Any) -> Any:
    return type(value).FromString(value.SerializeToString())
