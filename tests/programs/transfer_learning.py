"""Transfer learning: mnist-transfer-cnn, webcam-transfer-learning, simple-object-detection."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tests.programs.both import Program, knownWeights, lines, numbers

# mnist-transfer-cnn: the layers of features are frozen, the others learn other digits.


def pretrainedCnn(size: int) -> Any:
    model = tf.sequential()
    model.add(
        tf.layers.conv2d(
            {"inputShape": [size, size, 1], "filters": 4, "kernelSize": 3, "name": "c1"}
        )
    )
    model.add(tf.layers.activation({"activation": "relu", "name": "a1"}))
    model.add(tf.layers.conv2d({"filters": 4, "kernelSize": 3, "name": "c2"}))
    model.add(tf.layers.activation({"activation": "relu", "name": "a2"}))
    model.add(tf.layers.maxPooling2d({"poolSize": [2, 2], "name": "pool"}))
    model.add(tf.layers.dropout({"rate": 0.25, "name": "drop"}))
    model.add(tf.layers.flatten({"name": "flat"}))
    model.add(tf.layers.dense({"units": 16, "name": "d1"}))
    model.add(tf.layers.activation({"activation": "relu", "name": "a3"}))
    model.add(tf.layers.dropout({"rate": 0.5, "name": "drop2"}))
    model.add(tf.layers.dense({"units": 5, "name": "d2"}))
    model.add(tf.layers.activation({"activation": "softmax", "name": "a4"}))
    return model


def retrainModel(x: Any, y: Any) -> dict[str, Any]:
    model = pretrainedCnn(x.shape[1])
    knownWeights(model)
    before = model.predict(x).arraySync()
    whole = lines(model)
    for i in range(7):
        model.layers[i].trainable = False
    model.compile(
        {"loss": "categoricalCrossentropy", "optimizer": tf.train.adam(0.01), "metrics": ["acc"]}
    )
    frozen = lines(model)
    history = model.fit(
        x, y, {"batchSize": 16, "epochs": 8, "validationData": [x, y], "verbose": 0}
    )

    layerTypeMap = {
        "Activation": "activation",
        "Conv2D": "conv2d",
        "Dense": "dense",
        "Dropout": "dropout",
        "Flatten": "flatten",
        "MaxPooling2D": "maxPooling2d",
    }
    fresh = tf.sequential()
    for layer in model.layers:
        jsLayerType = layerTypeMap[layer.getClassName()]
        fresh.add(getattr(tf.layers, jsLayerType)(layer.getConfig()))
    return {
        "summary": whole,
        "frozen": frozen,
        "before": before,
        "history": history.history,
        "features": [weight.arraySync() for weight in model.layers[0].getWeights()],
        "trained": len(model.trainableWeights),
        "fresh": lines(fresh),
    }


RETRAIN = """
    const size = args.x.shape[1];
    const model = tf.sequential();
    model.add(tf.layers.conv2d(
        {inputShape: [size, size, 1], filters: 4, kernelSize: 3, name: 'c1'}));
    model.add(tf.layers.activation({activation: 'relu', name: 'a1'}));
    model.add(tf.layers.conv2d({filters: 4, kernelSize: 3, name: 'c2'}));
    model.add(tf.layers.activation({activation: 'relu', name: 'a2'}));
    model.add(tf.layers.maxPooling2d({poolSize: [2, 2], name: 'pool'}));
    model.add(tf.layers.dropout({rate: 0.25, name: 'drop'}));
    model.add(tf.layers.flatten({name: 'flat'}));
    model.add(tf.layers.dense({units: 16, name: 'd1'}));
    model.add(tf.layers.activation({activation: 'relu', name: 'a3'}));
    model.add(tf.layers.dropout({rate: 0.5, name: 'drop2'}));
    model.add(tf.layers.dense({units: 5, name: 'd2'}));
    model.add(tf.layers.activation({activation: 'softmax', name: 'a4'}));

    const {x, y} = args;
    knownWeights(model);
    const before = model.predict(x).arraySync();
    const whole = lines(model);
    for (let i = 0; i < 7; ++i) {
        model.layers[i].trainable = false;
    }
    model.compile({
        loss: 'categoricalCrossentropy', optimizer: tf.train.adam(0.01), metrics: ['acc']
    });
    const frozen = lines(model);
    const history = await model.fit(
        x, y, {batchSize: 16, epochs: 8, validationData: [x, y], verbose: 0});

    const layerTypeMap = {
        'Activation': 'activation',
        'Conv2D': 'conv2d',
        'Dense': 'dense',
        'Dropout': 'dropout',
        'Flatten': 'flatten',
        'MaxPooling2D': 'maxPooling2d'
    };
    const fresh = tf.sequential();
    for (const layer of model.layers) {
        const jsLayerType = layerTypeMap[layer.getClassName()];
        fresh.add(tf.layers[jsLayerType](layer.getConfig()));
    }
    return {
        summary: whole,
        frozen,
        before,
        history: history.history,
        features: model.layers[0].getWeights().map(weight => weight.arraySync()),
        trained: model.trainableWeights.length,
        fresh: lines(fresh),
    };
