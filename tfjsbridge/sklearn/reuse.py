"""Training without tracing anew: what was traced for one model trains the next of the same kind.

A search fits hundreds of small models that differ in their weights alone, and tracing the training
takes longer than the training. So a second model of the same configuration is kept, with what was
traced for it; it takes over a new model's weights, is trained, and gives them back.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Any

import numpy as np

from tfjsbridge import compiling, training
from tfjsbridge.runtime import keras
from tfjsbridge.training.fit import new_seed

#: How many second models are kept, and the most weights that one may have.
KEPT = 16
WEIGHTS = 200_000

_kept: OrderedDict[str, _Second] = OrderedDict()
_lock = threading.Lock()


def fit(model: Any, x: Any, y: Any, **options: Any) -> dict[str, list[float]]:
    """`training.fit` of a compiled Keras model, by a kept one that is its equal where there is one.

    The weights come out the same.

    Args:
      model: it has just been built and compiled.
      x: inputs [examples, ...].
      y: targets [examples, ...].
      options: those of `training.fit`.

    Returns:
      The history, by the names of loss and metrics.
    """
    # Drawn here, so that it is the same whether a second model has to be made or not.
    options = {"seed": new_seed(), **options}
    key = None if options.get("callbacks") else _key(model, x, y, options)
    if key is None:
        return training.fit(model, x, y, **options).history
    with _lock:
        second = _kept.pop(key, None)
    if second is None:
        try:
            second = _Second(model)
        except (TypeError, ValueError):  # something in it cannot be made again
            return training.fit(model, x, y, **options).history
    history = second.fit_for(model, x, y, options)
    with _lock:
        _kept[key] = second
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return history


class _Second:
    """A model like another one, trained in its place."""

    def __init__(self, model: Any):
        self.model = keras.models.clone_model(model)
        self.model.compile_from_config(model.get_compile_config())
        if compiling.computes_as_tfjs(model):
            compiling.compute_as_tfjs(self.model)
        self.model.optimizer.build(self.model.trainable_variables)
        self._beginning = [np.asarray(v) for v in self.model.optimizer.variables]

    def fit_for(self, model: Any, x: Any, y: Any, options: Any) -> dict[str, list[float]]:
        """Train on the data what `model` would learn, and give it that."""
        optimizer = self.model.optimizer
        for variable, value in zip(optimizer.variables, self._beginning, strict=True):
            variable.assign(value)
        if not callable(optimizer._learning_rate):
            optimizer._learning_rate.assign(model.optimizer._learning_rate)
        _copy(model.variables, self.model.variables)
        history = training.fit(self.model, x, y, **options).history
        model.optimizer.build(model.trainable_variables)
        _copy(self.model.variables, model.variables)
        _copy(optimizer.variables, model.optimizer.variables)
        return history


def _copy(source: Any, target: Any) -> None:
    for theirs, ours in zip(source, target, strict=True):
        ours.assign(theirs)


def _key(model: Any, x: Any, y: Any, options: dict[str, Any]) -> str | None:
    """What two trainings have in common that one model can be trained for.

    None for a large model, and for one that its configuration does not describe.
    """
    layers = list(model._flatten_layers())
    if model.count_params() > WEIGHTS or not all(map(_is_keras_own, _parts(model, layers))):
        return None
    try:
        compiled = model.get_compile_config()
        optimizer = compiled["optimizer"]["config"]
        optimizer["name"] = None  # names count on from model to model
        if isinstance(optimizer["learning_rate"], float):
            optimizer["learning_rate"] = None  # a variable, which can be set
        shapes = [(part.dtype.name, part.shape) for part in (x, y)]
        described = json.dumps(
            [
                model.get_config(),
                compiled,
                compiling.computes_as_tfjs(model),
                shapes,
                sorted(options),
            ]
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    for number, layer in enumerate(layers):
        described = described.replace(f'"{layer.name}"', f'"{number}"')
    return described


_WEIGHTS = ("kernel", "bias", "recurrent", "depthwise", "pointwise", "beta", "gamma", "embeddings")


#: Of a layer, a loss or a metric, what may be a function.
_FUNCTIONS = ("activation", "recurrent_activation", "activity_regularizer", "_fn", "fn")
_WEIGHTS = ("kernel", "bias", "recurrent", "depthwise", "pointwise", "beta", "gamma", "embeddings")
_OF_WEIGHTS = [f"{of}_{what}" for of in _WEIGHTS for what in ("regularizer", "constraint")]


def _parts(model: Any, layers: list[Any]) -> list[Any]:
    """What the model is made of. A function stands in a configuration by its name alone."""
    metrics = getattr(model._compile_metrics, "_user_metrics", None)
    wholes = [*layers, *keras.tree.flatten([model.loss, metrics])]
    called = [getattr(whole, name, None) for whole in wholes for name in _FUNCTIONS]
    called += [getattr(layer, name, None) for layer in layers for name in _OF_WEIGHTS]
    parts = [model.optimizer, *wholes, *called]
    return [part for part in parts if part is not None and not isinstance(part, str)]


def _is_keras_own(part: Any) -> bool:
    kind = part if hasattr(part, "__name__") else type(part)
    return str(kind.__module__).partition(".")[0] in ("keras", "tfjsbridge")
