"""boston-housing: the price of a house, by a line and by one or two hidden layers."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers


def linearRegressionModel(numFeatures: int) -> Any:
    model = tf.sequential()
    model.add(tf.layers.dense({"inputShape": [numFeatures], "units": 1}))
    return model


def multiLayerPerceptronRegressionModel1Hidden(numFeatures: int) -> Any:
    model = tf.sequential()
    model.add(
        tf.layers.dense(
            {
                "inputShape": [numFeatures],
                "units": 50,
                "activation": "sigmoid",
                "kernelInitializer": "leCunNormal",
            }
        )
    )
    model.add(tf.layers.dense({"units": 1}))
    return model


def multiLayerPerceptronRegressionModel2Hidden(numFeatures: int) -> Any:
    model = tf.sequential()
    model.add(
        tf.layers.dense(
            {
                "inputShape": [numFeatures],
                "units": 50,
                "activation": "sigmoid",
                "kernelInitializer": "leCunNormal",
            }
        )
    )
    model.add(
        tf.layers.dense({"units": 50, "activation": "sigmoid", "kernelInitializer": "leCunNormal"})
    )
    model.add(tf.layers.dense({"units": 1}))
    return model


MODELS = {
    "linear": linearRegressionModel,
    "oneHidden": multiLayerPerceptronRegressionModel1Hidden,
    "twoHidden": multiLayerPerceptronRegressionModel2Hidden,
}


def normalized(rawFeatures: Any, dataMean: Any, dataStd: Any) -> Any:
    return rawFeatures.sub(dataMean).div(dataStd)


def run(which: str, rawTrain: Any, trainTarget: Any, rawTest: Any, testTarget: Any) -> Any:
    dataMean = rawTrain.mean(0)
    diffFromMean = rawTrain.sub(dataMean)
    dataStd = diffFromMean.square().mean(0).sqrt()
    trainFeatures = normalized(rawTrain, dataMean, dataStd)
    testFeatures = normalized(rawTest, dataMean, dataStd)

    model = MODELS[which](rawTrain.shape[1])
    knownWeights(model)
    model.compile({"optimizer": tf.train.sgd(0.01), "loss": "meanSquaredError"})
    history = model.fit(
        trainFeatures,
        trainTarget,
        {"batchSize": 40, "epochs": 10, "validationSplit": 0.2, "shuffle": False, "verbose": 0},
    )
    avgPrice = trainTarget.mean()
    return {
        "summary": lines(model),
        "baseline": testTarget.sub(avgPrice).square().mean().dataSync()[0],
        "history": history.history,
        "evaluated": model.evaluate(testFeatures, testTarget, {"batchSize": 40}).dataSync()[0],
        "weights": model.layers[0].getWeights()[0].arraySync(),
        "first": numbers(model.predict(testFeatures).slice([0, 0], [1, 1])),
    }


JAVASCRIPT = """
    const linear = numFeatures => {
        const model = tf.sequential();
        model.add(tf.layers.dense({inputShape: [numFeatures], units: 1}));
        return model;
    };
    const oneHidden = numFeatures => {
        const model = tf.sequential();
        model.add(tf.layers.dense({
            inputShape: [numFeatures], units: 50, activation: 'sigmoid',
            kernelInitializer: 'leCunNormal'
        }));
        model.add(tf.layers.dense({units: 1}));
        return model;
    };
    const twoHidden = numFeatures => {
        const model = tf.sequential();
        model.add(tf.layers.dense({
            inputShape: [numFeatures], units: 50, activation: 'sigmoid',
            kernelInitializer: 'leCunNormal'
        }));
        model.add(tf.layers.dense(
            {units: 50, activation: 'sigmoid', kernelInitializer: 'leCunNormal'}));
        model.add(tf.layers.dense({units: 1}));
        return model;
    };
    const normalized = (raw, dataMean, dataStd) => raw.sub(dataMean).div(dataStd);

    const {which, rawTrain, trainTarget, rawTest, testTarget} = args;
    const dataMean = rawTrain.mean(0);
    const diffFromMean = rawTrain.sub(dataMean);
    const dataStd = diffFromMean.square().mean(0).sqrt();
    const trainFeatures = normalized(rawTrain, dataMean, dataStd);
    const testFeatures = normalized(rawTest, dataMean, dataStd);

    const model = ({linear, oneHidden, twoHidden})[which](rawTrain.shape[1]);
    knownWeights(model);
    model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
    const history = await model.fit(trainFeatures, trainTarget,
        {batchSize: 40, epochs: 10, validationSplit: 0.2, shuffle: false, verbose: 0});
    const avgPrice = trainTarget.mean();
    return {
        summary: lines(model),
        baseline: testTarget.sub(avgPrice).square().mean().dataSync()[0],
        history: history.history,
        evaluated: model.evaluate(testFeatures, testTarget, {batchSize: 40}).dataSync()[0],
        weights: model.layers[0].getWeights()[0].arraySync(),
        first: numbers(model.predict(testFeatures).slice([0, 0], [1, 1])),
    };
"""


def houses(which: str) -> dict[str, Any]:
    """Twelve features of different sizes, [houses, 12], and prices, [houses, 1]."""
    rng = np.random.default_rng(1)
    x = rng.normal(rng.uniform(0, 50, 12), rng.uniform(0.5, 20, 12), (160, 12))
    standard = (x - x.mean(0)) / x.std(0)
    y = 22 + standard @ rng.normal(0, 2, (12, 1)) + rng.normal(0, 1, (160, 1))
    x, y = x.astype(np.float32), y.astype(np.float32)
    return {
        "which": which,
        "rawTrain": x[:120],
        "trainTarget": y[:120],
        "rawTest": x[120:],
        "testTarget": y[120:],
    }


PROGRAMS = [
    Program(f"boston-housing {which}", run, JAVASCRIPT, functools.partial(houses, which))
    for which in MODELS
]
