"""polynomial-regression-core: the coefficients of a cubic, by the core API alone."""

from __future__ import annotations

from typing import Any

import tfjsbridge as tf
from tests.programs.both import Program


def learnCoefficients(xs: list[float], numIterations: int) -> dict[str, Any]:
    a = tf.variable(tf.scalar(0.3))
    b = tf.variable(tf.scalar(0.9))
    c = tf.variable(tf.scalar(0.1))
    d = tf.variable(tf.scalar(0.6))

    learningRate = 0.5
    optimizer = tf.train.sgd(learningRate)

    def predict(x: Any) -> Any:
        # y = a * x ^ 3 + b * x ^ 2 + c * x + d
        return tf.tidy(
            lambda: a.mul(x.pow(tf.scalar(3, "int32"))).add(b.mul(x.square())).add(c.mul(x)).add(d)
        )

    def loss(prediction: Any, labels: Any) -> Any:
        return prediction.sub(labels).square().mean()

    def generateData(xs: Any) -> Any:
        trueCoefficients = {"a": -0.8, "b": -0.2, "c": 0.9, "d": 0.5}

        def cubic() -> Any:
            three = tf.scalar(3, "int32")
            ys = (
                tf.scalar(trueCoefficients["a"])
                .mul(xs.pow(three))
                .add(tf.scalar(trueCoefficients["b"]).mul(xs.square()))
                .add(tf.scalar(trueCoefficients["c"]).mul(xs))
                .add(tf.scalar(trueCoefficients["d"]))
            )
            ymin = ys.min()
            yrange = ys.max().sub(ymin)
            return ys.sub(ymin).div(yrange)

        return tf.tidy(cubic)

    def train(xs: Any, ys: Any) -> list[float]:
        costs = []
        for _ in range(numIterations):
            cost = optimizer.minimize(lambda: loss(predict(xs), ys), True)
            costs.append(cost.dataSync()[0])
            tf.dispose(cost)
        return costs

    points = tf.tensor1d(xs)
    ys = generateData(points)
    before = predict(points)
    costs = train(points, ys)
    return {
        "before": before.arraySync(),
        "costs": costs,
        "weights": [each.dataSync()[0] for each in [a, b, c, d]],
        "predicted": predict(points).arraySync(),
        "tensors": tf.memory()["numDataBuffers"] > 0,
    }


JAVASCRIPT = """
    const {xs, numIterations} = args;
    const a = tf.variable(tf.scalar(0.3));
    const b = tf.variable(tf.scalar(0.9));
    const c = tf.variable(tf.scalar(0.1));
    const d = tf.variable(tf.scalar(0.6));

    const learningRate = 0.5;
    const optimizer = tf.train.sgd(learningRate);

    // y = a * x ^ 3 + b * x ^ 2 + c * x + d
    const predict = x => tf.tidy(
        () => a.mul(x.pow(tf.scalar(3, 'int32'))).add(b.mul(x.square())).add(c.mul(x)).add(d));
    const loss = (prediction, labels) => prediction.sub(labels).square().mean();

    const generateData = xs => tf.tidy(() => {
        const trueCoefficients = {a: -.8, b: -.2, c: .9, d: .5};
        const three = tf.scalar(3, 'int32');
        const ys = tf.scalar(trueCoefficients.a).mul(xs.pow(three))
            .add(tf.scalar(trueCoefficients.b).mul(xs.square()))
            .add(tf.scalar(trueCoefficients.c).mul(xs))
            .add(tf.scalar(trueCoefficients.d));
        const ymin = ys.min();
        const yrange = ys.max().sub(ymin);
        return ys.sub(ymin).div(yrange);
    });

    const train = (xs, ys) => {
        const costs = [];
        for (let i = 0; i < numIterations; i++) {
            const cost = optimizer.minimize(() => loss(predict(xs), ys), true);
            costs.push(cost.dataSync()[0]);
            tf.dispose(cost);
        }
        return costs;
    };

    const points = tf.tensor1d(xs);
    const ys = generateData(points);
    const before = predict(points);
    const costs = train(points, ys);
    return {
        before: before.arraySync(),
        costs,
        weights: [a, b, c, d].map(each => each.dataSync()[0]),
        predicted: predict(points).arraySync(),
        tensors: tf.memory().numDataBuffers > 0,
    };
"""


def points() -> dict[str, Any]:
    """Places between -1 and 1."""
    return {"xs": [i / 50 - 1 for i in range(101)], "numIterations": 75}


PROGRAMS = [Program("polynomial-regression-core", learnCoefficients, JAVASCRIPT, points)]
