"""What two models have in common that one traced training serves: all but their variables."""

from __future__ import annotations

import functools
import json
import types
from typing import Any

from keras.src.models.functional import Functional

from tfjsbridge.runtime import keras

#: The most weights of a model that has a kind. For a larger one tracing is a small part.
WEIGHTS = 200_000

#: A subclass may do anything in its steps.
_MODELS = (keras.Sequential, Functional)


def kind(model: Any) -> str | None:
    """What a compiled model is, without the names and the values of its variables.

    None for a large model, one of several inputs or outputs, which go by their names, and one that
    its configuration does not describe.
    """
    layers = list(model._flatten_layers())
    parts = [model.optimizer, *layers, *_given(model)]
    if (
        type(model) not in _MODELS
        or model.count_params() > WEIGHTS
        or len(model.inputs) != 1
        or len(model.outputs) != 1
        or not all(_is_own(held) for part in parts for held in (part, *_called(part).values()))
    ):
        return None
    try:
        compiled = model.get_compile_config()
        optimizer = compiled["optimizer"]["config"]
        optimizer["name"] = None  # names count on from model to model
        if isinstance(optimizer["learning_rate"], float):
            optimizer["learning_rate"] = None  # a variable
        called = [list(_called(part)) for part in parts]  # a method among them is not its class's
        described = json.dumps([model.get_config(), compiled, called])
    except (KeyError, TypeError, ValueError, AttributeError, NotImplementedError):
        return None
    for number, layer in enumerate(layers):
        described = described.replace(f'"{layer.name}"', f'"{number}"')
    return described


def variables(model: Any) -> list[Any]:
    """All that a training of the model reads and writes, in the same order for each of its kind."""
    found = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [variable.value for variable in found]


def _given(model: Any) -> list[Any]:
    """The losses and metrics that are more than names."""
    metrics = model._compile_metrics
    given = [metrics._user_metrics, metrics._user_weighted_metrics] if metrics else []
    parts = keras.tree.flatten([model.loss, given])
    return [part for part in parts if part is not None and not isinstance(part, str)]


def _called(part: Any) -> dict[str, Any]:
    """What an object holds to be called, of which a configuration may say the name alone."""
    return {name: held for name, held in vars(part).items() if callable(held)}


def _is_own(part: Any) -> bool:
    """Whether Keras or this package made it, a function with all that it holds or an object."""
    if isinstance(part, functools.partial):
        return all(_is_own(held) for held in (part.func, *part.args) if callable(held))
    if not isinstance(part, types.FunctionType):
        return _is_ours((part if hasattr(part, "__name__") else type(part)).__module__)
    cells = [cell.cell_contents for cell in part.__closure__ or ()]
    return (
        _is_ours(part.__module__)  # where functools.wraps tells of the function inside
        and _is_ours(part.__globals__["__name__"])
        and all(_is_own(held) for held in cells if isinstance(held, types.FunctionType))
    )


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in ("keras", "tfjsbridge")
