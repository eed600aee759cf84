"""Trainings that come out alike in tf.js and here: what is trained, and on what.

A case is data alone, in tf.js's own words, so that the same is built in Python and in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import tfjsbridge as tf

Layers = tuple[tuple[str, dict[str, Any]], ...]

#: Examples of each training, and of a batch.
EXAMPLES, BATCH = 20, 8


@dataclass(frozen=True)
class Case:
    """A training.

    Attributes:
      name: what is new in it.
      layers: the functions of tf.layers with their options, from the first one to the last.
      data: the name of a function of `DATA`.
      optimizer: a name for `compile`, or a function of tf.train with its arguments.
      loss: a name for `compile`.
      metrics: names for `compile`.
      fit: further options of `fit`.
    """

    name: str
    layers: Layers
    data: str = "numbers"
    optimizer: str | tuple[Any, ...] = ("sgd", 0.05)
    loss: str = "meanSquaredError"
    metrics: tuple[str, ...] = ()
    fit: dict[str, Any] = field(default_factory=dict)


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _normal(*shape: int, seed: int = 0) -> np.ndarray:
    return _rng(seed).normal(size=(EXAMPLES, *shape)).astype(np.float32)


def _classes(count: int) -> np.ndarray:
    return np.eye(count, dtype=np.float32)[_rng(2).integers(0, count, EXAMPLES)]


DATA = {
    "numbers": lambda: (_normal(4), 0.5 * _normal(1, seed=1)),
    "positive": lambda: (_normal(4), 0.5 + np.abs(_normal(1, seed=1))),
    "vectors": lambda: (_normal(4), _normal(3, seed=1)),
    "yes or no": lambda: (_normal(4), (_normal(1, seed=1) > 0).astype(np.float32)),
    "signs": lambda: (_normal(4), np.sign(_normal(1, seed=1))),
    "classes": lambda: (_normal(4), _classes(3)),
    "class numbers": lambda: (_normal(4), _classes(3).argmax(1)[:, None].astype(np.float32)),
    "series": lambda: (_normal(6, 3), 0.5 * _normal(1, seed=1)),
    "images": lambda: (_normal(6, 6, 2), 0.5 * _normal(1, seed=1)),
    "volumes": lambda: (_normal(4, 4, 4, 2), 0.5 * _normal(1, seed=1)),
    "films": lambda: (_normal(3, 5, 5, 2), 0.5 * _normal(1, seed=1)),
    "words": lambda: (
        _rng(0).integers(0, 7, (EXAMPLES, 5)).astype(np.float32),
        0.5 * _normal(1, seed=1),
    ),
}

#: The shape of an example of each.
SHAPES = {name: list(make()[0].shape[1:]) for name, make in DATA.items()}


def _dense(units: int, activation: str | None = None, **options: Any) -> tuple[str, dict[str, Any]]:
    return "dense", {
        "units": units,
        **({"activation": activation} if activation else {}),
        **options,
    }


def _mlp(units: int = 1, activation: str | None = None) -> Layers:
    return (_dense(5, "tanh", inputShape=[4]), _dense(units, activation))


OPTIMIZERS: tuple[tuple[Any, ...], ...] = (
    ("sgd", 0.05),
    ("momentum", 0.02, 0.9),
    ("rmsprop", 0.01),
    ("adam", 0.01),
    ("adagrad", 0.05),
    ("adadelta", 0.5),
    ("adamax", 0.01),
)

#: With further options: these are trained with fewer losses.
VARIANTS: tuple[tuple[Any, ...], ...] = (
    ("momentum", 0.02, 0.7, True),
    ("rmsprop", 0.01, 0.8, 0.5),
    ("rmsprop", 0.01, 0.9, 0.0, 1e-9, True),
    ("adam", 0.01, 0.8, 0.99),
)
FEW_LOSSES = ("meanSquaredError", "categoricalCrossentropy", "binaryCrossentropy", "logcosh")

#: Each loss with an output and targets that make sense with it.
LOSSES = (
    ("meanSquaredError", "numbers", 1, None),
    ("meanAbsoluteError", "numbers", 1, None),
    ("meanAbsolutePercentageError", "positive", 1, "softplus"),
    ("meanSquaredLogarithmicError", "positive", 1, "softplus"),
    ("squaredHinge", "signs", 1, "tanh"),
    ("hinge", "signs", 1, "tanh"),
    ("categoricalHinge", "classes", 3, None),
    ("logcosh", "numbers", 1, None),
    ("categoricalCrossentropy", "classes", 3, "softmax"),
    ("sparseCategoricalCrossentropy", "class numbers", 3, "softmax"),
    ("binaryCrossentropy", "yes or no", 1, "sigmoid"),
    ("kullbackLeiblerDivergence", "classes", 3, "softmax"),
    ("poisson", "positive", 1, "softplus"),
    ("cosineProximity", "vectors", 3, None),
)


def _said(optimizer: str | tuple[Any, ...]) -> str:
    return optimizer if isinstance(optimizer, str) else f"{optimizer[0]}{optimizer[1:]}"


def _optimizers_and_losses() -> Iterator[Case]:
    for optimizer in (*OPTIMIZERS, *VARIANTS):
        for loss, data, units, activation in LOSSES:
            if optimizer in VARIANTS and loss not in FEW_LOSSES:
                continue
            name = f"{_said(optimizer)}, {loss}"
            used = optimizer
            if loss == "meanAbsolutePercentageError" and optimizer[0] in ("sgd", "momentum"):
                # Its gradients are a hundred times as large.
                used = (optimizer[0], optimizer[1] / 100, *optimizer[2:])
            yield Case(name, _mlp(units, activation), data, used, loss)
    # "adadelta" has a learning rate of 1 and grows without end, where nothing is alike for long.
    for name in ("sgd", "adam", "rmsprop", "adagrad", "adamax"):
        yield Case(f"{name!r}", _mlp(), optimizer=name)


def _embeddings() -> Iterator[Case]:
    """Of an embedding TensorFlow's gradients are of the rows that were read."""
    for optimizer in OPTIMIZERS:
        embedding = ("embedding", {"inputDim": 9, "outputDim": 3, "inputLength": 5})
        name = f"{_said(optimizer)}, embedding"
        yield Case(name, (embedding, ("flatten", {}), _dense(1)), "words", optimizer)