"""

# A small MobileNet, and what webcam-transfer-learning and simple-object-detection make of it.


def mobilenet() -> Any:
    img = tf.input({"shape": [12, 12, 3], "name": "img"})
    x = tf.layers.conv2d(
        {"filters": 4, "kernelSize": 3, "strides": 2, "padding": "same", "useBias": False}
    ).apply(img)
    x = tf.layers.batchNormalization().apply(x)
    x = tf.layers.activation({"activation": "relu6", "name": "conv1_relu"}).apply(x)
    x = tf.layers.depthwiseConv2d({"kernelSize": 3, "padding": "same", "useBias": False}).apply(x)
    x = tf.layers.batchNormalization().apply(x)
    x = tf.layers.activation({"activation": "relu6", "name": "conv_dw_1_relu"}).apply(x)
    x = tf.layers.conv2d(
        {"filters": 6, "kernelSize": 1, "useBias": False, "name": "conv_pw_1"}
    ).apply(x)
    x = tf.layers.batchNormalization({"name": "conv_pw_1_bn"}).apply(x)
    x = tf.layers.activation({"activation": "relu6", "name": "conv_pw_1_relu"}).apply(x)
    y = tf.layers.dense({"units": 3}).apply(tf.layers.flatten().apply(x))
    return tf.model({"inputs": img, "outputs": y})


MOBILENET = """
    const img = tf.input({shape: [12, 12, 3], name: 'img'});
    let features = tf.layers.conv2d(
        {filters: 4, kernelSize: 3, strides: 2, padding: 'same', useBias: false}).apply(img);
    features = tf.layers.batchNormalization().apply(features);
    features = tf.layers.activation({activation: 'relu6', name: 'conv1_relu'}).apply(features);
    features = tf.layers.depthwiseConv2d({kernelSize: 3, padding: 'same', useBias: false})
        .apply(features);
    features = tf.layers.batchNormalization().apply(features);
    features = tf.layers.activation({activation: 'relu6', name: 'conv_dw_1_relu'})
        .apply(features);
    features = tf.layers.conv2d(
        {filters: 6, kernelSize: 1, useBias: false, name: 'conv_pw_1'}).apply(features);
    features = tf.layers.batchNormalization({name: 'conv_pw_1_bn'}).apply(features);
    features = tf.layers.activation({activation: 'relu6', name: 'conv_pw_1_relu'})
        .apply(features);
    const flat = tf.layers.flatten().apply(features);
    const classes = tf.layers.dense({units: 3}).apply(flat);
    const mobilenet = tf.model({inputs: img, outputs: classes});
    knownWeights(mobilenet);
