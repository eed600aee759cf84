"""website-phishing: whether a site is a fraud, by three sigmoid layers, and its ROC curve."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers


def falsePositives(yTrue: Any, yPred: Any) -> Any:
    def count() -> Any:
        one, zero = tf.scalar(1), tf.scalar(0)
        return tf.logicalAnd(yTrue.equal(zero), yPred.equal(one)).sum().cast("float32")

    return tf.tidy(count)


def trueNegatives(yTrue: Any, yPred: Any) -> Any:
    def count() -> Any:
        zero = tf.scalar(0)
        return tf.logicalAnd(yTrue.equal(zero), yPred.equal(zero)).sum().cast("float32")

    return tf.tidy(count)


def falsePositiveRate(yTrue: Any, yPred: Any) -> Any:
    def rate() -> Any:
        fp = falsePositives(yTrue, yPred)
        tn = trueNegatives(yTrue, yPred)
        return fp.div(fp.add(tn))

    return tf.tidy(rate)


def binarize(y: Any, threshold: float = 0.5) -> Any:
    def step() -> Any:
        condition = y.greater(tf.scalar(threshold))
        return tf.where(condition, tf.onesLike(y), tf.zerosLike(y))

    return tf.tidy(step)


def areaUnderRoc(targets: Any, probs: Any) -> float:
    def area() -> Any:
        thresholds = [0.0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0]
        tprs: list[float] = []
        fprs: list[float] = []
        total = 0.0
        for i in range(len(thresholds)):
            threshPredictions = binarize(probs, thresholds[i]).as1D()
            fprs.append(falsePositiveRate(targets, threshPredictions).dataSync()[0])
            tprs.append(tf.metrics.recall(targets, threshPredictions).dataSync()[0])
            if i > 0:
                total += (tprs[i] + tprs[i - 1]) * (fprs[i - 1] - fprs[i]) / 2
        return tf.scalar(total)

    return float(tf.tidy(area).dataSync()[0])


def phishing(train: Any, trainTarget: Any, test: Any, testTarget: Any) -> dict[str, Any]:
    model = tf.sequential()
    model.add(
        tf.layers.dense({"inputShape": [train.shape[1]], "units": 100, "activation": "sigmoid"})
    )
    model.add(tf.layers.dense({"units": 100, "activation": "sigmoid"}))
    model.add(tf.layers.dense({"units": 1, "activation": "sigmoid"}))
    knownWeights(model)
    model.compile({"optimizer": "adam", "loss": "binaryCrossentropy", "metrics": ["accuracy"]})

    aucs = []

    def onEpochBegin(epoch: int, logs: Any) -> None:
        if epoch == 0 or epoch == 2 or epoch == 4:
            probs = model.predict(test)
            aucs.append(areaUnderRoc(testTarget, probs))

    history = model.fit(
        train,
        trainTarget,
        {
            "batchSize": 35,
            "epochs": 6,
            "validationSplit": 0.2,
            "shuffle": False,
            "verbose": 0,
            "callbacks": {"onEpochBegin": onEpochBegin},
        },
    )
    probs = model.predict(test)
    predictions = binarize(probs).as1D()
    return {
        "summary": lines(model),
        "history": history.history,
        "evaluated": numbers(model.evaluate(test, testTarget, {"batchSize": 35})),
        "aucs": aucs,
        "precision": tf.metrics.precision(testTarget.as1D(), predictions).dataSync()[0],
        "recall": tf.metrics.recall(testTarget.as1D(), predictions).dataSync()[0],
        "fpr": falsePositiveRate(testTarget.as1D(), predictions).dataSync()[0],
    }


JAVASCRIPT = """
    const falsePositives = (yTrue, yPred) => tf.tidy(() => {
        const one = tf.scalar(1), zero = tf.scalar(0);
        return tf.logicalAnd(yTrue.equal(zero), yPred.equal(one)).sum().cast('float32');
    });
    const trueNegatives = (yTrue, yPred) => tf.tidy(() => {
        const zero = tf.scalar(0);
        return tf.logicalAnd(yTrue.equal(zero), yPred.equal(zero)).sum().cast('float32');
    });
    const falsePositiveRate = (yTrue, yPred) => tf.tidy(() => {
        const fp = falsePositives(yTrue, yPred);
        const tn = trueNegatives(yTrue, yPred);
        return fp.div(fp.add(tn));
    });
    const binarize = (y, threshold = 0.5) => tf.tidy(() => {
        const condition = y.greater(tf.scalar(threshold));
        return tf.where(condition, tf.onesLike(y), tf.zerosLike(y));
    });
    const areaUnderRoc = (targets, probs) => tf.tidy(() => {
        const thresholds = [0.0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0];
        const tprs = [], fprs = [];
        let area = 0;
        for (let i = 0; i < thresholds.length; ++i) {
            const threshPredictions = binarize(probs, thresholds[i]).as1D();
            fprs.push(falsePositiveRate(targets, threshPredictions).dataSync()[0]);
            tprs.push(tf.metrics.recall(targets, threshPredictions).dataSync()[0]);
            if (i > 0) area += (tprs[i] + tprs[i - 1]) * (fprs[i - 1] - fprs[i]) / 2;
        }
        return tf.scalar(area);
    }).dataSync()[0];

    const {train, trainTarget, test, testTarget} = args;
    const model = tf.sequential();
    model.add(tf.layers.dense(
        {inputShape: [train.shape[1]], units: 100, activation: 'sigmoid'}));
    model.add(tf.layers.dense({units: 100, activation: 'sigmoid'}));
    model.add(tf.layers.dense({units: 1, activation: 'sigmoid'}));
    knownWeights(model);
    model.compile({optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy']});

    const aucs = [];
    const history = await model.fit(train, trainTarget, {
        batchSize: 35,
        epochs: 6,
        validationSplit: 0.2,
        shuffle: false,
        verbose: 0,
        callbacks: {
            onEpochBegin: epoch => {
                if (epoch === 0 || epoch === 2 || epoch === 4) {
                    const probs = model.predict(test);
                    aucs.push(areaUnderRoc(testTarget, probs));
                }
            }
        }
    });
    const probs = model.predict(test);
    const predictions = binarize(probs).as1D();
    return {
        summary: lines(model),
        history: history.history,
        evaluated: numbers(model.evaluate(test, testTarget, {batchSize: 35})),
        aucs,
        precision: tf.metrics.precision(testTarget.as1D(), predictions).dataSync()[0],
        recall: tf.metrics.recall(testTarget.as1D(), predictions).dataSync()[0],
        fpr: falsePositiveRate(testTarget.as1D(), predictions).dataSync()[0],
    };
"""


def sites() -> dict[str, Any]:
    """Features of -1, 0 and 1, [sites, 30], and whether the site is a fraud, [sites, 1]."""
    rng = np.random.default_rng(2)
    x = rng.integers(-1, 2, (180, 30)).astype(np.float32)
    y = (x @ rng.normal(size=(30, 1)) > 0).astype(np.float32)
    return {"train": x[:140], "trainTarget": y[:140], "test": x[140:], "testTarget": y[140:]}


PROGRAMS = [Program("website-phishing", phishing, JAVASCRIPT, sites)]
