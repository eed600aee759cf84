"""jena-weather: tomorrow's temperature, by six models trained on a stream of batches."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines


def buildLinearRegressionModel(inputShape: list[int]) -> Any:
    model = tf.sequential()
    model.add(tf.layers.flatten({"inputShape": inputShape}))
    model.add(tf.layers.dense({"units": 1}))
    return model


def buildMLPModel(
    inputShape: list[int], kernelRegularizer: Any = None, dropoutRate: float = 0
) -> Any:
    model = tf.sequential()
    model.add(tf.layers.flatten({"inputShape": inputShape}))
    model.add(
        tf.layers.dense({"units": 32, "kernelRegularizer": kernelRegularizer, "activation": "relu"})
    )
    if dropoutRate > 0:
        model.add(tf.layers.dropout({"rate": dropoutRate}))
    model.add(tf.layers.dense({"units": 1}))
    return model


def buildSimpleRNNModel(inputShape: list[int]) -> Any:
    model = tf.sequential()
    rnnUnits = 32
    model.add(tf.layers.simpleRNN({"units": rnnUnits, "inputShape": inputShape}))
    model.add(tf.layers.dense({"units": 1}))
    return model


def buildGRUModel(
    inputShape: list[int], dropout: float | None = None, recurrentDropout: float | None = None
) -> Any:
    model = tf.sequential()
    rnnUnits = 32
    model.add(
        tf.layers.gru(
            {
                "units": rnnUnits,
                "inputShape": inputShape,
                "dropout": dropout or 0,
                "recurrentDropout": recurrentDropout or 0,
            }
        )
    )
    model.add(tf.layers.dense({"units": 1}))
    return model


def buildModel(modelType: str, numTimeSteps: int, numFeatures: int) -> Any:
    inputShape = [numTimeSteps, numFeatures]
    if modelType == "mlp":
        model = buildMLPModel(inputShape)
    elif modelType == "mlp-l2":
        model = buildMLPModel(inputShape, tf.regularizers.l2())
    elif modelType == "linear-regression":
        model = buildLinearRegressionModel(inputShape)
    elif modelType == "mlp-dropout":
        model = buildMLPModel(inputShape, None, 0.25)
    elif modelType == "simpleRNN":
        model = buildSimpleRNNModel(inputShape)
    elif modelType == "gru":
        model = buildGRUModel(inputShape)
    elif modelType == "gru-dropout":
        model = buildGRUModel(inputShape, 0.2, 0.2)
    else:
        raise ValueError(f"Unsupported model type: {modelType}")
    model.compile({"loss": "meanAbsoluteError", "optimizer": "rmsprop"})
    return model


def run(modelType: str, series: Any, random: bool) -> dict[str, Any]:
    lookBack, delay, batchSize = 12, 6, 16
    numFeatures = series.shape[1]

    def batches(start: int, stop: int) -> Any:
        def nextBatches() -> Iterator[dict[str, Any]]:
            for row in range(start, stop, batchSize):
                rows = range(row, row + batchSize)
                samples = tf.stack([series.slice([i, 0], [lookBack, numFeatures]) for i in rows])
                targets = tf.stack([series.slice([i + lookBack + delay, 1], [1, 1]) for i in rows])
                yield {"xs": samples, "ys": targets.as2D(batchSize, 1)}

        return tf.data.generator(nextBatches)

    model = buildModel(modelType, lookBack, numFeatures)
    knownWeights(model)
    x = series.slice([0, 0], [lookBack, numFeatures]).expandDims(0)
    before = model.predict(x).dataSync()
    history = model.fitDataset(
        batches(0, 48).repeat(),
        {
            "batchesPerEpoch": 3,
            "epochs": 3,
            "validationData": batches(48, 80),
            "verbose": 0,
        },
    )
    result = {
        "summary": lines(model),
        "before": list(before),
        "history": history.history,
    }
    if not random:
        result["evaluated"] = model.evaluateDataset(batches(48, 80), {"batches": 2}).dataSync()[0]
        result["weights"] = [weight.arraySync() for weight in model.getWeights()]
    return result


JAVASCRIPT = """
    function buildLinearRegressionModel(inputShape) {
        const model = tf.sequential();
        model.add(tf.layers.flatten({inputShape}));
        model.add(tf.layers.dense({units: 1}));
        return model;
    }
    function buildMLPModel(inputShape, kernelRegularizer, dropoutRate) {
        const model = tf.sequential();
        model.add(tf.layers.flatten({inputShape}));
        model.add(tf.layers.dense({units: 32, kernelRegularizer, activation: 'relu'}));
        if (dropoutRate > 0) {
            model.add(tf.layers.dropout({rate: dropoutRate}));
        }
        model.add(tf.layers.dense({units: 1}));
        return model;
    }
    function buildSimpleRNNModel(inputShape) {
        const model = tf.sequential();
        const rnnUnits = 32;
        model.add(tf.layers.simpleRNN({units: rnnUnits, inputShape}));
        model.add(tf.layers.dense({units: 1}));
        return model;
    }
    function buildGRUModel(inputShape, dropout, recurrentDropout) {
        const model = tf.sequential();
        const rnnUnits = 32;
        model.add(tf.layers.gru({
            units: rnnUnits,
            inputShape,
            dropout: dropout || 0,
            recurrentDropout: recurrentDropout || 0
        }));
        model.add(tf.layers.dense({units: 1}));
        return model;
    }
    function buildModel(modelType, numTimeSteps, numFeatures) {
        const inputShape = [numTimeSteps, numFeatures];
        let model;
        if (modelType === 'mlp') {
            model = buildMLPModel(inputShape);
        } else if (modelType === 'mlp-l2') {
            model = buildMLPModel(inputShape, tf.regularizers.l2());
        } else if (modelType === 'linear-regression') {
            model = buildLinearRegressionModel(inputShape);
        } else if (modelType === 'mlp-dropout') {
            model = buildMLPModel(inputShape, null, 0.25);
        } else if (modelType === 'simpleRNN') {
            model = buildSimpleRNNModel(inputShape);
        } else if (modelType === 'gru') {
            model = buildGRUModel(inputShape);
        } else if (modelType === 'gru-dropout') {
            model = buildGRUModel(inputShape, 0.2, 0.2);
        } else {
            throw new Error(`Unsupported model type: ${modelType}`);
        }
        model.compile({loss: 'meanAbsoluteError', optimizer: 'rmsprop'});
        return model;
    }

    const {modelType, series, random} = args;
    const lookBack = 12, delay = 6, batchSize = 16;
    const numFeatures = series.shape[1];

    const batches = (start, stop) => {
        function* nextBatches() {
            for (let row = start; row < stop; row += batchSize) {
                const rows = Array.from({length: batchSize}, (_, i) => row + i);
                const samples = tf.stack(
                    rows.map(i => series.slice([i, 0], [lookBack, numFeatures])));
                const targets = tf.stack(
                    rows.map(i => series.slice([i + lookBack + delay, 1], [1, 1])));
                yield {xs: samples, ys: targets.as2D(batchSize, 1)};
            }
        }
        return tf.data.generator(nextBatches);
    };

    const model = buildModel(modelType, lookBack, numFeatures);
    knownWeights(model);
    const x = series.slice([0, 0], [lookBack, numFeatures]).expandDims(0);
    const before = model.predict(x).dataSync();
    const history = await model.fitDataset(batches(0, 48).repeat(), {
        batchesPerEpoch: 3,
        epochs: 3,
        validationData: batches(48, 80),
        verbose: 0,
    });
    const result = {
        summary: lines(model),
        before: Array.from(before),
        history: history.history,
    };
    if (!random) {
        result.evaluated = (await model.evaluateDataset(
            batches(48, 80), {batches: 2})).dataSync()[0];
        result.weights = model.getWeights().map(weight => weight.arraySync());
    }
    return result;
"""

RANDOM = ("mlp-dropout", "gru-dropout")


def weather(modelType: str) -> dict[str, Any]:
    """Waves with noise, hour by hour, [hours, 4]."""
    rng = np.random.default_rng(5)
    hours = np.arange(112)[:, None]
    waves = np.sin(hours / rng.uniform(3, 9, 4) + rng.uniform(0, 6, 4))
    series = (waves + rng.normal(0, 0.1, waves.shape)).astype(np.float32)
    return {"modelType": modelType, "series": series, "random": modelType in RANDOM}


PROGRAMS = [
    Program(
        f"jena-weather {modelType}",
        run,
        JAVASCRIPT,
        functools.partial(weather, modelType),
        random=modelType in RANDOM,
        slow=modelType in ("simpleRNN", "gru", "gru-dropout"),
    )
    for modelType in (
        "linear-regression",
        "mlp",
        "mlp-l2",
        "mlp-dropout",
        "simpleRNN",
        "gru",
        "gru-dropout",
    )
]
