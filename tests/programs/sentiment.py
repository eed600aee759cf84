"""sentiment: whether a review is a good one, by seven kinds of models."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers


def buildModel(modelType: str, maxLen: int, vocabularySize: int, embeddingSize: int) -> Any:
    model = tf.sequential()
    if modelType == "multihot":
        model.add(
            tf.layers.dense({"units": 16, "activation": "relu", "inputShape": [vocabularySize]})
        )
        model.add(tf.layers.dense({"units": 16, "activation": "relu"}))
    else:
        model.add(
            tf.layers.embedding(
                {"inputDim": vocabularySize, "outputDim": embeddingSize, "inputLength": maxLen}
            )
        )
        if modelType == "flatten":
            model.add(tf.layers.flatten())
        elif modelType == "cnn":
            model.add(tf.layers.dropout({"rate": 0.5}))
            model.add(
                tf.layers.conv1d(
                    {
                        "filters": 25,
                        "kernelSize": 5,
                        "strides": 1,
                        "padding": "valid",
                        "activation": "relu",
                    }
                )
            )
            model.add(tf.layers.globalMaxPool1d({}))
            model.add(tf.layers.dense({"units": 25, "activation": "relu"}))
        elif modelType == "simpleRNN":
            model.add(tf.layers.simpleRNN({"units": 32}))
        elif modelType == "lstm":
            model.add(tf.layers.lstm({"units": 32}))
        elif modelType == "bidirectionalLSTM":
            model.add(
                tf.layers.bidirectional(
                    {"layer": tf.layers.lstm({"units": 32}), "mergeMode": "concat"}
                )
            )
        else:
            raise ValueError(f"Unsupported model type: {modelType}")
    model.add(tf.layers.dense({"units": 1, "activation": "sigmoid"}))
    return model


def run(modelType: str, words: int, xTrain: Any, yTrain: Any, xTest: Any, yTest: Any) -> Any:
    model = buildModel(modelType, xTrain.shape[1], words, 8)
    knownWeights(model)
    model.compile({"loss": "binaryCrossentropy", "optimizer": "adam", "metrics": ["acc"]})
    before = model.predict(xTest).arraySync()
    history = model.fit(
        xTrain,
        yTrain,
        {"epochs": 2, "batchSize": 16, "validationSplit": 0.2, "shuffle": False, "verbose": 0},
    )
    result = {"summary": lines(model), "before": before, "history": history.history}
    if modelType != "cnn":
        testLoss, testAcc = model.evaluate(xTest, yTest, {"batchSize": 16})
        result["evaluated"] = numbers([testLoss, testAcc])
        result["weights"] = [weight.arraySync() for weight in model.getWeights()]
    return result


JAVASCRIPT = """
    function buildModel(modelType, maxLen, vocabularySize, embeddingSize) {
        const model = tf.sequential();
        if (modelType === 'multihot') {
            model.add(tf.layers.dense(
                {units: 16, activation: 'relu', inputShape: [vocabularySize]}));
            model.add(tf.layers.dense({units: 16, activation: 'relu'}));
        } else {
            model.add(tf.layers.embedding(
                {inputDim: vocabularySize, outputDim: embeddingSize, inputLength: maxLen}));
            if (modelType === 'flatten') {
                model.add(tf.layers.flatten());
            } else if (modelType === 'cnn') {
                model.add(tf.layers.dropout({rate: 0.5}));
                model.add(tf.layers.conv1d({
                    filters: 25, kernelSize: 5, strides: 1, padding: 'valid', activation: 'relu'
                }));
                model.add(tf.layers.globalMaxPool1d({}));
                model.add(tf.layers.dense({units: 25, activation: 'relu'}));
            } else if (modelType === 'simpleRNN') {
                model.add(tf.layers.simpleRNN({units: 32}));
            } else if (modelType === 'lstm') {
                model.add(tf.layers.lstm({units: 32}));
            } else if (modelType === 'bidirectionalLSTM') {
                model.add(tf.layers.bidirectional(
                    {layer: tf.layers.lstm({units: 32}), mergeMode: 'concat'}));
            } else {
                throw new Error(`Unsupported model type: ${modelType}`);
            }
        }
        model.add(tf.layers.dense({units: 1, activation: 'sigmoid'}));
        return model;
    }

    const {modelType, words, xTrain, yTrain, xTest, yTest} = args;
    const model = buildModel(modelType, xTrain.shape[1], words, 8);
    knownWeights(model);
    model.compile({loss: 'binaryCrossentropy', optimizer: 'adam', metrics: ['acc']});
    const before = model.predict(xTest).arraySync();
    const history = await model.fit(xTrain, yTrain,
        {epochs: 2, batchSize: 16, validationSplit: 0.2, shuffle: false, verbose: 0});
    const result = {summary: lines(model), before, history: history.history};
    if (modelType !== 'cnn') {
        const [testLoss, testAcc] = model.evaluate(xTest, yTest, {batchSize: 16});
        result.evaluated = numbers([testLoss, testAcc]);
        result.weights = model.getWeights().map(weight => weight.arraySync());
    }
    return result;
"""


def reviews(modelType: str) -> dict[str, Any]:
    """Numbers of words, or which words there are, and whether bad words outnumber good ones."""
    rng = np.random.default_rng(7)
    words, length = 20, 12
    x = rng.integers(0, words, (60, length)).astype(np.int32)
    y = (x.mean(1, keepdims=True) > words / 2).astype(np.float32)
    if modelType == "multihot":
        x = np.eye(words, dtype=np.float32)[x].max(1)
    data = {"xTrain": x[:48], "yTrain": y[:48], "xTest": x[48:], "yTest": y[48:]}
    return {"modelType": modelType, "words": words, **data}


PROGRAMS = [
    Program(
        f"sentiment {modelType}",
        run,
        JAVASCRIPT,
        functools.partial(reviews, modelType),
        random=modelType == "cnn",
        slow=modelType in ("cnn", "simpleRNN", "lstm", "bidirectionalLSTM"),
    )
    for modelType in ("multihot", "flatten", "cnn", "simpleRNN", "lstm", "bidirectionalLSTM")
]
