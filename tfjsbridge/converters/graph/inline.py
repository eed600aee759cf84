"""The bodies of functions in the place of their calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CALLS = ("PartitionedCall", "StatefulPartitionedCall")


@dataclass(frozen=True)
class Body:
    """What a function does.

    Attributes:
      graph: a GraphDef of its operations, which have no state.
      inputs: the names of placeholders in it, in the order of a call's inputs.
      outputs: its tensors, such as "sum" or "split:1", in the order of a call's outputs.
    """

    graph: Any
    inputs: list[str]
    outputs: list[str]


def inlined(graph: Any, bodies: Mapping[str, Body]) -> Any:
    """A GraphDef with the bodies of these functions, by name, in the place of their calls.

    Operations are named in the scope of the call. A body's constants are there once for all calls.
    Nothing waits for a call without taking what it gives, as there is no state.
    """
    bodies = {name: _without_identities(body) for name, body in bodies.items()}
    result = type(graph)(versions=graph.versions, library=_library(graph, bodies))
    taken = {node.name for node in graph.node}
    shared: dict[str, dict[str, str]] = {name: {} for name in bodies}
    instead: dict[str, str] = {}
    for node in graph.node:
        name = _called(node)
        if name not in bodies:
            result.node.add().CopyFrom(node)
            continue
        body, constants = bodies[name], shared[name]
        scope = node.name.rpartition("/")[0]
        place = dict(zip(body.inputs, node.input, strict=False)) | constants
        added = [inside for inside in body.graph.node if inside.name not in place]
        for inside in added:
            place[inside.name] = _unique(f"{scope}/{inside.name}".lstrip("/"), taken)
            if inside.op == "Const":
                constants[inside.name] = place[inside.name]
        for inside in added:
            made = result.node.add()
            made.CopyFrom(inside)
            made.name = place[inside.name]
            made.input[:] = [_placed(t, place) for t in inside.input if not t.startswith("^")]
        for index, output in enumerate(body.outputs):
            instead[_tensor(node.name, index)] = _placed(output, place)
    gone = {f"^{node.name}" for node in graph.node if _called(node) in bodies}
    for node in result.node:
        node.input[:] = [_final(tensor, instead) for tensor in node.input if tensor not in gone]
    return result


def _without_identities(body: Body) -> Body:
    same = {node.name: node.input[0] for node in body.graph.node if node.op == "Identity"}
    graph = type(body.graph)(library=body.graph.library)
    for node in body.graph.node:
        if node.name not in same:
            kept = graph.node.add()
            kept.CopyFrom(node)
            kept.input[:] = [_final(tensor, same) for tensor in node.input]
    return Body(graph, body.inputs, [_final(output, same) for output in body.outputs])


def _library(graph: Any, bodies: Mapping[str, Body]) -> Any:
    """The functions that are called still, as in loops."""
    graphs = [graph, *(body.graph for body in bodies.values())]
    functions = {f.signature.name: f for each in graphs for f in each.library.function}
    kept = [function for name, function in functions.items() if name not in bodies]
    return type(graph.library)(function=kept)


def _called(node: Any) -> str:
    """The name of the function that an operation calls; none is called ""."""
    return str(node.attr["f"].func.name) if node.op in CALLS else ""


def _tensor(name: str, index: int) -> str:
    """As a GraphDef calls an output of an operation."""
    return f"{name}:{index}" if index else name


def _placed(tensor: str, place: Mapping[str, str]) -> str:
    """A tensor of a body, where its operations, or its inputs, are called so."""
    name, _, index = tensor.partition(":")
    return _tensor(place[name], int(index or 0))


def _final(tensor: str, instead: Mapping[str, str]) -> str:
    """A tensor, or what a call returns in its place; that may be another call's."""
    while tensor in instead:
        tensor = instead[tensor]
    return tensor


def _unique(name: str, taken: set[str]) -> str:
    """The name, numbered where it is taken; taken from now on."""
    unique, number = name, 1
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    taken.add(unique)
    return unique
