"""addition-rnn: the sum of two numbers, character by character, by an encoder and a decoder."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers


class CharacterTable:
    def __init__(self, chars: str):
        self.chars = chars
        self.charIndices = {char: i for i, char in enumerate(chars)}
        self.size = len(chars)

    def encodeBatch(self, strings: list[str], numRows: int) -> Any:
        numExamples = len(strings)
        buf = tf.buffer([numExamples, numRows, self.size])
        for n in range(numExamples):
            for i, char in enumerate(strings[n]):
                buf.set(1, n, i, self.charIndices[char])
        return buf.toTensor().as3D(numExamples, numRows, self.size)

    def decode(self, x: Any, calcArgmax: bool = True) -> str:
        def text() -> str:
            indices = x.argMax(1) if calcArgmax else x
            return "".join(self.chars[index] for index in indices.dataSync())

        return str(tf.tidy(text))


def createAndCompileModel(
    layers: int, hiddenSize: int, rnnType: str, digits: int, vocabularySize: int
) -> Any:
    maxLen = digits + 1 + digits
    rnn = {"SimpleRNN": tf.layers.simpleRNN, "GRU": tf.layers.gru, "LSTM": tf.layers.lstm}[rnnType]

    model = tf.sequential()
    model.add(
        rnn(
            {
                "units": hiddenSize,
                "recurrentInitializer": "GlorotNormal",
                "inputShape": [maxLen, vocabularySize],
            }
        )
    )
    model.add(tf.layers.repeatVector({"n": digits + 1}))
    for _ in range(layers):
        model.add(
            rnn(
                {
                    "units": hiddenSize,
                    "recurrentInitializer": "GlorotNormal",
                    "returnSequences": True,
                }
            )
        )
    model.add(tf.layers.timeDistributed({"layer": tf.layers.dense({"units": vocabularySize})}))
    model.add(tf.layers.activation({"activation": "softmax"}))
    model.compile({"loss": "categoricalCrossentropy", "optimizer": "adam", "metrics": ["accuracy"]})
    return model


def additionRNNDemo(rnnType: str, digits: int, layers: int, data: list[list[str]]) -> Any:
    charTable = CharacterTable("0123456789+ ")
    xs = charTable.encodeBatch([datum[0] for datum in data], digits + 1 + digits)
    ys = charTable.encodeBatch([datum[1] for datum in data], digits + 1)
    split = len(data) * 3 // 4
    trainXs, testXs = tf.split(xs, [split, len(data) - split])
    trainYs, testYs = tf.split(ys, [split, len(data) - split])

    model = createAndCompileModel(layers, 16, rnnType, digits, charTable.size)
    knownWeights(model)
    losses = []
    for _ in range(2):
        history = model.fit(
            trainXs,
            trainYs,
            {
                "epochs": 1,
                "batchSize": 8,
                "validationData": [testXs, testYs],
                "shuffle": False,
                "verbose": 0,
                "yieldEvery": "epoch",
            },
        )
        losses.append([history.history[name][0] for name in ["loss", "acc", "val_loss", "val_acc"]])
    predicted = model.predict(testXs)
    scores = predicted.slice([0], [1]).as2D(predicted.shape[1], predicted.shape[2])
    return {
        "summary": lines(model),
        "losses": losses,
        "evaluated": numbers(model.evaluate(testXs, testYs)),
        "predicted": predicted.arraySync(),
        "decoded": charTable.decode(scores),
        "weights": [weight.arraySync() for weight in model.getWeights()],
    }


JAVASCRIPT = """
    class CharacterTable {
        constructor(chars) {
            this.chars = chars;
            this.charIndices = Object.fromEntries([...chars].map((char, i) => [char, i]));
            this.size = this.chars.length;
        }
        encodeBatch(strings, numRows) {
            const numExamples = strings.length;
            const buf = tf.buffer([numExamples, numRows, this.size]);
            for (let n = 0; n < numExamples; ++n) {
                for (let i = 0; i < strings[n].length; ++i) {
                    buf.set(1, n, i, this.charIndices[strings[n][i]]);
                }
            }
            return buf.toTensor().as3D(numExamples, numRows, this.size);
        }
        decode(x, calcArgmax = true) {
            return tf.tidy(() => {
                if (calcArgmax) x = x.argMax(1);
                return Array.from(x.dataSync()).map(index => this.chars[index]).join('');
            });
        }
    }

    function createAndCompileModel(layers, hiddenSize, rnnType, digits, vocabularySize) {
        const maxLen = digits + 1 + digits;
        const rnn = {SimpleRNN: tf.layers.simpleRNN, GRU: tf.layers.gru, LSTM: tf.layers.lstm}[
            rnnType];

        const model = tf.sequential();
        model.add(rnn({
            units: hiddenSize,
            recurrentInitializer: 'GlorotNormal',
            inputShape: [maxLen, vocabularySize]
        }));
        model.add(tf.layers.repeatVector({n: digits + 1}));
        for (let i = 0; i < layers; ++i) {
            model.add(rnn({
                units: hiddenSize,
                recurrentInitializer: 'GlorotNormal',
                returnSequences: true
            }));
        }
        model.add(tf.layers.timeDistributed({layer: tf.layers.dense({units: vocabularySize})}));
        model.add(tf.layers.activation({activation: 'softmax'}));
        model.compile({
            loss: 'categoricalCrossentropy',
            optimizer: 'adam',
            metrics: ['accuracy']
        });
        return model;
    }

    const {rnnType, digits, layers, data} = args;
    const charTable = new CharacterTable('0123456789+ ');
    const xs = charTable.encodeBatch(data.map(datum => datum[0]), digits + 1 + digits);
    const ys = charTable.encodeBatch(data.map(datum => datum[1]), digits + 1);
    const split = Math.floor(data.length * 3 / 4);
    const [trainXs, testXs] = tf.split(xs, [split, data.length - split]);
    const [trainYs, testYs] = tf.split(ys, [split, data.length - split]);

    const model = createAndCompileModel(layers, 16, rnnType, digits, charTable.size);
    knownWeights(model);
    const losses = [];
    for (let i = 0; i < 2; ++i) {
        const history = await model.fit(trainXs, trainYs, {
            epochs: 1,
            batchSize: 8,
            validationData: [testXs, testYs],
            shuffle: false,
            verbose: 0,
            yieldEvery: 'epoch',
        });
        losses.push(['loss', 'acc', 'val_loss', 'val_acc'].map(name => history.history[name][0]));
    }
    const predicted = model.predict(testXs);
    const scores = predicted.slice([0], [1]).as2D(predicted.shape[1], predicted.shape[2]);
    return {
        summary: lines(model),
        losses,
        evaluated: numbers(model.evaluate(testXs, testYs)),
        predicted: predicted.arraySync(),
        decoded: charTable.decode(scores),
        weights: model.getWeights().map(weight => weight.arraySync()),
    };
"""


def sums(rnnType: str) -> dict[str, Any]:
    """Questions as "12+7 " and answers as "19 "."""
    rng = np.random.default_rng(4)
    pairs = rng.integers(0, 100, (32, 2)).tolist()
    data = [[f"{a}+{b}".ljust(5), str(a + b).ljust(3)] for a, b in pairs]
    return {"rnnType": rnnType, "digits": 2, "layers": 1, "data": data}


PROGRAMS = [
    Program(
        f"addition-rnn {rnnType}",
        additionRNNDemo,
        JAVASCRIPT,
        functools.partial(sums, rnnType),
        slow=True,
    )
    for rnnType in ("SimpleRNN", "GRU", "LSTM")
]