METRICS = (
    ("vectors", 3, None, "meanSquaredError", ("mse", "mae", "mape", "cosine")),
    ("yes or no", 1, "sigmoid", "binaryCrossentropy", ("accuracy", "precision")),
    ("yes or no", 1, "sigmoid", "binaryCrossentropy", ("binaryAccuracy", "mae")),
    ("classes", 3, "softmax", "categoricalCrossentropy", ("acc", "categoricalCrossentropy")),
    (
        "class numbers",
        3,
        "softmax",
        "sparseCategoricalCrossentropy",
        ("accuracy", "sparseCategoricalCrossentropy"),
    ),
    ("classes", 3, "softmax", "categoricalCrossentropy", ("categoricalAccuracy", "MSE")),
)


def _metrics_and_validation() -> Iterator[Case]:
    for data, units, activation, loss, metrics in METRICS:
        case = Case(f"metrics {', '.join(metrics)}", _mlp(units, activation), data, loss=loss)
        case = replace(case, metrics=metrics)
        yield case
        yield replace(case, name=f"{case.name}, validated", fit={"validationSplit": 0.3})
    yield Case("all examples in a batch", _mlp(), fit={"batchSize": EXAMPLES})
    yield Case("an example in a batch", _mlp(), fit={"batchSize": 1})
    weighted = {"classWeight": {0: 1, 1: 3}}
    yield Case(
        "class weights", _mlp(1, "sigmoid"), "yes or no", loss="binaryCrossentropy", fit=weighted
    )
    weighted = {"classWeight": {0: 1, 1: 3, 2: 0.5}}
    yield Case(
        "class weights of three",
        _mlp(3, "softmax"),
        "classes",
        loss="categoricalCrossentropy",
        fit=weighted,
    )


