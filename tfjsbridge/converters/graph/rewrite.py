"""Going over a graph, operation by operation, with a function for each that tf.js cannot run.

::

    @rewrites("Erfc")
    def erfc(operation, x): ...    # TensorFlow operations that tf.js has
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

import numpy as np

from tfjsbridge.converters.graph.inline import CALLS
from tfjsbridge.converters.graph.trace import Traced
from tfjsbridge.runtime import tensorflow

#: The operation of the old graph and its inputs in the new one, to its outputs there; None leaves
#: it as it is.
Rewriter = Callable[..., Any]

REWRITERS: dict[str, Rewriter] = {}

#: Numbers that tf.js has in another type.
_TFJS_DTYPES = {
    **dict.fromkeys(("float16", "bfloat16", "float64"), "float32"),
    **dict.fromkeys(("int8", "uint8", "int16", "uint16", "uint32", "int64", "uint64"), "int32"),
}


class CannotRewrite(ValueError):
    """Why an operation has no equivalent in tf.js, and what to do instead."""


def rewrites(*types: str) -> Callable[[Rewriter], Rewriter]:
    """Register what stands for operations of these types in tf.js."""

    def register(function: Rewriter) -> Rewriter:
        for each in types:
            REWRITERS[each] = function
        return function

    return register


def rewritten(source: Traced, unknown: set[str], problems: list[str]) -> Traced:
    """The graph with what tf.js can run in place of what it cannot.

    Of functions that are called once it has the bodies. Others it calls, and has them in `bodies`.

    Args:
      source: the graph.
      unknown: the types of operations that tf.js has not.
      problems: takes what has no equivalent.
    """
    graph = tensorflow.Graph()
    with graph.as_default():
        functions = source.graph.as_graph_def().library.function
        _import_functions(functions)
        walk = _Walk(unknown, problems, _called_again(source.graph), functions)
        inputs = {}
        for name, tensor in source.inputs.items():
            made = tensorflow.compat.v1.placeholder(
                _dtype(tensor.dtype), tensor.shape, name=_valid(name)
            )
            inputs[name] = walk.made[tensor.op.name, tensor.value_index] = made
        outputs = {
            name: tensorflow.identity(walk.tensor(tensor), name=f"{_valid(name)}_output")
            for name, tensor in source.outputs.items()
        }
    return Traced(graph, inputs, outputs, walk.bodies)


def _called_again(graph: Any) -> set[str]:
    """The names of the functions that a graph calls more than once."""
    calls = Counter(
        operation.get_attr("f").name
        for operation in graph.get_operations()
        if operation.type in CALLS
    )
    return {name for name, count in calls.items() if count > 1}


class _Walk:
    """What was made so far of a graph, or of the body of a function called in it."""

    def __init__(
        self,
        unknown: set[str],
        problems: list[str],
        shared: Set[str] = frozenset(),
        functions: Sequence[Any] = (),
    ):
        """With calls of the functions named in `shared`, and the bodies of others.

        Args:
          unknown: the types of operations that tf.js has not.
          problems: takes what has no equivalent.
          shared: names of functions.
          functions: the definitions of all.
        """
        self.unknown = unknown
        self.problems = problems
        self.shared = shared
        self.functions = functions
        self.bodies: dict[str, Traced] = {}
        self._bodies_of: dict[tuple[str, ...], str] = {}
        self.made: dict[tuple[str, int], Any] = {}

    def tensor(self, tensor: Any) -> Any:
        """What was made of a tensor; makes whatever it depends on first."""
        pending = [tensor.op]
        while pending:
            operation = pending[-1]
            missing = [
                t.op for t in operation.inputs if (t.op.name, t.value_index) not in self.made
            ]
            if missing and (operation.name, 0) not in self.made:
                pending += missing
                continue
            pending.pop()
            if (operation.name, 0) not in self.made:
                for index, output in enumerate(self._operation(operation)):
                    self.made[operation.name, index] = output
        return self.made[tensor.op.name, tensor.value_index]

    def _operation(self, operation: Any) -> list[Any]:
        inputs = [self.made[t.op.name, t.value_index] for t in operation.inputs]
        if operation.type == "Identity":
            return inputs
        if operation.type in CALLS:
            return self._call(operation, inputs)
        rewriter = REWRITERS.get(operation.type)
        try:
            _check_dtypes(operation)
            if operation.type == "Const":
                return [_constant(operation)]
            result = None if rewriter is None else rewriter(operation, *inputs)
            if result is None and operation.type in self.unknown:
                result = computed(operation)
        except CannotRewrite as problem:
            self.problems.append(f"{operation.name} ({operation.type}): {problem}")
            # Something in its place, to see what else is in the way.
            return [
                tensorflow.compat.v1.placeholder(_dtype(output.dtype), output.shape)
                for output in operation.outputs
            ]
        if result is None:
            return copied(operation, inputs)
        return list(result) if isinstance(result, (list, tuple)) else [result]

    def _call(self, operation: Any, inputs: list[Any]) -> list[Any]:
        name = operation.get_attr("f").name
        if name in self.shared:
            return self._shared_call(operation, inputs)
        body = _definition(operation)
        walk = _Walk(self.unknown, self.problems)
        for tensor, given in zip(body.inputs, inputs, strict=True):
            walk.made[tensor.op.name, tensor.value_index] = given
        # Its operations are named after the layer whose they are.
        scope, _, _ = operation.name.rpartition("/")
        with tensorflow.name_scope(f"{_valid(scope)}/" if scope else ""):
            return [walk.tensor(tensor) for tensor in body.outputs]

    def _shared_call(self, operation: Any, inputs: list[Any]) -> list[Any]:
        """A call of a function that has the same body at other calls with the same constants."""
        constants = (tensor.op.name if tensor.op.type == "Const" else "" for tensor in inputs)
        key = operation.get_attr("f").name, *constants
        if key not in self._bodies_of:
            name = self._bodies_of[key] = f"{key[0]}_{len(self.bodies)}"
            self.bodies[name] = self._body(_definition(operation), inputs)
            _import_functions([_function(name, self.bodies[name])])
        attribute = type(operation.node_def.attr["f"])()
        attribute.func.name = self._bodies_of[key]
        return copied(operation, inputs, f=attribute)

    def _body(self, source: Any, inputs: list[Any]) -> Traced:
        """What stands for the graph of a function in tf.js, where constants are given to it."""
        with tensorflow.Graph().as_default() as graph:
            _import_functions(self.functions)
            walk = _Walk(self.unknown, self.problems)
            placeholders = {}
            for number, (tensor, given) in enumerate(zip(source.inputs, inputs, strict=True)):
                name = f"given_{number}"
                made = placeholders[name] = tensorflow.compat.v1.placeholder(
                    given.dtype, tensor.shape, name=name
                )
                if given.op.type == "Const":
                    made = _constant(given.op)
                walk.made[tensor.op.name, tensor.value_index] = made
            outputs = {
                f"result_{number}": tensorflow.identity(walk.tensor(tensor), f"result_{number}")
                for number, tensor in enumerate(source.outputs)
            }
        return Traced(graph, placeholders, outputs)


def _definition(call: Any) -> Any:
    """The graph of the function that an operation calls."""
    from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

    function = call.graph._get_function(call.get_attr("f").name)
    return function_def_to_graph(function.cached_definition)


def _function(name: str, body: Traced) -> Any:
    """The definition of a function."""
    from tensorflow.python.framework.graph_to_function_def import graph_to_function_def

    definition = graph_to_function_def(
        body.graph,
        body.graph.get_operations(),
        list(body.inputs.values()),
        list(body.outputs.values()),
    )
    definition.signature.name = name
    return definition


def _import_functions(definitions: Iterable[Any]) -> None:
    """Have the graph at hand know functions."""
    graph = tensorflow.compat.v1.GraphDef()
    graph.library.function.extend(definitions)
    tensorflow.import_graph_def(graph)


def computed(operation: Any) -> list[Any]:
    """The results of an operation that depends on no input, computed here and now."""
    values = [constant_value(output) for output in operation.outputs]
    if any(value is None for value in values):
        raise CannotRewrite("tf.js has no such operation")
    return [_as_constant(value, operation.name) for value in values]


def copied(operation: Any, inputs: list[Any], **attributes: Any) -> list[Any]:
    """The operation as it is, but for what it computes in: float32 or int32.

    Args:
      operation: of the old graph.
      inputs: of the new one.
      attributes: what it has instead of its own.
    """
    for name, value in operation.node_def.attr.items():
        if name.startswith("_") or name in attributes:
            continue
        if value.WhichOneof("value") == "type":
            dtype = _dtype(tensorflow.as_dtype(value.type))
            value = type(value)(type=dtype.as_datatype_enum)
        elif value.list.type:
            types = [_dtype(tensorflow.as_dtype(t)).as_datatype_enum for t in value.list.type]
            value = type(value)(list=type(value.list)(type=types))
        attributes[name] = value
    graph = tensorflow.compat.v1.get_default_graph()
    dtypes = [_dtype(output.dtype) for output in operation.outputs]
    made = graph._create_op_internal(
        operation.type, inputs, dtypes, name=_valid(operation.name), attrs=attributes
    )
    for output, original in zip(made.outputs, operation.outputs, strict=True):
        output.set_shape(original.shape)
    # Of some operations the dtype is fixed.
    return [
        output
        if output.dtype.name not in _TFJS_DTYPES
        else tensorflow.cast(output, _dtype(output.dtype))
        for output in made.outputs
    ]


def constant_value(tensor: Any) -> np.ndarray | None:
    """The values of a tensor, or None if they depend on its graph's inputs."""
    values = tensorflow.get_static_value(tensor)
    if values is None:
        try:
            with tensorflow.compat.v1.Session(graph=tensor.graph) as session:
                values = session.run(tensor)
        except tensorflow.errors.InvalidArgumentError:  # it asks for an input
            return None
    return np.asarray(values)