"""


def webcam(xs: Any, ys: Any) -> dict[str, Any]:
    base = mobilenet()
    knownWeights(base)
    layer = base.getLayer("conv_pw_1_relu")
    truncatedMobileNet = tf.model({"inputs": base.inputs, "outputs": layer.output})
    embeddings = truncatedMobileNet.predict(xs)

    model = tf.sequential(
        {
            "layers": [
                tf.layers.flatten({"inputShape": truncatedMobileNet.outputs[0].shape[1:]}),
                tf.layers.dense(
                    {
                        "units": 10,
                        "activation": "relu",
                        "kernelInitializer": "varianceScaling",
                        "useBias": True,
                    }
                ),
                tf.layers.dense(
                    {
                        "units": 4,
                        "kernelInitializer": "varianceScaling",
                        "useBias": False,
                        "activation": "softmax",
                    }
                ),
            ]
        }
    )
    knownWeights(model)
    optimizer = tf.train.adam(0.001)
    model.compile({"optimizer": optimizer, "loss": "categoricalCrossentropy"})
    batchSize = xs.shape[0] * 4 // 10
    seen: list[float] = []
    model.fit(
        embeddings,
        ys,
        {
            "batchSize": batchSize,
            "epochs": 3,
            "shuffle": False,
            "verbose": 0,
            "callbacks": {"onBatchEnd": lambda batch, logs: seen.append(logs["loss"])},
        },
    )
    predictions = model.predict(truncatedMobileNet.predict(xs))
    return {
        "base": lines(truncatedMobileNet),
        "summary": lines(model),
        "losses": seen,
        "predicted": predictions.arraySync(),
        "classId": predictions.slice([0, 0], [1, 4]).as1D().argMax().dataSync()[0],
    }


WEBCAM = (
    MOBILENET
    + """
    const {xs, ys} = args;
    const layer = mobilenet.getLayer('conv_pw_1_relu');
    const truncatedMobileNet = tf.model({inputs: mobilenet.inputs, outputs: layer.output});
    const embeddings = truncatedMobileNet.predict(xs);

    const model = tf.sequential({
        layers: [
            tf.layers.flatten({inputShape: truncatedMobileNet.outputs[0].shape.slice(1)}),
            tf.layers.dense({
                units: 10, activation: 'relu', kernelInitializer: 'varianceScaling', useBias: true
            }),
            tf.layers.dense({
                units: 4, kernelInitializer: 'varianceScaling', useBias: false,
                activation: 'softmax'
            })
        ]
    });
    knownWeights(model);
    const optimizer = tf.train.adam(0.001);
    model.compile({optimizer: optimizer, loss: 'categoricalCrossentropy'});
    const batchSize = Math.floor(xs.shape[0] * 0.4);
    const seen = [];
    await model.fit(embeddings, ys, {
        batchSize,
        epochs: 3,
        shuffle: false,
        verbose: 0,
        callbacks: {onBatchEnd: (batch, logs) => { seen.push(logs.loss); }}
    });
    const predictions = model.predict(truncatedMobileNet.predict(xs));
    return {
        base: lines(truncatedMobileNet),
        summary: lines(model),
        losses: seen,
        predicted: predictions.arraySync(),
        classId: predictions.slice([0, 0], [1, 4]).as1D().argMax().dataSync()[0],
    };
