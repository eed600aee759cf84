"""Operations of one's own for graph-models: registerOp.

Follows tfjs-converter/src/operations/custom_op/{register,node_value_impl}.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.dtypes import tfjs_dtype
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor

__all__ = ["GraphNode", "deregisterOp", "getRegisteredOp", "registerOp"]

_registered: dict[str, dict[str, Any]] = {}


class GraphNode:
    """The node that a registered function computes.

    Attributes:
      inputs: Tensors.
      attrs: the attributes of the node, by name, as Python values; dtypes as tf.js names them.
    """

    def __init__(self, name: str, inputs: list[Tensor], attributes: Any):
        self.name = name
        self.inputs = inputs
        self.attrs = {key: _value(value) for key, value in attributes.items()}

    def getAttr(self, name: str, defaultValue: Any = None) -> Any:
        """The attribute of a name; `defaultValue` if there is none."""
        return self.attrs.get(name, defaultValue)


def registerOp(name: str, opFunc: Callable[[GraphNode], Any]) -> None:
    """Let graph-models that are loaded from now on compute an operation by a function.

    Args:
      name: the operation's name in TensorFlow, which may be one that is known.
      opFunc: is called with a GraphNode and returns a Tensor, or a list of them. It cannot stand
        in the body of a loop or a condition.
    """
    _registered[name] = {
        "tfOpName": name,
        "category": "custom",
        "inputs": [],
        "attrs": [],
        "customExecutor": opFunc,
    }


def getRegisteredOp(name: str) -> dict[str, Any] | None:
    """What was registered for a name: a dict of `tfOpName`, `customExecutor`, ...; else None."""
    return _registered.get(name)


def deregisterOp(name: str) -> None:
    """Take back what was registered for a name, if anything was."""
    _registered.pop(name, None)


def registered_names() -> frozenset[str]:
    """The operations that have a function."""
    return frozenset(_registered)


def _value(attribute: Any) -> Any:
    """An attribute of TensorFlow's graph as a Python value."""
    kind = attribute.WhichOneof("value")
    if kind == "list":
        fields = attribute.list.ListFields()
        return [_plain(field.name, value) for field, values in fields for value in values]
    return None if kind is None else _plain(kind, getattr(attribute, kind))


def _plain(kind: str, value: Any) -> Any:
    if kind == "s":
        return value.decode("utf-8", "replace")
    if kind == "type":
        try:
            return tfjs_dtype(tensorflow.as_dtype(value))
        except (TypeError, KeyError, ValueError):
            return None
    if kind == "shape":
        return None if value.unknown_rank else [int(axis.size) for axis in value.dim]
    if kind == "tensor":
        return Tensor(tensorflow.constant(tensorflow.make_ndarray(value)))
    return value
