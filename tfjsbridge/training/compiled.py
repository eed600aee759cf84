"""Functions traced by TensorFlow."""

from __future__ import annotations

import contextlib
import copy
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfjsbridge.runtime import keras, tensorflow


def compiled(function: Callable[..., Any], model: Any, relax: bool = True) -> Any:
    """`function` as a `tensorflow.function` of its own, or as it is for a `run_eagerly` model.

    TensorFlow counts how often a piece of code is traced and warns from the fifth time on, as if
    one function were traced over and over; here it is another model's each time. What it counts by
    is the code, and a partial has none.

    Args:
      function: takes nests of tensors.
      model: the model that it runs.
      relax: whether a trace may serve several numbers of examples.
    """
    if model.run_eagerly:
        return function
    return tensorflow.function(functools.partial(function), autograph=False, reduce_retracing=relax)


def compiled_for(function: Callable[..., Any], model: Any, jit: bool, *specs: Any) -> Any:
    """`function` traced once, for arguments of these specs; with XLA where `jit` says so.

    Args:
      function: takes nests of tensors.
      model: the model whose steps it runs; it stays a Python function if that is `run_eagerly`.
      jit: whether XLA compiles it, at its first call.
      specs: a nest of `tensorflow.TensorSpec` for each argument.
    """
    if model.run_eagerly:
        return function
    traced = tensorflow.function(functools.partial(function), autograph=False, jit_compile=jit)
    return traced.get_concrete_function(*specs)


class Call:
    """A traced function, called with its tensors in a flat list.

    At a call with nests TensorFlow binds names and compares every tensor with its spec, which takes
    longer than an epoch of a small model.
    """

    def __init__(self, function: Any, light: bool = False):
        """For what `compiled_for` made; where `light`, traced and run on the light runtime."""
        self._function = function
        self.light = light
        self._captured = list(function.captured_inputs)

    def __call__(self, tensors: list[Any]) -> Any:
        if not self.light:
            return self._function._call_flat(tensors, self._captured)
        with light_runtime():
            return self._function._call_flat(tensors, self._captured)

    @functools.cached_property
    def _calls_python(self) -> bool:
        """Whether it calls Python code, which may have a state of its own."""
        outer = (operation.type for operation in self._function.graph.get_operations())
        return any(
            "PyFunc" in operation for operation in (*outer, *_inner_operations(self._function))
        )

    def with_variables(self, before: Sequence[Any], after: Sequence[Any]) -> Call | None:
        """The same function of other variables, in the order of those that it was traced for.

        None where it needs something else that is outside of it.
        """
        places = {id(variable.handle): place for place, variable in enumerate(before)}
        found = [places.get(id(captured)) for captured in self._captured]
        if len(before) != len(after) or None in found or self._calls_python:
            return None
        if any(
            one.shape != other.shape or one.dtype != other.dtype
            for one, other in zip(before, after, strict=True)
        ):
            return None
        call = copy.copy(self)
        call._captured = [after[place].handle for place in found if place is not None]
        return call


def traced_call(
    function: Callable[..., Any], model: Any, *specs: Any, jit: bool = False, light: bool = False
) -> Call:
    """`function` traced as by `compiled_for`, to be called with its tensors in a flat list.

    Args:
      function: takes nests of tensors.
      model: the model whose steps it runs, not eagerly.
      specs: a nest of `tensorflow.TensorSpec` for each argument.
      jit: whether XLA compiles it, at its first call.
      light: whether it runs on the light runtime, if it can.
    """
    if light:
        with light_runtime():
            traced = compiled_for(function, model, jit, *specs)
        if not _calls_functions(traced):
            return Call(traced, light)
    # Traced anew: what has a loop and was traced for the one runtime fails on the other.
    return Call(compiled_for(function, model, jit, *specs))


@contextlib.contextmanager
def light_runtime() -> Iterator[None]:
    """Have functions run on one thread, as they were traced; to be entered for traces and calls.

    The first call is shorter, as Grappler and oneDNN rewrite nothing, and so is a small model's
    step, as no operation waits for a thread. The numbers are those of a graph that was not
    rewritten: other ones in the last digits.
    """
    from tensorflow.python.eager import context

    here = context.context()
    others = here.function_call_options
    here.function_call_options = _light_options(others.config_proto_serialized)
    try:
        yield
    finally:
        here.function_call_options = others


@functools.cache
def _light_options(others: bytes) -> Any:
    """The options of calls on the light runtime, of which the rest is as these say."""
    from tensorflow.python.eager import context

    config = tensorflow.compat.v1.ConfigProto.FromString(others)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return context.FunctionCallOptions("SINGLE_THREADED_EXECUTOR", config)


def _calls_functions(function: Any) -> bool:
    """Whether a traced function calls others, such as a user's metric that is a `tf.function`."""
    return any(node.endswith("PartitionedCall") for node in _inner_operations(function))


def _inner_operations(function: Any) -> Iterator[str]:
    """The types of the operations in the loops and branches of a traced function."""
    for inside in function.graph._functions.values():
        for node in inside.cached_definition.node_def:
            yield node.op


def flat_tensors(nest: Any) -> list[Any]:
    """The tensors of a nest, in the order of `Call`."""
    return [tensor for tensor in tensorflow.nest.flatten(nest) if tensor is not None]


def specs_of(nest: Any) -> Any:
    """The specs of a nest of tensors."""
    return keras.tree.map_structure(
        lambda t: None if t is None else tensorflow.TensorSpec(t.shape, t.dtype), nest
    )
