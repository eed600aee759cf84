"""A graph-model's operations as TensorFlow has them: what is tf.js's own becomes several of them.

A graph-model of anyone may come here, so that only what tf.js runs is let through: none of it reads
or writes a file, or runs code.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tfjsbridge.converters.graph.unfuse import PRODUCTS
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import load_tensorflowjs, tensorflow

#: What tf.js runs with tables and forests that stand beside the graph.
_RESOURCES = ("HashTable", "InitializeTable", "LookupTable", "SimpleML")

#: TensorFlow's types that are another in tf.js.
_TYPES = {
    **dict.fromkeys(("float16", "bfloat16", "float64"), "float32"),
    **dict.fromkeys(("int8", "uint8", "int16", "uint16", "uint32", "int64", "uint64"), "int32"),
    "complex128": "complex64",
}

_numbers = itertools.count(1)

#: A node and a function that adds one to the graph, to nothing: the node keeps its name as what
#: gives the result.
StandIn = Callable[[Any, "Nodes"], None]


class Nodes:
    """The nodes of a GraphDef, or of a function in it, and names that are not taken."""

    def __init__(self, nodes: Any):
        self.nodes = nodes
        self.names = {node.name for node in nodes}

    def add(self, op: str, inputs: Iterable[str], like: Any, **attributes: Any) -> str:
        """Add a node in front of another; its name."""
        name, number = f"{like.name}/{op}", 0
        while name in self.names:
            number += 1
            name = f"{like.name}/{op}_{number}"
        self.names.add(name)
        node = self.nodes.add(op=op, name=name)
        node.input.extend(inputs)
        for key, value in attributes.items():
            node.attr[key].CopyFrom(value)
        return name


def check_operations(graph: Any, path: Path) -> None:
    """Refuse what tf.js does not run, and what TensorFlow has not.

    Raises:
      ModelFileError: naming every such operation.
    """
    load_tensorflowjs()
    from tensorflow.python.framework import op_def_registry
    from tensorflowjs.converters.tf_saved_model_conversion_v2 import validate

    operations = {node.op for nodes in bodies(graph) for node in nodes}
    unknown = validate(graph, skip_op_check=False, strip_debug_ops=False)
    problems = [f"{op}: tf.js has no such operation" for op in sorted(unknown)]
    for op in sorted(operations - unknown):
        if op.startswith(_RESOURCES):
            problems.append(f"{op}: tables and forests beside the graph are not read here")
        elif op not in STAND_INS and op_def_registry.get(op) is None:
            problems.append(f"{op}: TensorFlow has no such operation")
    if problems:
        raise ModelFileError(f"{path} is not loaded: {'; '.join(problems)}.")


def bodies(graph: Any) -> list[Any]:
    """The nodes of a GraphDef and those of each function in it."""
    return [graph.node, *(function.node_def for function in graph.library.function)]


def as_tensorflow(graph: Any) -> None:
    """Change a GraphDef, in place, to what TensorFlow computes as tf.js does."""
    _rename_functions(graph)
    for function in graph.library.function:
        for argument in (*function.signature.input_arg, *function.signature.output_arg):
            argument.type = _type(argument.type)
    for nodes in bodies(graph):
        names = Nodes(nodes)
        for node in list(nodes):
            _make_plain(node)
            if node.op in STAND_INS:
                STAND_INS[node.op](node, names)


def _rename_functions(graph: Any) -> None:
    """Names of functions that no other graph has: TensorFlow keeps them all in one place.

    Raises:
      ModelFileError: where one is called that is not of the graph, but perhaps of the program.
    """
    number = next(_numbers)
    library = graph.library.function
    names = {each.signature.name: f"{each.signature.name}_tfjs{number}" for each in library}
    for each in library:
        each.signature.name = names[each.signature.name]
    graph.library.ClearField("gradient")
    for nodes in bodies(graph):
        for value in (value for node in nodes for value in node.attr.values()):
            kind = value.WhichOneof("value")
            for called in [value.func] if kind == "func" else value.list.func:
                if called.name not in names:
                    raise ModelFileError(f"The graph has no function {called.name!r}.")
                called.name = names[called.name]


def _make_plain(node: Any) -> None:
    """Without a device and marks of TensorFlow's own, in tf.js's types."""
    node.device = ""
    for name in [name for name in node.attr if name.startswith("_")]:
        del node.attr[name]
    if "T" in node.attr and node.attr["T"].WhichOneof("value") is None:
        # As behind a Prelu, whose type the tensorflowjs package takes away; tf.js reads none.
        node.attr["T"].type = tensorflow.float32.as_datatype_enum
    for value in node.attr.values():
        kind = value.WhichOneof("value")
        if kind == "type":
            value.type = _type(value.type)
        elif kind == "list" and value.list.type:
            value.list.type[:] = map(_type, value.list.type)


def _type(number: int) -> int:
    """The number of tf.js's type."""
    try:
        dtype = tensorflow.as_dtype(number)
    except TypeError:  # one that TensorFlow will refuse
        return number
    return int(tensorflow.as_dtype(_TYPES.get(dtype.name, dtype)).as_datatype_enum)


