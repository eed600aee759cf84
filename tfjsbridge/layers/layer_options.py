"""The options that every layer takes.

Follows `LayerArgs` of tfjs-layers/src/engine/topology.ts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypedDict, TypeVar

from tfjsbridge.layers.arguments import Shape, shape_tuple
from tfjsbridge.options import OptionsFunction, options

P = ParamSpec("P")
R = TypeVar("R")


class LayerOptions(TypedDict, total=False):
    """The options that every layer takes (tf.js: LayerArgs)."""

    inputShape: Shape | None
    batchInputShape: Shape | None
    batchSize: int | None
    dtype: str | None
    name: str | None
    trainable: bool
    weights: Sequence[Any] | None
    inputDType: str | None


#: Their defaults, and what the docstring of each layer says of them.
LAYER_OPTIONS: dict[str, tuple[Any, str]] = {
    "inputShape": (None, "the shape of one example, for a model's first layer."),
    "batchInputShape": (None, "the same with the batch axis."),
    "batchSize": (None, "the batch axis, with `inputShape`."),
    "dtype": (None, "the input's dtype."),
    "name": (None, "the name; without it the class and a number, as dense_Dense1."),
    "trainable": (True, "whether training changes the weights."),
    "weights": (None, "initial weights, in the order of `getWeights`."),
    "inputDType": (None, "the input's dtype; the older spelling of `dtype`."),
}


def layer_options(function: Callable[P, R]) -> OptionsFunction[P, R]:
    """`options` for a function that ends in `**base: Unpack[LayerOptions]`.

    Its signature and docstring then show the options that every layer takes, after its own.
    """
    return with_options_of(LayerOptions, LAYER_OPTIONS, function)


def with_options_of(
    kind: Any, table: Mapping[str, tuple[Any, str]], function: Callable[P, R]
) -> OptionsFunction[P, R]:
    """`options` for a function whose last options are those of a TypedDict.

    Args:
      kind: the TypedDict.
      table: its options in their order: the default, and what the docstring says of it.
      function: ends in `**name: Unpack[kind]`.
    """
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    shared = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=kind.__annotations__[name].__forward_arg__,
        )
        for name, (default, _) in table.items()
    ]
    function.__signature__ = signature.replace(parameters=own + shared)  # type: ignore[attr-defined]
    function.__doc__ = _with_table(inspect.cleandoc(function.__doc__ or ""), table)
    return options(function)


def _with_table(doc: str, table: Mapping[str, tuple[Any, str]]) -> str:
    before, raises, after = doc.partition("\n\nRaises:")
    if "\n\nArgs:\n" not in before:
        before += "\n\nArgs:"
    lines = (f"\n  {name}: {text}" for name, (_, text) in table.items())
    return before + "".join(lines) + raises + after


def batch_input_shape(base: LayerOptions) -> tuple[int | None, ...] | None:
    """The input's shape with the batch axis, from the options that may give it."""
    whole, example = base.get("batchInputShape"), base.get("inputShape")
    if whole is not None:
        return shape_tuple("batchInputShape", whole)
    if example is not None:
        return (base.get("batchSize"), *shape_tuple("inputShape", example))
    return None
