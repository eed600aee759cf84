"""A graph as a graph-model's files, optimized and written by the tensorflowjs package."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.converters.files import MODEL_JSON, write_whole
from tfjsbridge.converters.graph import convolutions, fourier, operations, pictures
from tfjsbridge.converters.graph.inline import Body, inlined
from tfjsbridge.converters.graph.rewrite import rewritten
from tfjsbridge.converters.graph.trace import Traced
from tfjsbridge.converters.graph.unfuse import unfused
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import load_tensorflowjs, quiet_streams, tensorflow

assert convolutions  # imported for the rewrites that they register
assert fourier
assert operations
assert pictures


def write_graph(
    make: Callable[[], Traced],
    owner: str,
    artifacts_dir: str | Path,
    quantization_dtype_map: dict[str, str] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
    *,
    dynamic: bool = False,
) -> Path:
    """Write the graph that `make` makes; all files or none.

    Args:
      make: traces a model, or loads a graph.
      owner: what the graph is of, for messages.
      artifacts_dir: the folder; made where it is missing.
      quantization_dtype_map: as of `save_keras_model`.
      weight_shard_size_bytes: as of `save_keras_model`.
      metadata: as of `save_keras_model`.
      dynamic: whether it may hold what tf.js runs in `executeAsync` alone.

    Returns:
      The path of the model.json.

    Raises:
      ConversionError: listing every operation that tf.js has not.
    """
    load_tensorflowjs()
    from google.protobuf.json_format import MessageToDict
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    problems: list[str] = []
    with quiet_streams():
        source = make()
        graph = rewritten(source, _unknown(source.graph.as_graph_def()), problems)
    if not problems:
        signature = _signature(graph)
        with quiet_streams():
            optimized = unfused(_optimized(graph, problems))
        unknown = _unknown(optimized)
        problems += [
            f"{node.name} ({node.op}): tf.js has no such operation"
            for node in optimized.node
            if node.op in unknown
        ]
        if not dynamic:
            problems += [
                f"{node.name} ({node.op}): tf.js's predict takes no operation whose steps or "
                "results depend on values"
                for node in optimized.node
                if node.op in DYNAMIC
            ]
    if problems:
        raise ConversionError(
            f"{owner} cannot be written as a graph-model for TensorFlow.js:", problems
        )

    def write(directory: Path) -> None:
        weights = conversion.extract_weights(optimized)
        conversion.write_artifacts(
            MessageToDict(optimized),
            weights,
            str(directory / MODEL_JSON),
            tensorflow.__version__,
            signature,
            quantization_dtype_map=weights_to_quantize(quantization_dtype_map, weights),
            weight_shard_size_bytes=weight_shard_size_bytes,
            metadata=metadata,
        )
        _keep_order(directory / MODEL_JSON, graph)

    return write_whole(Path(artifacts_dir), write)


#: tf.js/converter: what makes `predict` throw, in src/executor/graph_executor.ts.
DYNAMIC = {
    *("If", "StatelessIf", "While", "StatelessWhile", "Switch", "Merge", "Where", "Unique"),
    *(f"NonMaxSuppressionV{version}" for version in (2, 3, 5)),
}


def _optimized(graph: Traced, problems: list[str]) -> Any:
    """A graph as TensorFlow makes it smaller and faster, with the bodies of functions in it.

    Each body is optimized by itself, which takes less time than all its calls.
    """
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as conversion

    result = conversion.optimize_graph(graph.graph, _signature(graph), skip_op_check=True)
    problems += _mistaken(result, graph.graph)
    bodies = {
        name: Body(
            _optimized(body, problems),
            [tensor.op.name for tensor in body.inputs.values()],
            [tensor.op.name for tensor in body.outputs.values()],
        )
        for name, body in graph.bodies.items()
    }
    return inlined(result, bodies) if bodies else result


def _mistaken(optimized: Any, graph: Any) -> list[str]:
    """What TensorFlow's optimizer took for a leaky ReLU though it is none, as max(x, 2 x)."""
    maxima = {op.name for op in graph.get_operations() if op.type == "Maximum"}
    factors = {
        node.name: node.attr[name].f
        for node in optimized.node
        for name in ("alpha", "leakyrelu_alpha")
        if node.name in maxima and name in node.attr
    }
    return [
        f"{name} (Maximum): TensorFlow takes it for a leaky ReLU; use keras.ops.where instead"
        for name, factor in factors.items()
        if factor > 1
    ]


def _unknown(graph: Any) -> set[str]:
    """The types of operations in a GraphDef that tf.js has not."""
    from tensorflowjs.converters.tf_saved_model_conversion_v2 import validate

    return validate(graph, skip_op_check=False, strip_debug_ops=False)


def weights_to_quantize(
    quantization_dtype_map: dict[str, Any] | None, groups: list[list[dict[str, Any]]]
) -> dict[str, list[str]] | None:
    """The names of the weights to be stored smaller: not of shapes, axes and other constants."""
    if not quantization_dtype_map:
        return None
    from tensorflowjs.quantization import map_layers_to_quantization_dtype

    values = {entry["name"]: entry["data"] for group in groups for entry in group}
    chosen: dict[str, list[str]] = {}
    for name, dtype in map_layers_to_quantization_dtype(
        list(values), quantization_dtype_map
    ).items():
        data, dtype = values[name], np.dtype(dtype)
        fits = dtype.kind != "f" or np.abs(data).max(initial=0) <= np.finfo(dtype).max
        if data.dtype == np.float32 and data.ndim and fits:
            chosen.setdefault(dtype.name, []).append(name)
    return chosen


def _signature(graph: Traced) -> Any:
    """The inputs and outputs by name."""
    from tensorflow.core.protobuf import meta_graph_pb2

    signature = meta_graph_pb2.SignatureDef()
    for entries, tensors in (
        (signature.inputs, graph.inputs),
        (signature.outputs, graph.outputs),
    ):
        for name, tensor in tensors.items():
            entries[name].name = tensor.name
            entries[name].dtype = tensor.dtype.as_datatype_enum
            entries[name].tensor_shape.CopyFrom(tensor.shape.as_proto())
    return signature


def _keep_order(path: Path, graph: Traced) -> None:
    """The model's order, in which tf.js takes inputs and gives outputs; protobuf has none."""
    description = json.loads(path.read_text("utf-8"))
    signature = description["signature"]
    for part, tensors in (("inputs", graph.inputs), ("outputs", graph.outputs)):
        signature[part] = {name: signature[part][name] for name in tensors}
    path.write_text(json.dumps(description), "utf-8")
