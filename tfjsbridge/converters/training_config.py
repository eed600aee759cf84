"""How a model is compiled, and its optimizer's state, as tf.js takes them up.

Follows tfjs-layers/src/engine/training.ts (`loadTrainingConfig`), models.ts and
tfjs-core/src/optimizers/*.ts (`fromConfig`, `setWeights`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tfjsbridge import keras_optimizers
from tfjsbridge.converters.layers.common import with_values
from tfjsbridge.converters.topology import topology
from tfjsbridge.errors import ConversionError
from tfjsbridge.keras_losses import KERAS_LOSSES, SPARSE
from tfjsbridge.runtime import keras

losses, metrics, optimizers = keras.losses, keras.metrics, keras.optimizers

#: The losses that tf.js and Keras both have and compute alike.
LOSSES = {
    name: KERAS_LOSSES[name]
    for name in (
        *("binaryCrossentropy", "categoricalCrossentropy", "categoricalHinge", "cosineProximity"),
        *("logcosh", "meanAbsoluteError", "meanAbsolutePercentageError", "meanSquaredError"),
        *("meanSquaredLogarithmicError", "poisson", SPARSE),
    )
}

#: tf.js's name of a metric to Keras's class and function: those of metricsMap in metrics.ts, as any
#: other name would keep tf.js from loading the model.
METRICS: dict[str, tuple[Any, Any]] = {
    "binaryAccuracy": (metrics.BinaryAccuracy, metrics.binary_accuracy),
    "categoricalAccuracy": (metrics.CategoricalAccuracy, metrics.categorical_accuracy),
    "categoricalCrossentropy": (metrics.CategoricalCrossentropy, losses.categorical_crossentropy),
    "cosine": (None, losses.cosine_similarity),
    "mae": (metrics.MeanAbsoluteError, losses.mean_absolute_error),
    "mape": (metrics.MeanAbsolutePercentageError, losses.mean_absolute_percentage_error),
    "mse": (metrics.MeanSquaredError, losses.mean_squared_error),
    "sparseCategoricalCrossentropy": (
        metrics.SparseCategoricalCrossentropy,
        losses.sparse_categorical_crossentropy,
    ),
}

#: Metrics that tf.js has by the name "acc" alone, with this loss.
_SPARSE_ACCURACY = (metrics.SparseCategoricalAccuracy, metrics.sparse_categorical_accuracy)

#: Options of a loss or metric that tf.js has not, and the values that are no difference.
_DEFAULTS = {
    "from_logits": False,
    "label_smoothing": 0.0,
    "axis": -1,
    "ignore_class": None,
    "threshold": 0.5,
}


#: Options of an optimizer that tf.js has not.
_REFUSED = (
    *("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "amsgrad"),
    *("gradient_accumulation_steps", "loss_scale_factor"),
)


@dataclass
class Training:
    """What of a compiled model goes into a model.json.

    Attributes:
      config: the `trainingConfig`, None where tf.js cannot train as the model was compiled to.
      state: the optimizer's weights by name, in tf.js's order.
      lost: what tf.js cannot take up, in words.
    """

    config: dict[str, Any] | None = None
    state: dict[str, np.ndarray] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def training_of(model: Any, trainable: dict[str, np.ndarray]) -> Training:
    """How a model is compiled, for tf.js.

    Args:
      model: a Keras model.
      trainable: the weights that tf.js will train, as they were written, in its order.
    """
    if not model.compiled:
        return Training()
    result = Training()
    described = _OPTIMIZERS.get(type(model.optimizer))
    name = type(model.optimizer).__name__
    if described is None:
        result.lost.append(f"the optimizer {name}, which tf.js has not")
        return result
    refused = [option for option in _REFUSED if getattr(model.optimizer, option, None)]
    if refused:
        result.lost.append(f"the optimizer's {', '.join(refused)}, which tf.js has not")
        return result
    found = [_loss_name(loss) for loss in _per_output(model.loss, model)]
    if not found or None in found:
        result.lost.append("the loss, which tf.js computes otherwise or has not")
        return result
    kept = [_metric_name(metric, found[0], model) for metric in _compiled_metrics(model)]
    if None in kept or (kept and len(found) > 1):
        result.lost.append("a metric that tf.js has not")
        kept = [name for name in kept if name] if len(found) == 1 else []
    shapes = {tuple(tensor.shape[:-1]) for tensor in model.outputs}
    if len(shapes) > 1:
        # tf.js: adds the losses of each example and place before it takes their mean.
        result.lost.append("the sum of the losses, of outputs of several shapes, so that fit fails")
    if getattr(model._compile_loss, "_user_loss_weights", None):
        result.lost.append("the loss_weights, which tf.js has not")
    if getattr(model._compile_metrics, "_user_weighted_metrics", None):
        result.lost.append("the weighted_metrics, which tf.js has not")
    if any(getattr(tensor, "_keras_mask", None) is not None for tensor in model.outputs):
        result.lost.append("the mask, which leaves steps out of the loss and the metrics in Keras")
    result.config = {
        "optimizer_config": described.config(model.optimizer),
        "loss": found[0] if len(found) == 1 else found,
        "metrics": kept,
    }
    if isinstance(model.optimizer._learning_rate, optimizers.schedules.LearningRateSchedule):
        result.lost.append("the schedule of the learning rate, which stays as it is now")
    constrained = [v.path for v in model.trainable_variables if v.constraint is not None]
    if constrained and getattr(model.train_step, "asks_for_constraints", True):
        result.lost.append(
            f"the constraints of {', '.join(constrained)}, which tf.js asks for where weights are "
            "set, and not in training"
        )
    if described.state is not None and model.optimizer.built:
        _add_state(result, model, described.state, trainable)
    elif described.state is None and model.optimizer.built and int(model.optimizer.iterations):
        result.lost.append(f"the state of {name}, which tf.js begins anew")
    return result


def _add_state(
    result: Training, model: Any, state: Callable[[Any], Sequence[Any]], trainable: Any
) -> None:
    """Add the optimizer's weights, if tf.js will train each value of a weight, wherever it is."""
    variables = model.trainable_variables
    slots = state(model.optimizer)
    same = len(variables) == len(trainable) and all(
        np.array_equal(np.asarray(variable), values, equal_nan=True)
        for variable, values in zip(variables, trainable.values(), strict=True)
    )
    places = None if same else _places(model)
    if not (same or places) or any(len(slot) != len(variables) for slot in slots):
        result.lost.append("the optimizer's state, for weights that stand otherwise in tf.js")
        return
    result.state["iter"] = np.array(int(model.optimizer.iterations), np.int32)
    for number, slot in enumerate(slots):
        arrays = [np.asarray(values, np.float32) for values in slot]
        if places is not None:
            flat = np.concatenate([array.reshape(-1) for array in arrays])
            arrays = [flat[places[name]] for name in trainable]
        for name, values in zip(trainable, arrays, strict=True):
            result.state[f"{name}/{number}"] = values


