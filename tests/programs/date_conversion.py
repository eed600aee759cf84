"""date-conversion-attention: dates of many forms as 2019-01-23, by LSTMs with attention."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines

INPUT_VOCAB = "\n0123456789/"
OUTPUT_VOCAB = "\n\t0123456789-"
INPUT_LENGTH, OUTPUT_LENGTH, START_CODE = 8, 6, 1


class GetLastTimestepLayer(tf.layers.Layer):
    """The last step of a series."""

    className = "GetLastTimestepLayer"

    def __init__(self, config: Any = None):
        super().__init__(config or {})
        self.supportMasking = True

    def computeOutputShape(self, inputShape: Any) -> Any:
        return [*inputShape[:-2], inputShape[-1]]

    def call(self, input: Any, kwargs: Any) -> Any:
        if isinstance(input, list):
            input = input[0]
        inputRank = len(input.shape)
        tf.util.assert_(inputRank == 3, f"Invalid input rank: {inputRank}")  # noqa: PT009
        return input.gather([input.shape[1] - 1], 1).squeeze([1])


def createModel(
    inputVocabSize: int, outputVocabSize: int, inputLength: int, outputLength: int
) -> Any:
    embeddingDims = 8
    lstmUnits = 8

    encoderInput = tf.input({"shape": [inputLength]})
    decoderInput = tf.input({"shape": [outputLength]})

    encoder = tf.layers.embedding(
        {
            "inputDim": inputVocabSize,
            "outputDim": embeddingDims,
            "inputLength": inputLength,
            "maskZero": True,
        }
    ).apply(encoderInput)
    encoder = tf.layers.lstm({"units": lstmUnits, "returnSequences": True}).apply(encoder)

    encoderLast = GetLastTimestepLayer({"name": "encoderLast"}).apply(encoder)

    decoder = tf.layers.embedding(
        {
            "inputDim": outputVocabSize,
            "outputDim": embeddingDims,
            "inputLength": outputLength,
            "maskZero": True,
        }
    ).apply(decoderInput)
    decoder = tf.layers.lstm({"units": lstmUnits, "returnSequences": True}).apply(
        decoder, {"initialState": [encoderLast, encoderLast]}
    )

    attention = tf.layers.dot({"axes": [2, 2]}).apply([decoder, encoder])
    attention = tf.layers.activation({"activation": "softmax", "name": "attention"}).apply(
        attention
    )

    context = tf.layers.dot({"axes": [2, 1], "name": "context"}).apply([attention, encoder])
    decoderCombinedContext = tf.layers.concatenate().apply([context, decoder])
    output = tf.layers.timeDistributed(
        {"layer": tf.layers.dense({"units": lstmUnits, "activation": "tanh"})}
    ).apply(decoderCombinedContext)
    output = tf.layers.timeDistributed(
        {"layer": tf.layers.dense({"units": outputVocabSize, "activation": "softmax"})}
    ).apply(output)

    model = tf.model({"inputs": [encoderInput, decoderInput], "outputs": output})
    model.compile({"loss": "categoricalCrossentropy", "optimizer": "adam"})
    return model


def runSeq2SeqInference(model: Any, encoderInput: Any) -> dict[str, Any]:
    decoderInput = tf.buffer([1, OUTPUT_LENGTH])
    decoderInput.set(START_CODE, 0, 0)
    for i in range(1, OUTPUT_LENGTH):
        predictOut = model.predict([encoderInput, decoderInput.toTensor()])
        output = predictOut.argMax(2).dataSync()[i - 1]
        predictOut.dispose()
        decoderInput.set(output, 0, i)

    finalStepModel = tf.model(
        {
            "inputs": model.inputs,
            "outputs": [*model.outputs, model.getLayer("attention").output],
        }
    )
    finalPredictOut = finalStepModel.predict([encoderInput, decoderInput.toTensor()])
    last = finalPredictOut[0].argMax(2).dataSync()[OUTPUT_LENGTH - 1]
    outputStr = "".join(
        OUTPUT_VOCAB[int(decoderInput.get(0, i))] for i in range(1, decoderInput.shape[1])
    )
    return {"outputStr": outputStr + OUTPUT_VOCAB[last], "attention": finalPredictOut[1]}


def run(
    trainEncoderInput: Any,
    trainDecoderInput: Any,
    trainDecoderOutput: Any,
    inputVocabSize: int,
    outputVocabSize: int,
) -> dict[str, Any]:
    model = createModel(inputVocabSize, outputVocabSize, INPUT_LENGTH, OUTPUT_LENGTH)
    knownWeights(model)
    history = model.fit(
        [trainEncoderInput, trainDecoderInput],
        trainDecoderOutput,
        {"epochs": 2, "batchSize": 8, "shuffle": False, "validationSplit": 0.25, "verbose": 0},
    )
    inference = runSeq2SeqInference(model, trainEncoderInput.slice([0, 0], [1, INPUT_LENGTH]))
    return {
        "summary": lines(model),
        "history": history.history,
        "evaluated": model.evaluate(
            [trainEncoderInput, trainDecoderInput], trainDecoderOutput
        ).dataSync()[0],
        "predicted": inference["attention"].arraySync(),
        "outputStr": inference["outputStr"],
        "weights": [weight.arraySync() for weight in model.getWeights()],
    }


JAVASCRIPT = r"""
    class GetLastTimestepLayer extends tf.layers.Layer {
        constructor(config) {
            super(config || {});
            this.supportMasking = true;
        }
        computeOutputShape(inputShape) {
            const outputShape = inputShape.slice();
            outputShape.splice(outputShape.length - 2, 1);
            return outputShape;
        }
        call(input) {
            if (Array.isArray(input)) input = input[0];
            const inputRank = input.shape.length;
            tf.util.assert(inputRank === 3, () => `Invalid input rank: ${inputRank}`);
            return input.gather([input.shape[1] - 1], 1).squeeze([1]);
        }
        static get className() { return 'GetLastTimestepLayer'; }
    }
    const INPUT_LENGTH = 8, OUTPUT_LENGTH = 6, START_CODE = 1, OUTPUT_VOCAB = '\n\t0123456789-';

    function createModel(inputVocabSize, outputVocabSize, inputLength, outputLength) {
        const embeddingDims = 8;
        const lstmUnits = 8;

        const encoderInput = tf.input({shape: [inputLength]});
        const decoderInput = tf.input({shape: [outputLength]});

        let encoder = tf.layers.embedding({
            inputDim: inputVocabSize, outputDim: embeddingDims, inputLength, maskZero: true
        }).apply(encoderInput);
        encoder = tf.layers.lstm({units: lstmUnits, returnSequences: true}).apply(encoder);

        const encoderLast = new GetLastTimestepLayer({name: 'encoderLast'}).apply(encoder);

        let decoder = tf.layers.embedding({
            inputDim: outputVocabSize, outputDim: embeddingDims, inputLength: outputLength,
            maskZero: true
        }).apply(decoderInput);
        decoder = tf.layers.lstm({units: lstmUnits, returnSequences: true})
            .apply(decoder, {initialState: [encoderLast, encoderLast]});

        let attention = tf.layers.dot({axes: [2, 2]}).apply([decoder, encoder]);
        attention = tf.layers.activation({activation: 'softmax', name: 'attention'})
            .apply(attention);

        const context = tf.layers.dot({axes: [2, 1], name: 'context'})
            .apply([attention, encoder]);
        const decoderCombinedContext = tf.layers.concatenate().apply([context, decoder]);
        let output = tf.layers.timeDistributed(
            {layer: tf.layers.dense({units: lstmUnits, activation: 'tanh'})}
        ).apply(decoderCombinedContext);
        output = tf.layers.timeDistributed(
            {layer: tf.layers.dense({units: outputVocabSize, activation: 'softmax'})}
        ).apply(output);

        const model = tf.model({inputs: [encoderInput, decoderInput], outputs: output});
        model.compile({loss: 'categoricalCrossentropy', optimizer: 'adam'});
        return model;
    }

    function runSeq2SeqInference(model, encoderInput) {
        const decoderInput = tf.buffer([1, OUTPUT_LENGTH]);
        decoderInput.set(START_CODE, 0, 0);
        for (let i = 1; i < OUTPUT_LENGTH; ++i) {
            const predictOut = model.predict([encoderInput, decoderInput.toTensor()]);
            const output = predictOut.argMax(2).dataSync()[i - 1];
            predictOut.dispose();
            decoderInput.set(output, 0, i);
        }
        const finalStepModel = tf.model({
            inputs: model.inputs,
            outputs: model.outputs.concat([model.getLayer('attention').output])
        });
        const finalPredictOut = finalStepModel.predict([encoderInput, decoderInput.toTensor()]);
        const last = finalPredictOut[0].argMax(2).dataSync()[OUTPUT_LENGTH - 1];
        let outputStr = '';
        for (let i = 1; i < decoderInput.shape[1]; ++i) {
            outputStr += OUTPUT_VOCAB[decoderInput.get(0, i)];
        }
        return {outputStr: outputStr + OUTPUT_VOCAB[last], attention: finalPredictOut[1]};
    }

    const {trainEncoderInput, trainDecoderInput, trainDecoderOutput} = args;
    const model = createModel(
        args.inputVocabSize, args.outputVocabSize, INPUT_LENGTH, OUTPUT_LENGTH);
    knownWeights(model);
    const history = await model.fit(
        [trainEncoderInput, trainDecoderInput], trainDecoderOutput,
        {epochs: 2, batchSize: 8, shuffle: false, validationSplit: 0.25, verbose: 0});
    const inference = runSeq2SeqInference(
        model, trainEncoderInput.slice([0, 0], [1, INPUT_LENGTH]));
    return {
        summary: lines(model),
        history: history.history,
        evaluated: model.evaluate(
            [trainEncoderInput, trainDecoderInput], trainDecoderOutput).dataSync()[0],
        predicted: inference.attention.arraySync(),
        outputStr: inference.outputStr,
        weights: model.getWeights().map(weight => weight.arraySync()),
    };
"""


def dates() -> dict[str, Any]:
    """Dates as "23/1" or "1/23/19", and as "-01-23", in codes, padded with 0."""
    rng = np.random.default_rng(6)
    encoder, decoder, target = [], [], []
    for _ in range(32):
        day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(10, 30)
        text = f"{day}/{month}" if rng.integers(2) else f"{month}/{day}/{year}"
        encoder.append([INPUT_VOCAB.index(char) for char in text.ljust(INPUT_LENGTH, "\n")])
        codes = [OUTPUT_VOCAB.index(char) for char in f"-{month:02d}-{day:02d}"]
        decoder.append([START_CODE, *codes[:-1]])
        target.append(codes)
    oneHot = np.eye(len(OUTPUT_VOCAB), dtype=np.float32)
    return {
        "trainEncoderInput": np.array(encoder, np.float32),
        "trainDecoderInput": np.array(decoder, np.float32),
        "trainDecoderOutput": oneHot[np.array(target)],
        "inputVocabSize": len(INPUT_VOCAB),
        "outputVocabSize": len(OUTPUT_VOCAB),
    }


PROGRAMS = [Program("date-conversion-attention", run, JAVASCRIPT, dates, slow=True)]
