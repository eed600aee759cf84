"""iris: which of three species a flower is, by two dense layers."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers


def trainModel(xTrain: Any, yTrain: Any, xTest: Any, yTest: Any) -> dict[str, Any]:
    model = tf.sequential()
    model.add(
        tf.layers.dense({"units": 10, "activation": "sigmoid", "inputShape": [xTrain.shape[1]]})
    )
    model.add(tf.layers.dense({"units": 3, "activation": "softmax"}))
    knownWeights(model)

    optimizer = tf.train.adam(0.01)
    model.compile(
        {"optimizer": optimizer, "loss": "categoricalCrossentropy", "metrics": ["accuracy"]}
    )
    trainLogs = []
    history = model.fit(
        xTrain,
        yTrain,
        {
            "epochs": 8,
            "validationData": [xTest, yTest],
            "shuffle": False,
            "verbose": 0,
            "callbacks": {"onEpochEnd": lambda epoch, logs: trainLogs.append(logs["val_acc"])},
        },
    )
    return {
        "summary": lines(model),
        "history": history.history,
        "trainLogs": trainLogs,
        "evaluated": numbers(model.evaluate(xTest, yTest)),
        "winners": model.predict(xTest).argMax(-1).arraySync(),
    }


JAVASCRIPT = """
    const {xTrain, yTrain, xTest, yTest} = args;
    const model = tf.sequential();
    model.add(tf.layers.dense(
        {units: 10, activation: 'sigmoid', inputShape: [xTrain.shape[1]]}));
    model.add(tf.layers.dense({units: 3, activation: 'softmax'}));
    knownWeights(model);

    const optimizer = tf.train.adam(0.01);
    model.compile(
        {optimizer: optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    const trainLogs = [];
    const history = await model.fit(xTrain, yTrain, {
        epochs: 8,
        validationData: [xTest, yTest],
        shuffle: false,
        verbose: 0,
        callbacks: {onEpochEnd: (epoch, logs) => trainLogs.push(logs.val_acc)},
    });
    return {
        summary: lines(model),
        history: history.history,
        trainLogs,
        evaluated: numbers(model.evaluate(xTest, yTest)),
        winners: model.predict(xTest).argMax(-1).arraySync(),
    };
"""


def flowers() -> dict[str, Any]:
    """150 flowers of three kinds around a place each, [flowers, 4], and the kinds one-hot."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 3, 150)
    x = rng.normal(0, 0.5, (150, 4)) + rng.uniform(0, 6, (3, 4))[kinds]
    x, y = x.astype(np.float32), np.eye(3, dtype=np.float32)[kinds]
    return {"xTrain": x[:120], "yTrain": y[:120], "xTest": x[120:], "yTest": y[120:]}


PROGRAMS = [Program("iris", trainModel, JAVASCRIPT, flowers)]
