"""Layers of one's own, written as in tf.js: training, saving and loading beside tf.js itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.converters.registry import READERS
from tfjsbridge.verify import NodeSession

X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
Y = np.random.default_rng(1).normal(size=(12, 1)).astype(np.float32)

#: The example of tf.js's own examples repository, with a weight and an option.
ANTIRECTIFIER = """
    class Antirectifier extends tf.layers.Layer {
      static className = 'Antirectifier';
      constructor(config) {
        super(config);
        this.supportsMasking = true;
        this.leftBy = config.leftBy ?? 1;
      }
      build(inputShape) {
        this.kernel = this.addWeight(
            'kernel', [inputShape[inputShape.length - 1]], 'float32', tf.initializers.ones(),
            tf.regularizers.l2({l2: 0.1}), true);
        this.shift = this.addWeight('shift', [], null, tf.initializers.constant({value: 0.5}),
            null, false);
        super.build(inputShape);
      }
      computeOutputShape(inputShape) { return [inputShape[0], 2 * inputShape[1]]; }
      call(inputs, kwargs) {
        const input = Array.isArray(inputs) ? inputs[0] : inputs;
        const scaled = input.mul(this.kernel.read()).add(this.shift.read());
        return tf.concat([tf.relu(scaled), tf.relu(tf.neg(scaled)).mul(this.leftBy)], 1);
      }
      getConfig() { return {...super.getConfig(), leftBy: this.leftBy}; }
    }
    tf.serialization.registerClass(Antirectifier);
"""


class Antirectifier(tf.layers.Layer):
    className = "Antirectifier"

    def __init__(self, config: Any = None):
        super().__init__(config)
        self.supportsMasking = True
        self.leftBy = (config or {}).get("leftBy", 1)

    def build(self, inputShape: Any) -> None:
        self.kernel = self.addWeight(
            "kernel",
            [inputShape[-1]],
            "float32",
            tf.initializers.ones(),
            tf.regularizers.l2({"l2": 0.1}),
            True,
        )
        self.shift = self.addWeight(
            "shift", [], None, tf.initializers.constant({"value": 0.5}), None, False
        )
        super().build(inputShape)

    def computeOutputShape(self, inputShape: Any) -> Any:
        return [inputShape[0], 2 * inputShape[1]]

    def call(self, inputs: Any, kwargs: Any) -> Any:
        input = inputs[0] if isinstance(inputs, list) else inputs
        scaled = input.mul(self.kernel.read()).add(self.shift.read())
        return tf.concat([tf.relu(scaled), tf.relu(tf.neg(scaled)).mul(self.leftBy)], 1)

    def getConfig(self) -> dict[str, Any]:
        return {**super().getConfig(), "leftBy": self.leftBy}


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    before = dict(READERS)
    tf.serialization.registerClass(Antirectifier)
    yield
    READERS.clear()
    READERS.update(before)


def stack() -> Any:
    return tf.sequential(
        layers=[
            Antirectifier({"inputShape": [3], "leftBy": 2, "name": "both"}),
            tf.layers.dense(units=1, name="out"),
        ]
    )


STACK = """
    const model = tf.sequential({layers: [
        new Antirectifier({inputShape: [3], leftBy: 2, name: 'both'}),
        tf.layers.dense({units: 1, name: 'out'})]});