def _places(model: Any) -> dict[str, np.ndarray] | None:
    """Where tf.js's weights have their values from.

    Returns:
      For each weight that tf.js trains the places of its values in those of Keras's, one variable
      behind the other; None if these do not come once each.
    """
    variables = model.trainable_variables
    ends = np.cumsum([math.prod(variable.shape) for variable in variables])
    if ends[-1] > _EXACT:
        return None
    # Written with numbers in place of their values, each is found where its number is.
    numbers = np.split(np.arange(ends[-1], dtype=np.float32), ends[:-1])
    instead = {
        id(variable): array.reshape(variable.shape)
        for variable, array in zip(variables, numbers, strict=True)
    }
    try:
        with with_values(instead):
            written = topology(model)
    except ConversionError:  # as the numbers do not meet a constraint
        return None
    found = {name: written.weights[name].astype(np.int64) for name in written.trainable}
    flat = np.concatenate([array.reshape(-1) for array in found.values()])
    once = len(flat) == ends[-1] and np.array_equal(np.sort(flat), np.arange(ends[-1]))
    return found if once else None


#: Below this every whole number is a float32.
_EXACT = 2**24


@dataclass(frozen=True)
class _Optimizer:
    """An optimizer of tf.js's: what makes its configuration of a Keras optimizer, and its weights.

    `state` gives lists, a value for each trained weight; None where tf.js takes none.
    """

    config: Callable[[Any], dict[str, Any]]
    state: Callable[[Any], Sequence[Any]] | None