ACTIVATIONS = (
    *("elu", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus", "softsign", "tanh"),
    *("hardSigmoid", "linear", "swish", "mish", "gelu", "gelu_new"),
)

INITIALIZERS = ("zeros", "ones", "glorotUniform")


def _options_of_dense() -> Iterator[Case]:
    for activation in ACTIVATIONS:
        layers = (_dense(5, activation, inputShape=[4]), _dense(1))
        yield Case(f"dense, {activation}", layers)
    penalties = (
        {"kernelRegularizer": "l1l2"},
        {"biasRegularizer": "l1l2"},
        {"kernelRegularizer": "l1l2", "biasRegularizer": "l1l2"},
    )
    for penalty in penalties:
        for name, options, data in (
            ("dense", {"units": 3, "activation": "tanh"}, "numbers"),
            ("conv2d", {"filters": 2, "kernelSize": 2}, "images"),
            ("simpleRNN", {"units": 3}, "series"),
        ):
            yield _before_dense(f"{name}, {', '.join(penalty)}", name, {**options, **penalty}, data)
    for constraint in ("maxNorm", "minMaxNorm", "nonNeg", "unitNorm"):
        kept = {"kernelConstraint": constraint, "units": 3}
        yield _before_dense(f"dense, kernelConstraint {constraint}", "dense", kept, "numbers")
    yield _before_dense("dense without bias", "dense", {"units": 3, "useBias": False}, "numbers")
    frozen = (_dense(5, "tanh", inputShape=[4], trainable=False), _dense(1))
    yield Case("a layer that is not trained", frozen)


#: What stands between the input and a dense layer: a function, its options, the data.
FAMILIES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("activation", {"activation": "tanh"}, "numbers"),
    ("elu", {}, "numbers"),
    ("leakyReLU", {"alpha": 0.2}, "numbers"),
    ("prelu", {}, "numbers"),
    ("prelu", {"sharedAxes": [1, 2]}, "images"),
    ("reLU", {}, "numbers"),
    ("reLU", {"maxValue": 1}, "numbers"),
    ("softmax", {}, "numbers"),
    ("thresholdedReLU", {"theta": 0.3}, "numbers"),
    ("flatten", {}, "images"),
    ("reshape", {"targetShape": [9, 2]}, "series"),
    ("permute", {"dims": [2, 1]}, "series"),
    ("repeatVector", {"n": 3}, "numbers"),
    ("embedding", {"inputDim": 7, "outputDim": 3}, "words"),
    ("embedding", {"inputDim": 7, "outputDim": 3, "embeddingsRegularizer": "l1l2"}, "words"),
    ("batchNormalization", {}, "numbers"),
    ("batchNormalization", {"momentum": 0.8}, "series"),
    ("batchNormalization", {"trainable": False}, "numbers"),
    ("layerNormalization", {}, "numbers"),
    ("layerNormalization", {}, "series"),
    ("conv1d", {"filters": 3, "kernelSize": 2}, "series"),
    ("conv1d", {"filters": 3, "kernelSize": 3, "padding": "same", "activation": "tanh"}, "series"),
    ("conv1d", {"filters": 3, "kernelSize": 2, "strides": 2, "useBias": False}, "series"),
    ("conv2d", {"filters": 3, "kernelSize": 3}, "images"),
    ("conv2d", {"filters": 3, "kernelSize": [2, 3], "padding": "same", "strides": 2}, "images"),
    ("conv2d", {"filters": 3, "kernelSize": 2, "activation": "sigmoid"}, "images"),
    ("conv2dTranspose", {"filters": 2, "kernelSize": 3}, "images"),
    ("conv2dTranspose", {"filters": 2, "kernelSize": 2, "strides": 2, "padding": "same"}, "images"),
    ("depthwiseConv2d", {"kernelSize": 3}, "images"),
    ("depthwiseConv2d", {"kernelSize": 2, "depthMultiplier": 2, "activation": "tanh"}, "images"),
    ("separableConv2d", {"filters": 3, "kernelSize": 3}, "images"),
    ("conv3d", {"filters": 2, "kernelSize": 2}, "volumes"),
    ("conv3d", {"filters": 2, "kernelSize": 2, "padding": "same", "strides": 2}, "volumes"),
    ("cropping2D", {"cropping": [[1, 1], [0, 2]]}, "images"),
    ("zeroPadding2d", {"padding": [1, 2]}, "images"),
    ("upSampling2d", {"size": [2, 2]}, "images"),
    ("averagePooling1d", {"poolSize": 2}, "series"),
    ("averagePooling2d", {"poolSize": 2}, "images"),
    ("averagePooling2d", {"poolSize": 3, "strides": 2, "padding": "same"}, "images"),
    ("averagePooling3d", {"poolSize": 2}, "volumes"),
    ("maxPooling1d", {"poolSize": 2}, "series"),
    ("maxPooling2d", {"poolSize": 2}, "images"),
    ("maxPooling3d", {"poolSize": 2}, "volumes"),
    ("globalAveragePooling1d", {}, "series"),
    ("globalAveragePooling2d", {}, "images"),
    ("globalMaxPooling1d", {}, "series"),
    ("globalMaxPooling2d", {}, "images"),
    ("simpleRNN", {"units": 4}, "series"),
    ("simpleRNN", {"units": 4, "returnSequences": True, "goBackwards": True}, "series"),
    ("gru", {"units": 4}, "series"),
    ("gru", {"units": 4, "returnSequences": True, "recurrentActivation": "sigmoid"}, "series"),
    ("lstm", {"units": 4}, "series"),
    ("lstm", {"units": 4, "unitForgetBias": True, "activation": "softsign"}, "series"),
    ("lstm", {"units": 4, "recurrentRegularizer": "l1l2", "useBias": False}, "series"),
    ("convLstm2d", {"filters": 2, "kernelSize": 2}, "films"),
)