"""


def test_training_is_tfjss(node: NodeSession) -> None:
    model = stack()
    weights = [w.numpy() for w in model.getWeights()]
    body = f"""
        {ANTIRECTIFIER} {STACK}
        model.setWeights(args.weights);
        model.compile({{optimizer: tf.train.adam(0.1), loss: 'meanSquaredError'}});
        const {{history}} = await model.fit(
            args.x, args.y, {{epochs: 20, batchSize: 4, shuffle: false, verbose: 0}});
        const lines = [];
        model.summary(null, null, line => lines.push(line));
        return {{loss: history.loss, weights: model.getWeights(), y: model.predict(args.x), lines}};
    """
    theirs = node.evaluate(body, weights=weights, x=X, y=Y)
    model.compile(optimizer=tf.train.adam(0.1), loss="meanSquaredError")
    before = tf.memory()["numTensors"]
    history = model.fit(X, Y, epochs=20, batchSize=4, shuffle=False, verbose=0).history
    assert tf.memory()["numTensors"] == before
    np.testing.assert_allclose(history["loss"], theirs["loss"], rtol=1e-4)
    for ours, other in zip(model.getWeights(), theirs["weights"], strict=True):
        np.testing.assert_allclose(ours.numpy(), other, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(model.predict(X).numpy(), theirs["y"], rtol=1e-4, atol=1e-5)
    lines: list[str] = []
    model.summary(printFn=lines.append)
    assert lines == theirs["lines"]


def test_what_is_saved_loads_in_tfjs(node: NodeSession, tmp_path: Path) -> None:
    model = stack()
    model.save(tmp_path)
    description = json.loads((tmp_path / "model.json").read_text("utf-8"))
    [shard] = description["weightsManifest"][0]["paths"]
    body = f"""
        {ANTIRECTIFIER}
        const specs = args.description.weightsManifest[0].weights;
        const load = () => ({{modelTopology: args.description.modelTopology, weightSpecs: specs,
                              weightData: Uint8Array.from(args.bytes).buffer}});
        const model = await tf.loadLayersModel({{load}});
        return {{y: model.predict(args.x), leftBy: model.layers[0].leftBy,
                 names: model.getWeights().length}};
    """
    values = list((tmp_path / shard).read_bytes())
    theirs = node.evaluate(body, description=description, bytes=values, x=X)
    assert theirs["leftBy"] == 2
    np.testing.assert_allclose(theirs["y"], model.predict(X).numpy(), rtol=1e-5, atol=1e-6)


def test_what_is_saved_loads_here(tmp_path: Path) -> None:
    model = stack()
    model.layers[0].kernel.write([0.5, 2, 0])
    model.save(tmp_path)
    loaded = tf.loadLayersModel(tmp_path)
    assert type(loaded.layers[0]) is Antirectifier
    assert loaded.layers[0].leftBy == 2
    np.testing.assert_array_equal(loaded.predict(X).numpy(), model.predict(X).numpy())
    loaded.compile(optimizer="sgd", loss="meanSquaredError")
    loaded.fit(X, Y, epochs=1, verbose=0)
    del READERS["Antirectifier"]
    with pytest.raises(ValueError, match="no way is known to read a Antirectifier layer"):
        tf.loadLayersModel(tmp_path)


def test_the_layer_alone(node: NodeSession) -> None:
    body = f"""
        {ANTIRECTIFIER}
        const layer = new Antirectifier({{name: 'mine'}});
        const y = layer.apply(args.x);
        return {{y, names: layer.weights.map(w => w.name), config: layer.getConfig(),
                 trainable: layer.trainableWeights.map(w => w.originalName),
                 fixed: layer.nonTrainableWeights.map(w => w.originalName),
                 parameters: layer.countParams(), built: layer.built,
                 className: layer.getClassName(),
                 registered: tf.serialization.getRegisteredName(Antirectifier)}};
    """
    theirs = node.evaluate(body, x=X)
    layer = Antirectifier({"name": "mine"})
    assert not layer.built
    np.testing.assert_allclose(layer.apply(tf.tensor(X)).numpy(), theirs["y"], rtol=1e-5)
    assert [w.name for w in layer.weights] == theirs["names"]
    assert [w.originalName for w in layer.trainableWeights] == theirs["trainable"]
    assert [w.originalName for w in layer.nonTrainableWeights] == theirs["fixed"]
    assert layer.getConfig() == theirs["config"]
    assert layer.countParams() == theirs["parameters"]
    assert layer.built == theirs["built"]
    assert layer.getClassName() == theirs["className"]
    assert tf.serialization.getRegisteredName(Antirectifier) == theirs["registered"]
    assert [w.shape for w in layer.weights] == [[3], []]
    assert layer.weights[0].dtype == "float32"
    assert layer.weights[0].write([1, -2, 3]).read().arraySync() == [1, -2, 3]
    with pytest.raises(ValueError, match=r"Shape mismatch: \[3\] vs. \[2\]"):
        layer.weights[0].write([1, 2])


class TwoThings(tf.layers.Layer):
    """Two inputs, two outputs, without weights; a loss of its own."""

    def computeOutputShape(self, inputShape: Any) -> Any:
        a, b = inputShape
        return [[a[0], a[1] + b[1]], [a[0], 1]]

    def call(self, inputs: Any, kwargs: Any) -> Any:
        a, b = inputs
        return [tf.concat([a, b], 1), a.sum(1, True).mul(3 if kwargs.get("training") else 1)]


def test_several_inputs_and_outputs() -> None:
    a, b = tf.input(shape=[3]), tf.input(shape=[2])
    joined, sums = TwoThings().apply([a, b])
    assert [joined.shape, sums.shape] == [[None, 5], [None, 1]]
    model = tf.model(inputs=[a, b], outputs=[joined, sums])
    first, second = model.predict([X, X[:, :2]])
    np.testing.assert_array_equal(first.numpy(), np.concatenate([X, X[:, :2]], 1))
    np.testing.assert_allclose(second.numpy()[:, 0], X.sum(1), rtol=1e-5)
    trained = TwoThings().apply([tf.tensor(X), tf.tensor(X[:, :2])], {"training": True})
    np.testing.assert_allclose(trained[1].numpy()[:, 0], 3 * X.sum(1), rtol=1e-5)


class Penalized(tf.layers.Layer):
    def build(self, inputShape: Any) -> None:
        self.w = self.addWeight("w", [inputShape[-1]], None, "ones")
        self.addLoss(lambda: self.w.read().square().sum().mul(0.5))
        self.built = True

    def call(self, inputs: Any, kwargs: Any) -> Any:
        return inputs[0].mul(self.w.read())


def test_a_loss_of_its_own(node: NodeSession) -> None:
    body = """
        class Penalized extends tf.layers.Layer {
          static className = 'Penalized';
          build(inputShape) {
            this.w = this.addWeight('w', [inputShape[1]], null, tf.initializers.ones());
            this.addLoss(() => this.w.read().square().sum().mul(0.5));
            this.built = true;
          }
          call(inputs) { return inputs[0].mul(this.w.read()); }
        }
        const model = tf.sequential({layers: [new Penalized({inputShape: [3]})]});
        model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
        const {history} = await model.fit(
            args.x, args.x, {epochs: 10, batchSize: 4, shuffle: false, verbose: 0});
        return {loss: history.loss, weights: model.getWeights()};
    """
    theirs = node.evaluate(body, x=X)
    model = tf.sequential(layers=[Penalized({"inputShape": [3]})])
    model.compile(optimizer="sgd", loss="meanSquaredError")
    history = model.fit(X, X, epochs=10, batchSize=4, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], theirs["loss"], rtol=1e-4)
    np.testing.assert_allclose(model.getWeights()[0].numpy(), theirs["weights"][0], rtol=1e-4)


def test_weights_that_are_loaded_need_no_initializer() -> None:
    class Wide(tf.layers.Layer):
        def build(self, inputShape: Any) -> None:
            self.addWeight("a", [2], None, "ones")
            self.addWeight("b", [2], None, "zeros", None, None, None, tf.initializers.ones)
            super().build(inputShape)

    layer = Wide()
    layer.setFastWeightInitDuringBuild(True)
    layer.build([None, 2])
    assert [w.arraySync() for w in layer.getWeights()] == [[0, 0], [1, 1]]


def test_what_is_wrong_is_said() -> None:
    class Twice(tf.layers.Layer):
        def build(self, inputShape: Any) -> None:
            self.addWeight("w", [1])
            self.addWeight("w", [1])

    with pytest.raises(ValueError, match="Duplicate weight name w for layer twice_Twice"):
        Twice().apply(tf.ones([1, 1]))
    with pytest.raises(TypeError, match=r"subclass of tf\.layers\.Layer, got <class 'int'>"):
        tf.serialization.registerClass(int)
    with pytest.raises(ValueError, match="name must be a text that is not empty"):
        tf.serialization.registerClass(Antirectifier, None, "")
    with pytest.raises(TypeError, match="is no layer of your own"):
        tf.layers.dense(units=1).addLoss(lambda: tf.scalar(1))
    with pytest.raises(TypeError, match="functions without parameters"):
        Penalized().addLoss([1])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="non-stateful"):
        Penalized().resetStates()


def test_a_layer_that_is_given_back(node: NodeSession) -> None:
    body = """
        const layer = tf.layers.dense({units: 2});
        let message;
        try { layer.dispose(); } catch (error) { message = error.message; }
        const x = tf.ones([1, 3]);
        layer.apply(x);
        const result = layer.dispose();
        try { layer.apply(x); } catch (error) { message += error.message; }
        return {result, message};
    """
    theirs = node.evaluate(body)
    layer = tf.layers.dense(units=2, name="dense_Dense1")
    with pytest.raises(ValueError, match="it has not been built yet"):
        layer.dispose()
    layer.apply(tf.ones([1, 3]))
    assert layer.dispose() == theirs["result"]
    with pytest.raises(ValueError, match="Layer 'dense_Dense1' is already disposed"):
        layer.apply(tf.ones([1, 3]))
    assert "has not been built yet" in theirs["message"]
    assert "is already disposed" in theirs["message"]


CONFIGURED: list[tuple[str, dict[str, Any]]] = [
    ("dense", {"units": 3, "activation": "relu", "inputShape": [2], "kernelRegularizer": "l1l2"}),
    ("activation", {"activation": "softmax", "trainable": False}),
    ("dropout", {"rate": 0.3}),
    ("reshape", {"targetShape": [2, 3], "name": "new"}),
    ("permute", {"dims": [2, 1]}),
    ("repeatVector", {"n": 3}),
    ("masking", {"maskValue": 2}),
    ("embedding", {"inputDim": 5, "outputDim": 3, "maskZero": True}),
    ("concatenate", {"axis": 1}),
    ("dot", {"axes": 1, "normalize": True}),
    ("gaussianNoise", {"stddev": 0.1}),
    ("batchNormalization", {"momentum": 0.9}),
    ("layerNormalization", {"epsilon": 0.1}),
    ("leakyReLU", {"alpha": 0.1}),
    ("prelu", {}),
    ("conv1d", {"filters": 2, "kernelSize": 3}),
    ("conv2d", {"filters": 2, "kernelSize": [3, 2], "padding": "same", "strides": 2}),
    ("conv2dTranspose", {"filters": 2, "kernelSize": 3}),
    ("depthwiseConv2d", {"kernelSize": 3, "depthMultiplier": 2}),
    ("zeroPadding2d", {"padding": [[1, 2], [0, 1]]}),
    ("upSampling2d", {"size": [2, 3]}),
    ("averagePooling2d", {"poolSize": 2, "dataFormat": "channelsLast"}),
    ("maxPooling1d", {"poolSize": 2}),
    ("globalMaxPooling2d", {}),
    ("simpleRNN", {"units": 2, "returnSequences": True}),
    ("gru", {"units": 2}),
    ("lstm", {"units": 2, "dropout": 0.1}),
    ("rescaling", {"scale": 2, "offset": 1}),
]


@pytest.mark.parametrize(("name", "options"), CONFIGURED, ids=lambda part: str(part)[:40])
def test_the_configuration_of_a_layer(
    node: NodeSession, name: str, options: dict[str, Any]
) -> None:
    body = "return JSON.stringify(tf.layers[args.name](args.options).getConfig())"
    theirs = json.loads(node.evaluate(body, name=name, options=options))
    ours = getattr(tf.layers, name)(options).getConfig()
    if "name" not in options:
        del theirs["name"], ours["name"]
    # Said of every layer by tf.js, and of none by us.
    theirs.pop("activityRegularizer", None)
    assert without_seeds(ours).items() >= without_seeds(theirs).items()


def without_seeds(config: Any) -> Any:
    if isinstance(config, dict):
        return {key: without_seeds(value) for key, value in config.items() if key != "seed"}
    return config


def test_shapes_that_a_layer_gives(node: NodeSession) -> None:
    body = (
        "return tf.layers.conv2d({filters: 2, kernelSize: 3}).computeOutputShape([null, 8, 9, 1])"
    )
    layer = tf.layers.conv2d(filters=2, kernelSize=3)
    assert layer.computeOutputShape([None, 8, 9, 1]) == node.evaluate(body) == [None, 6, 7, 2]
    assert tf.layers.add().computeOutputShape([[None, 2], [None, 2]]) == [None, 2]
    layer.build([None, 8, 9, 1])
    assert [w.shape for w in layer.getWeights(True)] == [[3, 3, 1, 2], [2]]
