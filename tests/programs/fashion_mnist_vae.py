"""fashion-mnist-vae: a variational autoencoder, with a layer and a loss of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines

#: In the example the noise is another one each time.
SEED = 8


class ZLayer(tf.layers.Layer):
    """z = zMean + sqrt(variance) · noise."""

    className = "ZLayer"

    def __init__(self, config: Any):
        super().__init__(config)

    def computeOutputShape(self, inputShape: Any) -> Any:
        tf.util.assert_(  # noqa: PT009
            len(inputShape) == 2 and isinstance(inputShape[0], list),
            lambda: f"Expected exactly 2 input shapes. But got: {inputShape}",
        )
        return inputShape[0]

    def call(self, inputs: Any, kwargs: Any) -> Any:
        zMean, zLogVar = inputs
        batch = zMean.shape[0]
        dim = zMean.shape[1]
        mean = 0
        std = 1.0
        epsilon = tf.randomNormal([batch, dim], mean, std, "float32", SEED)
        return zMean.add(zLogVar.mul(0.5).exp().mul(epsilon))


def encoder(opts: dict[str, int]) -> Any:
    inputs = tf.input({"shape": [opts["originalDim"]], "name": "encoder_input"})
    x = tf.layers.dense({"units": opts["intermediateDim"], "activation": "relu"}).apply(inputs)
    zMean = tf.layers.dense({"units": opts["latentDim"], "name": "z_mean"}).apply(x)
    zLogVar = tf.layers.dense({"units": opts["latentDim"], "name": "z_log_var"}).apply(x)
    z = ZLayer({"name": "z", "outputShape": [opts["latentDim"]]}).apply([zMean, zLogVar])
    return tf.model({"inputs": inputs, "outputs": [zMean, zLogVar, z], "name": "encoder"})


def decoder(opts: dict[str, int]) -> Any:
    dec = tf.sequential({"name": "decoder"})
    dec.add(
        tf.layers.dense(
            {
                "units": opts["intermediateDim"],
                "activation": "relu",
                "inputShape": [opts["latentDim"]],
            }
        )
    )
    dec.add(tf.layers.dense({"units": opts["originalDim"], "activation": "sigmoid"}))
    return dec


def vae(encoder: Any, decoder: Any) -> Any:
    inputs = encoder.inputs
    encoderOutputs = encoder.apply(inputs)
    encoded = encoderOutputs[2]
    decoderOutput = decoder.apply(encoded)
    return tf.model(
        {"inputs": inputs, "outputs": [decoderOutput, *encoderOutputs], "name": "vae_mlp"}
    )


def vaeLoss(inputs: Any, outputs: Any) -> Any:
    def loss() -> Any:
        originalDim = inputs.shape[1]
        decoderOutput = outputs[0]
        zMean = outputs[1]
        zLogVar = outputs[2]
        reconstructionLoss = tf.losses.meanSquaredError(inputs, decoderOutput).mul(originalDim)
        klLoss = zLogVar.add(1).sub(zMean.square()).sub(zLogVar.exp())
        klLoss = klLoss.sum(-1).mul(-0.5)
        return reconstructionLoss.add(klLoss).mean()

    return tf.tidy(loss)


def train(images: Any, batchSize: int, epochs: int) -> dict[str, Any]:
    opts = {"originalDim": images.shape[1], "intermediateDim": 24, "latentDim": 2}
    encoderModel = encoder(opts)
    decoderModel = decoder(opts)
    vaeModel = vae(encoderModel, decoderModel)
    knownWeights(vaeModel)

    optimizer = tf.train.adam()
    losses = []
    for _ in range(epochs):
        for start in range(0, images.shape[0], batchSize):
            batch = images.slice([start, 0], [batchSize, images.shape[1]])

            def f(batch: Any = batch) -> Any:
                outputs = vaeModel.apply(batch)
                return vaeLoss(batch, outputs)

            cost = optimizer.minimize(f, True)
            losses.append(cost.dataSync()[0])

    zMean, zLogVar, z = encoderModel.predict(images)
    return {
        "encoder": lines(encoderModel),
        "decoder": lines(decoderModel),
        "summary": lines(vaeModel),
        "losses": losses,
        "weights": [weight.arraySync() for weight in vaeModel.getWeights()],
        "predicted": [zMean.arraySync(), zLogVar.arraySync(), z.shape],
        "generated": decoderModel.predict(tf.tensor2d([[0.5, -1]])).arraySync(),
        "outputs": [output.shape for output in vaeModel.predict(images)],
    }


JAVASCRIPT = (
    f"const SEED = {SEED};"
    + """
    class ZLayer extends tf.layers.Layer {
        constructor(config) { super(config); }
        computeOutputShape(inputShape) {
            tf.util.assert(inputShape.length === 2 && Array.isArray(inputShape[0]),
                () => `Expected exactly 2 input shapes. But got: ${inputShape}`);
            return inputShape[0];
        }
        call(inputs, kwargs) {
            const [zMean, zLogVar] = inputs;
            const batch = zMean.shape[0];
            const dim = zMean.shape[1];
            const mean = 0;
            const std = 1.0;
            const epsilon = tf.randomNormal([batch, dim], mean, std, 'float32', SEED);
            return zMean.add(zLogVar.mul(0.5).exp().mul(epsilon));
        }
        static get className() { return 'ZLayer'; }
    }

    function encoder(opts) {
        const {originalDim, intermediateDim, latentDim} = opts;
        const inputs = tf.input({shape: [originalDim], name: 'encoder_input'});
        const x = tf.layers.dense({units: intermediateDim, activation: 'relu'}).apply(inputs);
        const zMean = tf.layers.dense({units: latentDim, name: 'z_mean'}).apply(x);
        const zLogVar = tf.layers.dense({units: latentDim, name: 'z_log_var'}).apply(x);
        const z = new ZLayer({name: 'z', outputShape: [latentDim]}).apply([zMean, zLogVar]);
        return tf.model({inputs, outputs: [zMean, zLogVar, z], name: 'encoder'});
    }
    function decoder(opts) {
        const {originalDim, intermediateDim, latentDim} = opts;
        const dec = tf.sequential({name: 'decoder'});
        dec.add(tf.layers.dense(
            {units: intermediateDim, activation: 'relu', inputShape: [latentDim]}));
        dec.add(tf.layers.dense({units: originalDim, activation: 'sigmoid'}));
        return dec;
    }
    function vae(encoder, decoder) {
        const inputs = encoder.inputs;
        const encoderOutputs = encoder.apply(inputs);
        const encoded = encoderOutputs[2];
        const decoderOutput = decoder.apply(encoded);
        return tf.model(
            {inputs, outputs: [decoderOutput, ...encoderOutputs], name: 'vae_mlp'});
    }
    const vaeLoss = (inputs, outputs) => tf.tidy(() => {
        const originalDim = inputs.shape[1];
        const decoderOutput = outputs[0];
        const zMean = outputs[1];
        const zLogVar = outputs[2];
        const reconstructionLoss =
            tf.losses.meanSquaredError(inputs, decoderOutput).mul(originalDim);
        let klLoss = zLogVar.add(1).sub(zMean.square()).sub(zLogVar.exp());
        klLoss = klLoss.sum(-1).mul(-0.5);
        return reconstructionLoss.add(klLoss).mean();
    });

    const {images, batchSize, epochs} = args;
    const opts = {originalDim: images.shape[1], intermediateDim: 24, latentDim: 2};
    const encoderModel = encoder(opts);
    const decoderModel = decoder(opts);
    const vaeModel = vae(encoderModel, decoderModel);
    knownWeights(vaeModel);

    const optimizer = tf.train.adam();
    const losses = [];
    for (let i = 0; i < epochs; ++i) {
        for (let start = 0; start < images.shape[0]; start += batchSize) {
            const batch = images.slice([start, 0], [batchSize, images.shape[1]]);
            const cost = optimizer.minimize(() => {
                const outputs = vaeModel.apply(batch);
                return vaeLoss(batch, outputs);
            }, true);
            losses.push(cost.dataSync()[0]);
        }
    }

    const [zMean, zLogVar, z] = encoderModel.predict(images);
    return {
        encoder: lines(encoderModel),
        decoder: lines(decoderModel),
        summary: lines(vaeModel),
        losses,
        weights: vaeModel.getWeights().map(weight => weight.arraySync()),
        predicted: [zMean.arraySync(), zLogVar.arraySync(), z.shape],
        generated: decoderModel.predict(tf.tensor2d([[0.5, -1]])).arraySync(),
        outputs: vaeModel.predict(images).map(output => output.shape),
    };
"""
)


def clothes() -> dict[str, Any]:
    """Blurred bars, [images, 36]."""
    rng = np.random.default_rng(9)
    places = np.arange(36)
    images = np.exp(-((places - rng.uniform(5, 30, (24, 1))) ** 2) / 20).astype(np.float32)
    return {"images": images, "batchSize": 8, "epochs": 4}


PROGRAMS = [Program("fashion-mnist-vae", train, JAVASCRIPT, clothes)]
