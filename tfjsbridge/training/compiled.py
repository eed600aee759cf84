"""Functions traced by TensorFlow."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
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
    config = tensorflow.compat.v1.ConfigProto.FromString(others.config_proto_serialized)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    here.function_call_options = context.FunctionCallOptions("SINGLE_THREADED_EXECUTOR", config)
    try:
        yield
    finally:
        here.function_call_options = others


def calls_functions(function: Any) -> bool:
    """Whether a traced function calls others, such as a user's metric that is a `tf.function`."""
    inner = function.graph._functions.values()  # those of loops and branches
    return any(
        node.op.endswith("PartitionedCall")
        for inside in inner
        for node in inside.cached_definition.node_def
    )


def flat_call(function: Any) -> Callable[[list[Any]], Any]:
    """What calls a function of `compiled_for` with its tensors in a flat list.

    At a call with nests TensorFlow binds names and compares every tensor with its spec, which takes
    longer than an epoch of a small model.
    """
    captured = list(function.captured_inputs)
    return lambda tensors: function._call_flat(tensors, captured)


def flat_tensors(nest: Any) -> list[Any]:
    """The tensors of a nest, in the order of `flat_call`."""
    return [tensor for tensor in tensorflow.nest.flatten(nest) if tensor is not None]


def specs_of(nest: Any) -> Any:
    """The specs of a nest of tensors."""
    return keras.tree.map_structure(
        lambda t: None if t is None else tensorflow.TensorSpec(t.shape, t.dtype), nest
    )