def _prelu(node: Any, nodes: Nodes) -> None:
    """Prelu of x and alpha: relu(x) - alpha * relu(-x)."""
    x, alpha = node.input[:2]
    _become_prelu(node, nodes, x, alpha, node.attr["T"])


def _become_prelu(node: Any, nodes: Nodes, x: str, alpha: str, kind: Any) -> None:
    if kind.WhichOneof("value") is None:  # the tensorflowjs package takes the type away
        kind = type(kind)(type=tensorflow.float32.as_datatype_enum)
    positive = nodes.add("Relu", [x], node, T=kind)
    turned = nodes.add("Neg", [x], node, T=kind)
    negative = nodes.add("Relu", [turned], node, T=kind)
    scaled = nodes.add("Mul", [negative, alpha], node, T=kind)
    _become(node, "Sub", [positive, scaled], T=kind)


def _become(node: Any, op: str, inputs: Iterable[str], **attributes: Any) -> None:
    """Another operation of the same name."""
    kept = {
        key: type(value).FromString(value.SerializeToString()) for key, value in attributes.items()
    }
    inputs = list(inputs)
    control = [name for name in node.input if name.startswith("^")]
    node.op = op
    node.ClearField("attr")
    for key, value in kept.items():
        node.attr[key].CopyFrom(value)
    node.input[:] = [*inputs, *control]


def _product(node: Any, nodes: Nodes) -> None:
    """A product, and then its bias and its activation."""
    op, wanted = PRODUCTS[node.op]
    kind, alpha = node.attr["T"], node.attr["leakyrelu_alpha"]
    attributes = {key: node.attr[key] for key in wanted if key in node.attr}
    given = [name for name in node.input if not name.startswith("^")]
    steps = [part.decode() for part in node.attr["fused_ops"].list.s if part != b"NoOp"]
    extra = given[2:]
    last = nodes.add(op, given[:2], node, **attributes)
    for step in steps[:-1]:
        last = _step(step, last, extra, node, nodes, kind, alpha)
    if steps and steps[-1] == "Prelu":
        _become_prelu(node, nodes, last, _next(extra, node), kind)
    elif steps:
        result = _step(steps[-1], last, extra, node, nodes, kind, alpha)
        _become(node, "Identity", [result], T=kind)
    else:
        _become(node, "Identity", [last], T=kind)


def _step(
    step: str, last: str, extra: list[str], node: Any, nodes: Nodes, kind: Any, alpha: Any
) -> str:
    """A bias or an activation behind a product; its name."""
    if step == "BiasAdd":
        return nodes.add("AddV2", [last, _next(extra, node)], node, T=kind)
    if step == "LeakyRelu" and alpha.WhichOneof("value") == "f":
        return nodes.add(step, [last], node, T=kind, alpha=alpha)
    if step in ("Elu", "Relu", "Relu6", "Sigmoid", "LeakyRelu"):
        return nodes.add(step, [last], node, T=kind)
    raise ModelFileError(f"{node.name} ({node.op}): tf.js does not compute {step!r} along with it.")


def _next(extra: list[str], node: Any) -> str:
    """The next of the inputs behind the two of a product."""
    if not extra:
        raise ModelFileError(f"{node.name} ({node.op}) has fewer inputs than it computes with.")
    return extra.pop(0)


def _normalization(node: Any, nodes: Nodes) -> None:
    """tf.js: only ever by the means and variances that are given."""
    node.attr["is_training"].b = False


def _where(node: Any, nodes: Nodes) -> None:
    """TensorFlow gives 64 bits, whatever is asked."""
    attributes = {"T": node.attr["T"]} if "T" in node.attr else {}
    wide = nodes.add("Where", [name for name in node.input if name[0] != "^"], node, **attributes)
    kinds = {}
    for key, dtype in (("SrcT", tensorflow.int64), ("DstT", tensorflow.int32)):
        kinds[key] = tensorflow.compat.v1.AttrValue(type=dtype.as_datatype_enum)
    _become(node, "Cast", [wide], **kinds)


STAND_INS: dict[str, StandIn] = {
    "Prelu": _prelu,
    **dict.fromkeys(PRODUCTS, _product),
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"), _normalization),
    "Where": _where,
}
