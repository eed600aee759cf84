"""Products, biases and activations for themselves, where tf.js does not compute them at once."""

from __future__ import annotations

from typing import Any

#: What tf.js computes along with a product.
ACTIVATIONS = {"Elu", "Relu", "Relu6", "Sigmoid", "Prelu", "LeakyRelu"}

#: A product with more, and the product alone with its attributes.
PRODUCTS = {
    "_FusedMatMul": ("MatMul", ("T", "transpose_a", "transpose_b")),
    "_FusedConv2D": (
        "Conv2D",
        ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings"),
    ),
    "FusedDepthwiseConv2dNative": (
        "DepthwiseConv2dNative",
        ("T", "strides", "padding", "data_format", "dilations", "explicit_paddings"),
    ),
}


def unfused(graph: Any) -> Any:
    """A GraphDef in which only what tf.js computes at once is one operation.

    TensorFlow's optimizer takes sums with any constant for biases, of which tf.js's wasm backend
    wants vectors, and computes more activations along.
    """
    result = type(graph)()
    result.CopyFrom(graph)
    shapes = {
        node.name: [dim.size for dim in node.attr["value"].tensor.tensor_shape.dim]
        for node in graph.node
        if node.op == "Const"
    }
    ranks = {name: len(shape) for name, shape in shapes.items()}
    for node in list(result.node):
        if node.op == "Prelu":
            shape = shapes.get(node.input[1], [])
            first = next((axis for axis, size in enumerate(shape) if size > 1), 0)
            if 1 in shape[first:]:
                _leak_apart(result, node)
            continue
        if node.op not in PRODUCTS:
            continue
        parts = [part.decode() for part in node.attr["fused_ops"].list.s]
        vector = ranks.get(node.input[2].split(":")[0]) == 1 if len(node.input) > 2 else False
        if not parts or (vector and set(parts[1:]) <= ACTIVATIONS):
            continue
        name, bias = node.name, node.input[2]
        node.name = f"{name}/product"
        _make_plain(node)
        last = node.name
        for number, part in enumerate(parts):
            added = result.node.add()
            added.name = name if number == len(parts) - 1 else f"{name}/{part}"
            added.op = "AddV2" if part == "BiasAdd" else part
            added.input.extend([last, bias] if part == "BiasAdd" else [last])
            added.attr["T"].CopyFrom(node.attr["T"])
            last = added.name
    return result


def _leak_apart(graph: Any, node: Any) -> None:
    """relu(x) - alpha relu(-x): tf.js's wasm shares slopes along the first axes only."""
    x, alpha = node.input
    name = node.name

    def add(suffix: str, op: str, *inputs: str) -> str:
        added = graph.node.add()
        added.name, added.op = f"{name}/{suffix}", op
        added.input.extend(inputs)
        added.attr["T"].CopyFrom(node.attr["T"])
        return str(added.name)

    below = add("below", "Relu", add("minus", "Neg", x))
    parts = add("above", "Relu", x), add("leaked", "Mul", alpha, below)
    node.op = "Sub"
    del node.input[:]
    node.input.extend(parts)
    for attribute in list(node.attr):
        if attribute != "T":
            del node.attr[attribute]


def _make_plain(node: Any) -> None:
    """The product alone."""
    op, attributes = PRODUCTS[node.op]
    node.op = op
    del node.input[2:]
    for name in list(node.attr):
        if name not in attributes:
            del node.attr[name]