#: tf.js has no gradient, or a wrong one, of what goes into these; nor of averages over padding.
NO_GRADIENT = {
    "thresholdedReLU": "there is none: it is computed by a comparison",
    "upSampling2d": "the cpu backend's is wrong for several images",
}


def _before_dense(name: str, layer: str, options: dict[str, Any], data: str) -> Case:
    first = (layer, {**options, "inputShape": SHAPES[data]})
    return Case(name, _flattened(first), data, ("sgd", 0.01))


def _flattened(*layers: tuple[str, dict[str, Any]]) -> Layers:
    """The layers and a dense one, with a layer that flattens between them where that is needed."""
    rank = len(tf.sequential(layers=[getattr(tf.layers, n)(o) for n, o in layers]).outputs[0].shape)
    return (*layers, *([("flatten", {})] if rank > 2 else []), _dense(1))


def _families() -> Iterator[Case]:
    for layer, options, data in FAMILIES:
        said = ", ".join(f"{key}: {value}" for key, value in options.items())
        name = f"{layer}{{{said}}} of {data}"
        learned = _before_dense(name, layer, options, data)
        # Behind a convolution or a dense layer, so that gradients go through it.
        yield learned
        differentiable = layer not in NO_GRADIENT and options.get("padding") != "same"
        if not _is_learned(layer) and data in ("numbers", "images") and differentiable:
            front = _dense(4) if data == "numbers" else ("conv2d", {"filters": 2, "kernelSize": 1})
            front = (front[0], {**front[1], "inputShape": SHAPES[data]})
            behind = _flattened(front, (layer, options))
            yield replace(learned, name=f"{name} behind {front[0]}", layers=behind)


def _is_learned(layer: str) -> bool:
    return layer in ("dense", "embedding", "prelu") or any(
        part in layer for part in ("onv", "RNN", "gru", "lstm", "Normalization")
    )


CASES = [
    *_optimizers_and_losses(),
    *_embeddings(),
    *_metrics_and_validation(),
    *_options_of_dense(),
    *_families(),
]
