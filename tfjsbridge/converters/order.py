"""The order in which tf.js has the layers of a model, and so trains their weights.

Follows tfjs-layers/src/engine/container.ts: the layers furthest from the outputs come first, those
equally far in the order in which one meets them on the way from the outputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: A call of a layer: its name, and the number of the call.
_Node = tuple[str, int]


def layers_in_order(model: dict[str, Any]) -> list[str]:
    """The names of a model's layers, and in place of a model in it of that model's layers.

    Args:
      model: {"class_name", "config"}, as in a model.json.
    """
    entries = {_name(entry): entry for entry in model["config"]["layers"]}
    names = list(entries) if model["class_name"] == "Sequential" else _by_depth(model, entries)
    return [
        name
        for outer in names
        for name in (layers_in_order(entries[outer]) if _is_model(entries[outer]) else [outer])
    ]


def _name(entry: dict[str, Any]) -> str:
    return entry.get("name") or entry["config"]["name"]


def _is_model(entry: dict[str, Any]) -> bool:
    return "layers" in entry["config"]


def _by_depth(model: dict[str, Any], entries: dict[str, dict[str, Any]]) -> list[str]:
    ends = [_node(end, entries) for end in model["config"]["output_layers"]]
    finished, met = _walk(ends, entries)
    depth_of_node: dict[_Node, int] = {}
    depth_of_layer: dict[str, int] = {}
    for node in reversed(finished):
        name = node[0]
        depth = max(depth_of_node.get(node, 0), depth_of_layer.get(name, 0))
        depth_of_node[node] = depth_of_layer[name] = depth
        for before in _inputs(node, entries):
            depth_of_node[before] = max(depth + 1, depth_of_node.get(before, 0))
    return sorted(depth_of_layer, key=lambda name: (-depth_of_layer[name], met[name]))


def _walk(
    ends: list[_Node], entries: dict[str, dict[str, Any]]
) -> tuple[list[_Node], dict[str, int]]:
    """The nodes, each behind all that feed it, and when each layer was met first."""
    finished: dict[_Node, None] = {}
    met: dict[str, int] = {}
    # Not by recursion, as a graph may be as deep as a sequence is long.
    stack: list[tuple[_Node | None, Iterator[_Node]]] = [(None, iter(ends))]
    while stack:
        node, rest = stack[-1]
        following = next((one for one in rest if one not in finished), None)
        if following is not None:
            met.setdefault(following[0], len(met))
            stack.append((following, iter(_inputs(following, entries))))
            continue
        stack.pop()
        if node is not None:
            finished[node] = None
    return list(finished), met


def _inputs(node: _Node, entries: dict[str, dict[str, Any]]) -> list[_Node]:
    name, number = node
    calls = entries[name]["inbound_nodes"]
    return [_node(tensor, entries) for tensor in calls[number]] if calls else []


def _node(tensor: list[Any], entries: dict[str, dict[str, Any]]) -> _Node:
    name, call = tensor[:2]
    # A model in a model has a node of its own before the first call of it.
    return name, call - _is_model(entries[name])