def _constant(operation: Any) -> Any:
    return _as_constant(tensorflow.make_ndarray(operation.get_attr("value")), operation.name)


def _as_constant(value: Any, name: str) -> Any:
    dtype = _dtype(tensorflow.as_dtype(value.dtype))
    if dtype == tensorflow.int32:
        value = _as_int32(value)
    if dtype != tensorflow.string:
        value = value.astype(dtype.as_numpy_dtype)
    return tensorflow.constant(value, name=_valid(name))


def _as_int32(value: np.ndarray) -> np.ndarray:
    """Integers of tf.js; what stands for an end beyond all stays beyond all.

    Raises:
      CannotRewrite: for others that do not fit.
    """
    limits, own = np.iinfo(np.int32), np.iinfo(value.dtype)
    large = (value > limits.max) & (value != own.max) | (value < limits.min) & (value != own.min)
    if large.any():
        raise CannotRewrite(
            f"the integer {value[large].flat[0]} is too large for tf.js, which has 32 bits"
        )
    return np.clip(value, limits.min, limits.max)


def _check_dtypes(operation: Any) -> None:
    for output in operation.outputs:
        if output.dtype.name.startswith(("float8", "int4", "uint4", "qint", "quint")):
            raise CannotRewrite(f"tf.js has no numbers of {output.dtype.name}")


def _dtype(dtype: Any) -> Any:
    """What tf.js has in the place of a dtype."""
    return tensorflow.as_dtype(_TFJS_DTYPES.get(dtype.name, dtype))


def _valid(name: str) -> str:
    """A name that TensorFlow takes."""
    from tensorflow.python.framework.ops import name_from_scope_name

    text = "".join(
        c if (c.isascii() and c.isalnum()) or c in "_./-" else "_"
        for c in name_from_scope_name(name)
    )
    return text if text[:1].isalnum() else f"x{text}"