def _config(class_name: str, **options: str) -> Callable[[Any], dict[str, Any]]:
    """tf.js's option to Keras's attribute; the learning rate they all have."""

    def make(optimizer: Any) -> dict[str, Any]:
        config = {name: float(getattr(optimizer, attribute)) for name, attribute in options.items()}
        rate = float(optimizer.learning_rate)
        return {"class_name": class_name, "config": {"learning_rate": rate, **config}}

    return make


def _sgd_config(optimizer: Any) -> dict[str, Any]:
    return _momentum_config(optimizer) if optimizer.momentum else _config("SGD")(optimizer)


def _momentum_config(optimizer: Any) -> dict[str, Any]:
    config = _config("Momentum", momentum="momentum")(optimizer)
    config["config"]["use_nesterov"] = bool(optimizer.nesterov)
    return config


def _sgd_state(optimizer: Any) -> Sequence[Any]:
    if not optimizer.momentum:
        return []
    # tf.js: the sum of gradients; Keras's has the learning rate in it already.
    rate = float(optimizer.learning_rate)
    return [[-np.asarray(m) / rate for m in optimizer.momentums]]


def _rmsprop_config(optimizer: Any) -> dict[str, Any]:
    config = _config("RMSProp", decay="rho", momentum="momentum", epsilon="epsilon")(optimizer)
    config["config"]["centered"] = bool(optimizer.centered)
    return config


def _rmsprop_state(optimizer: Any) -> Sequence[Any]:
    squares = [np.asarray(v) for v in optimizer._velocities]
    moments = optimizer._momentums if optimizer.momentum else [0 * v for v in squares]
    averages = [optimizer._average_gradients] if optimizer.centered else []
    return [squares, moments, *averages]


_OPTIMIZERS: dict[type, _Optimizer] = {
    optimizers.SGD: _Optimizer(_sgd_config, _sgd_state),
    optimizers.RMSprop: _Optimizer(_rmsprop_config, _rmsprop_state),
    optimizers.Adam: _Optimizer(
        _config("Adam", beta1="beta_1", beta2="beta_2", epsilon="epsilon"),
        lambda optimizer: [optimizer._momentums, optimizer._velocities],
    ),
    optimizers.Adagrad: _Optimizer(
        _config("Adagrad", initial_accumulator_value="initial_accumulator_value"),
        lambda optimizer: [optimizer._accumulators],
    ),
    optimizers.Adamax: _Optimizer(
        _config("Adamax", beta1="beta_1", beta2="beta_2", epsilon="epsilon"), None
    ),
}
# Those with tf.js's formulas, which the mirror trains with.
_OPTIMIZERS |= {
    keras_optimizers.Momentum: _Optimizer(_momentum_config, lambda o: [o.momentums]),
    keras_optimizers.RMSprop: _OPTIMIZERS[optimizers.RMSprop],
    keras_optimizers.Adam: _OPTIMIZERS[optimizers.Adam],
    keras_optimizers.Adagrad: _OPTIMIZERS[optimizers.Adagrad],
    keras_optimizers.Adadelta: _Optimizer(
        _config("Adadelta", rho="rho", epsilon="epsilon"),
        lambda o: [o._accumulated_grads, o._accumulated_delta_vars],
    ),
    keras_optimizers.Adamax: _Optimizer(
        _config("Adamax", beta1="beta_1", beta2="beta_2", epsilon="epsilon", decay="decay"), None
    ),
}


def _per_output(loss: Any, model: Any) -> list[Any]:
    if isinstance(loss, dict):
        names = getattr(model, "output_names", [])
        return [loss.get(name) for name in names]
    if isinstance(loss, (list, tuple)):
        return list(loss)
    return [loss] * len(model.outputs)


def _loss_name(loss: Any) -> str | None:
    if isinstance(loss, str):
        try:
            loss = losses.get(loss)
        except ValueError:
            return None
    return _name(loss, LOSSES)


def _compiled_metrics(model: Any) -> list[Any]:
    compiled = model._compile_metrics
    given = None if compiled is None else compiled._user_metrics
    if isinstance(given, dict):
        return list(given.values())
    return keras.tree.flatten(given) if given else []