"""
)

LABEL_MULTIPLIER = [12, 1, 1, 1, 1]
TOP_LAYER_GROUP_NAMES = ["conv_pw_1"]


def customLossFunction(yTrue: Any, yPred: Any) -> Any:
    return tf.tidy(lambda: tf.metrics.meanSquaredError(yTrue.mul(LABEL_MULTIPLIER), yPred))


def objectDetection(images: Any, targets: Any) -> dict[str, Any]:
    base = mobilenet()
    knownWeights(base)
    fineTuningLayers = []
    layer = base.getLayer("conv_pw_1_relu")
    truncatedBase = tf.model({"inputs": base.inputs, "outputs": layer.output})
    for layer in truncatedBase.layers:
        layer.trainable = False
        for groupName in TOP_LAYER_GROUP_NAMES:
            if layer.name.find(groupName) == 0:
                fineTuningLayers.append(layer)
                break

    newHead = tf.sequential()
    newHead.add(tf.layers.flatten({"inputShape": truncatedBase.outputs[0].shape[1:]}))
    newHead.add(tf.layers.dense({"units": 20, "activation": "relu"}))
    newHead.add(tf.layers.dense({"units": 5}))
    knownWeights(newHead)
    newOutput = newHead.apply(truncatedBase.outputs[0])
    model = tf.model({"inputs": truncatedBase.inputs, "outputs": newOutput})

    model.compile({"loss": customLossFunction, "optimizer": tf.train.rmsprop(5e-3)})
    options = {"batchSize": 4, "validationSplit": 0.2, "shuffle": False, "verbose": 0}
    summary = lines(model)
    history = model.fit(images, targets, {"epochs": 3, **options})

    for layer in fineTuningLayers:
        layer.trainable = True
    model.compile({"loss": customLossFunction, "optimizer": tf.train.rmsprop(2e-3)})
    fineTuned = lines(model)
    tuning = model.fit(images, targets, {"epochs": 2, **options})
    return {
        "summary": summary,
        "history": history.history,
        "fineTuned": fineTuned,
        "tuning": tuning.history,
        "names": [layer.name for layer in fineTuningLayers],
        "evaluated": numbers(model.evaluate(images, targets)),
        "weights": [weight.arraySync() for weight in model.getWeights()],
    }


OBJECT_DETECTION = (
    MOBILENET
    + """
    const LABEL_MULTIPLIER = [12, 1, 1, 1, 1];
    const TOP_LAYER_GROUP_NAMES = ['conv_pw_1'];
    const customLossFunction = (yTrue, yPred) => tf.tidy(
        () => tf.metrics.meanSquaredError(yTrue.mul(LABEL_MULTIPLIER), yPred));

    const {images, targets} = args;
    const fineTuningLayers = [];
    const layer = mobilenet.getLayer('conv_pw_1_relu');
    const truncatedBase = tf.model({inputs: mobilenet.inputs, outputs: layer.output});
    for (const layer of truncatedBase.layers) {
        layer.trainable = false;
        for (const groupName of TOP_LAYER_GROUP_NAMES) {
            if (layer.name.indexOf(groupName) === 0) {
                fineTuningLayers.push(layer);
                break;
            }
        }
    }

    const newHead = tf.sequential();
    newHead.add(tf.layers.flatten({inputShape: truncatedBase.outputs[0].shape.slice(1)}));
    newHead.add(tf.layers.dense({units: 20, activation: 'relu'}));
    newHead.add(tf.layers.dense({units: 5}));
    knownWeights(newHead);
    const newOutput = newHead.apply(truncatedBase.outputs[0]);
    const model = tf.model({inputs: truncatedBase.inputs, outputs: newOutput});

    model.compile({loss: customLossFunction, optimizer: tf.train.rmsprop(5e-3)});
    const options = {batchSize: 4, validationSplit: 0.2, shuffle: false, verbose: 0};
    const summary = lines(model);
    const history = await model.fit(images, targets, {epochs: 3, ...options});

    for (const layer of fineTuningLayers) {
        layer.trainable = true;
    }
    model.compile({loss: customLossFunction, optimizer: tf.train.rmsprop(2e-3)});
    const fineTuned = lines(model);
    const tuning = await model.fit(images, targets, {epochs: 2, ...options});
    return {
        summary,
        history: history.history,
        fineTuned,
        tuning: tuning.history,
        names: fineTuningLayers.map(layer => layer.name),
        evaluated: numbers(model.evaluate(images, targets)),
        weights: model.getWeights().map(weight => weight.arraySync()),
    };
"""
)


def digits() -> dict[str, Any]:
    """Five patterns with noise, [images, 10, 10, 1], and their numbers one-hot."""
    rng = np.random.default_rng(10)
    classes = rng.integers(0, 5, 32)
    x = (rng.uniform(size=(5, 10, 10, 1)) > 0.7)[classes] + rng.uniform(0, 0.2, (32, 10, 10, 1))
    return {"x": x.astype(np.float32), "y": np.eye(5, dtype=np.float32)[classes]}


def pictures() -> dict[str, Any]:
    """Four directions of light, [images, 12, 12, 3], one-hot."""
    rng = np.random.default_rng(11)
    classes = rng.integers(0, 4, 20)
    xs = rng.uniform(0, 0.3, (20, 12, 12, 3))
    for image, kind in zip(xs, classes, strict=True):
        np.rot90(image, kind)[:4] += 0.6
    return {"xs": xs.astype(np.float32), "ys": np.eye(4, dtype=np.float32)[classes]}


def shapes() -> dict[str, Any]:
    """A rectangle on each image, [images, 12, 12, 3]; whether it is one, and where, [images, 5]."""
    rng = np.random.default_rng(12)
    images = rng.uniform(0, 0.2, (20, 12, 12, 3))
    targets = np.zeros((20, 5))
    for image, target in zip(images, targets, strict=True):
        left, top = rng.integers(0, 7, 2)
        width, height = rng.integers(2, 6, 2)
        image[top : top + height, left : left + width] = 1
        target[:] = [width == height, left, left + width, top, top + height]
    return {"images": images.astype(np.float32), "targets": targets.astype(np.float32)}


PROGRAMS = [
    Program("mnist-transfer-cnn", retrainModel, RETRAIN, digits, random=True, slow=True),
    Program("webcam-transfer-learning", webcam, WEBCAM, pictures),
    Program("simple-object-detection", objectDetection, OBJECT_DETECTION, shapes, slow=True),
]
