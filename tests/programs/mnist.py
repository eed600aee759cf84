"""mnist: digits on images, by a convnet or by dense layers."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers

IMAGE_H = 28
IMAGE_W = 28


def createConvModel() -> Any:
    model = tf.sequential()
    model.add(
        tf.layers.conv2d(
            {
                "inputShape": [IMAGE_H, IMAGE_W, 1],
                "kernelSize": 3,
                "filters": 16,
                "activation": "relu",
            }
        )
    )
    model.add(tf.layers.maxPooling2d({"poolSize": 2, "strides": 2}))
    model.add(tf.layers.conv2d({"kernelSize": 3, "filters": 32, "activation": "relu"}))
    model.add(tf.layers.maxPooling2d({"poolSize": 2, "strides": 2}))
    model.add(tf.layers.conv2d({"kernelSize": 3, "filters": 32, "activation": "relu"}))
    model.add(tf.layers.flatten({}))
    model.add(tf.layers.dense({"units": 64, "activation": "relu"}))
    model.add(tf.layers.dense({"units": 10, "activation": "softmax"}))
    return model


def createDenseModel() -> Any:
    model = tf.sequential()
    model.add(tf.layers.flatten({"inputShape": [IMAGE_H, IMAGE_W, 1]}))
    model.add(tf.layers.dense({"units": 42, "activation": "relu"}))
    model.add(tf.layers.dense({"units": 10, "activation": "softmax"}))
    return model


def train(which: str, xs: Any, labels: Any, xTest: Any, yTest: Any) -> dict[str, Any]:
    model = createConvModel() if which == "ConvNet" else createDenseModel()
    knownWeights(model)
    optimizer = "rmsprop"
    model.compile(
        {"optimizer": optimizer, "loss": "categoricalCrossentropy", "metrics": ["accuracy"]}
    )
    batches: list[int] = []
    history = model.fit(
        xs,
        labels,
        {
            "batchSize": 8,
            "validationSplit": 0.25,
            "epochs": 2,
            "shuffle": False,
            "verbose": 0,
            "callbacks": {"onBatchEnd": lambda batch, logs: batches.append(logs["size"])},
        },
    )
    output = model.predict(xTest)
    return {
        "summary": lines(model),
        "history": history.history,
        "batches": batches,
        "evaluated": numbers(model.evaluate(xTest, yTest)),
        "predicted": output.arraySync(),
        "predictions": list(output.argMax(1).dataSync()),
        "labels": list(yTest.argMax(1).dataSync()),
    }


JAVASCRIPT = """
    const IMAGE_H = 28, IMAGE_W = 28;
    const createConvModel = () => {
        const model = tf.sequential();
        model.add(tf.layers.conv2d({
            inputShape: [IMAGE_H, IMAGE_W, 1], kernelSize: 3, filters: 16, activation: 'relu'
        }));
        model.add(tf.layers.maxPooling2d({poolSize: 2, strides: 2}));
        model.add(tf.layers.conv2d({kernelSize: 3, filters: 32, activation: 'relu'}));
        model.add(tf.layers.maxPooling2d({poolSize: 2, strides: 2}));
        model.add(tf.layers.conv2d({kernelSize: 3, filters: 32, activation: 'relu'}));
        model.add(tf.layers.flatten({}));
        model.add(tf.layers.dense({units: 64, activation: 'relu'}));
        model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
        return model;
    };
    const createDenseModel = () => {
        const model = tf.sequential();
        model.add(tf.layers.flatten({inputShape: [IMAGE_H, IMAGE_W, 1]}));
        model.add(tf.layers.dense({units: 42, activation: 'relu'}));
        model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
        return model;
    };

    const {which, xs, labels, xTest, yTest} = args;
    const model = which === 'ConvNet' ? createConvModel() : createDenseModel();
    knownWeights(model);
    const optimizer = 'rmsprop';
    model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    const batches = [];
    const history = await model.fit(xs, labels, {
        batchSize: 8,
        validationSplit: 0.25,
        epochs: 2,
        shuffle: false,
        verbose: 0,
        callbacks: {onBatchEnd: (batch, logs) => { batches.push(logs.size); }},
    });
    const output = model.predict(xTest);
    return {
        summary: lines(model),
        history: history.history,
        batches,
        evaluated: numbers(model.evaluate(xTest, yTest)),
        predicted: output.arraySync(),
        predictions: Array.from(output.argMax(1).dataSync()),
        labels: Array.from(yTest.argMax(1).dataSync()),
    };
"""


def images(which: str) -> dict[str, Any]:
    """Ten patterns with noise, [images, 28, 28, 1], and their numbers one-hot."""
    rng = np.random.default_rng(3)
    classes = rng.integers(0, 10, 16)
    x = 0.8 * (rng.uniform(size=(10, 28, 28, 1)) > 0.8)[classes]
    x = (x + rng.uniform(0, 0.2, x.shape)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[classes]
    return {"which": which, "xs": x[:12], "labels": y[:12], "xTest": x[12:], "yTest": y[12:]}


PROGRAMS = [
    Program("mnist ConvNet", train, JAVASCRIPT, functools.partial(images, "ConvNet"), slow=True),
    Program("mnist DenseNet", train, JAVASCRIPT, functools.partial(images, "DenseNet")),
]