def _metric_name(metric: Any, loss: str | None, model: Any) -> str | None:
    if metric in ("accuracy", "acc"):
        # With this loss tf.js counts each of several outputs, Keras the largest one.
        several = loss == "binaryCrossentropy" and model.outputs[0].shape[-1] != 1
        return "categoricalAccuracy" if several else "acc"
    if metric in ("crossentropy", "ce"):
        return "ce"
    if type(metric) is metrics.MeanMetricWrapper:
        if metric.name in ("acc", "ce"):
            return str(metric.name)
        metric = metric._fn
    if isinstance(metric, str):
        try:
            metric = metrics.get(metric)
        except ValueError:
            return None
    cls, function = _SPARSE_ACCURACY
    if metric is function or metric is cls or type(metric) is cls:
        return "acc" if loss == "sparseCategoricalCrossentropy" else None
    return _name(metric, METRICS)


def _name(thing: Any, table: dict[str, tuple[Any, Any]]) -> str | None:
    if isinstance(marked := getattr(thing, "tfjs_name", None), str):
        return marked  # of the mirror, whose formula is tf.js's
    if isinstance(thing, losses.Loss) and thing.reduction in ("sum", "none", None):
        return None
    options = getattr(thing, "_fn_kwargs", {})
    if any(_DEFAULTS.get(option, value) != value for option, value in options.items()):
        return None
    for name, (cls, function) in table.items():
        if thing is function or thing is cls or type(thing) is cls:
            return name
    return None


def compile_as(model: Any, config: Any) -> None:
    """Compile a model as the `trainingConfig` of a model.json says, if Keras has the same.

    A model that cannot be trained alike is left uncompiled: it predicts all the same.
    """
    if not isinstance(config, dict):
        return
    described = config.get("optimizer_config")
    found = config.get("loss")
    names: list[Any] = found if isinstance(found, list) else [found]
    kept = config.get("metrics") or []
    optimizer = _read_optimizer(described) if isinstance(described, dict) else None
    if (
        optimizer is None
        or not isinstance(kept, list)
        or len(names) != len(model.outputs)
        or not all(isinstance(name, str) and _camel(name) in LOSSES for name in names)
    ):
        return
    made = [LOSSES[_camel(name)][0]() for name in names]
    model.compile(
        optimizer,
        loss=made[0] if len(made) == 1 else made,
        metrics=[m for m in map(_read_metric, kept) if m] if len(made) == 1 else None,
    )


#: tf.js's options of an optimizer, in camelCase, to Keras's.
_READ: dict[str, tuple[Any, dict[str, str]]] = {
    "SGD": (optimizers.SGD, {}),
    "Momentum": (optimizers.SGD, {"momentum": "momentum", "useNesterov": "nesterov"}),
    "RMSProp": (
        optimizers.RMSprop,
        {"decay": "rho", "momentum": "momentum", "epsilon": "epsilon", "centered": "centered"},
    ),
    "Adam": (optimizers.Adam, {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
    "Adagrad": (
        optimizers.Adagrad,
        {"initialAccumulatorValue": "initial_accumulator_value"},
    ),
    "Adamax": (optimizers.Adamax, {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
}


def _read_optimizer(entry: dict[str, Any]) -> Any:
    cls, options = _READ.get(str(entry.get("class_name")), (None, {}))
    given = entry.get("config")
    if cls is None or not isinstance(given, dict):
        return None
    given = {_camel(name): value for name, value in given.items() if value is not None}
    numbers = {**options, "learningRate": "learning_rate"}
    arguments = {numbers[name]: value for name, value in given.items() if name in numbers}
    if not all(isinstance(value, (int, float)) for value in arguments.values()):
        return None
    try:
        return cls(**arguments)
    except ValueError:  # a momentum of 5
        return None


def _read_metric(name: Any) -> Any:
    if not isinstance(name, str):
        return None
    name = {"accuracy": "acc", "crossentropy": "ce", "MSE": "mse", "MAE": "mae"}.get(name, name)
    if name in ("acc", "ce"):
        return {"acc": "accuracy", "ce": "crossentropy"}[name]
    cls = METRICS.get(_camel(name), (None, None))[0]
    return None if cls is None else cls(name=name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
