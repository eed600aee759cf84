"""How a loaded model is compiled, and its optimizer's state.

Follows `loadTrainingConfig` of tfjs-layers/src/engine/training.ts.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge import optimizers
from tfjsbridge.errors import unknown_name
from tfjsbridge.pythonic import camel_case, from_pythonic
from tfjsbridge.trainable import Trainable

_CLASSES = {
    cls.className: cls
    for cls in (
        optimizers.AdadeltaOptimizer,
        optimizers.AdagradOptimizer,
        optimizers.AdamOptimizer,
        optimizers.AdamaxOptimizer,
        optimizers.MomentumOptimizer,
        optimizers.RMSPropOptimizer,
        optimizers.SGDOptimizer,
    )
}
_REFUSED = ("weighted_metrics", "loss_weights", "sample_weight_mode")


def load_training_config(
    model: Trainable, config: Mapping[str, Any], weights: Sequence[Mapping[str, Any]]
) -> None:
    """Compile a model as its `trainingConfig` says.

    Args:
      model: the model.
      config: `optimizer_config`, `loss` and `metrics`, as in a model.json.
      weights: what `Optimizer.getWeights` gave, or nothing.

    Raises:
      ValueError: for what tf.js has not, or a state that is not of this model's weights.
    """
    for name in _REFUSED:
        if config.get(name) is not None:
            raise ValueError(f"Loading {name} is not supported yet.")
    optimizer = _optimizer(config.get("optimizer_config"))
    model.compile(
        optimizer=optimizer,
        loss=_camel(config.get("loss")),
        metrics=_camel(config.get("metrics")),
    )
    if weights:
        _set_state(model, optimizer, weights)


def _optimizer(entry: Any) -> optimizers.Optimizer:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("config"), Mapping):
        raise ValueError(f"The trainingConfig's optimizer_config is none: {entry!r:.80}.")
    name = entry.get("class_name")
    if name not in _CLASSES:
        raise unknown_name("optimizer", name, _CLASSES)
    cls = _CLASSES[name]
    known = inspect.signature(cls).parameters
    given = from_pythonic(entry["config"])
    options = {key: value for key, value in given.items() if key in known}
    wrong = [key for key, value in options.items() if not isinstance(value, (int, float))]
    if wrong:
        raise ValueError(f"The trainingConfig's {name} has {wrong[0]}: {options[wrong[0]]!r:.80}.")
    try:
        return cls.fromConfig(options)
    except TypeError as error:  # the learning rate is missing
        raise ValueError(f"The trainingConfig's {name} cannot be made: {error}.") from None


def _set_state(
    model: Trainable, optimizer: optimizers.Optimizer, weights: Sequence[Mapping[str, Any]]
) -> None:
    variables = model.keras.trainable_variables
    first, *slots = weights
    shapes = [list(variable.shape) for variable in variables]
    found = [list(slot["tensor"].shape) for slot in slots]
    if len(found) % max(1, len(shapes)) or found != shapes * (len(found) // max(1, len(shapes))):
        raise ValueError(
            "The optimizer's state in the file is not that of this model's weights: it has the "
            f"shapes {found}, and the weights {shapes}."
        )
    # Here the Keras optimizer holds the state, which it makes for all weights at once.
    optimizer.keras.build(variables)
    optimizer.setWeights([first, *slots])


def _camel(names: Any) -> Any:
    """Names of losses or metrics, one or several, in tf.js's spelling."""
    if isinstance(names, str):
        return camel_case(names)
    if isinstance(names, Mapping):
        return {key: _camel(name) for key, name in names.items()}
    return [_camel(name) for name in names] if isinstance(names, (list, tuple)) else names
