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
    ranks = {
        node.name: len(node.attr["value"].tensor.tensor_shape.dim)
        for node in graph.node
        if node.op == "Const"
    }
    for node in list(result.node):
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


def _make_plain(node: Any) -> None:
    """The product alone."""
    op, attributes = PRODUCTS[node.op]
    node.op = op
    del node.input[2:]
    for name in list(node.attr):
        if name not in attributes:
            del node.attr[name]
