"""Recurrent layers against tf.js: options, masks, training, errors."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.recurrent_parity import (
    HALF,
    MAKE,
    assert_same_predictions,
    assert_same_training,
    make,
    regularizer,
    spec,
)
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 5, 3)).astype(np.float32)
IMAGES = RNG.normal(size=(8, 3, 5, 4, 2)).astype(np.float32)
#: With steps that are all zeros: at the front, at the end, in between, everywhere.
GAPS = X.copy()
GAPS[0, :2] = GAPS[1, 3:] = GAPS[2, 2] = GAPS[3] = GAPS[4, [0, 2, 4]] = 0

NAMES = ("simpleRNN", "gru", "lstm")
GATED = ("gru", "lstm")
STACK = [spec("gruCell", units=2), spec("lstmCell", units=4), spec("simpleRNNCell", units=3)]

OPTIONS: list[dict[str, Any]] = [
    {},
    {"returnSequences": True},
    {"goBackwards": True},
    {"goBackwards": True, "returnSequences": True},
    {"returnState": True},
    {"returnState": True, "returnSequences": True, "goBackwards": True},
    {"useBias": False},
    {"unroll": True, "returnSequences": True},
    {"activation": "relu"},
    {"activation": None},
    {"activation": "sigmoid", "biasInitializer": "ones", "recurrentInitializer": "glorotUniform"},
    {"dropout": 0.5, "recurrentDropout": 0.5},
    {"dropout": 1, "recurrentDropout": 2},
    {"trainable": False},
    {"inputDim": 7, "inputLength": 9, "cell": None},
    {"kernelConstraint": "nonNeg", "recurrentConstraint": "maxNorm", "biasConstraint": "unitNorm"},
]
GATED_OPTIONS: list[dict[str, Any]] = [
    {"recurrentActivation": "sigmoid"},
    {"recurrentActivation": None},
    {"recurrentActivation": "tanh", "activation": "hardSigmoid"},
    {"implementation": 1, "resetAfter": False},
]
CASES = [
    *(spec(name, units=4, **options) for name in NAMES for options in OPTIONS),
    *(spec("gru", units=4, **options) for options in GATED_OPTIONS),
    *(
        spec("lstm", units=4, unitForgetBias=True, **options)
        for options in ({k: v for k, v in o.items() if k != "resetAfter"} for o in GATED_OPTIONS)
    ),
    spec("lstm", units=1, returnState=True),
    spec("rnn", cell=spec("lstmCell", units=4), returnState=True),
    spec("rnn", cell=spec("gruCell", units=2, activation="elu"), returnSequences=True),
    spec("rnn", cell=spec("simpleRNNCell", units=2, activation=None), goBackwards=True),
    spec("rnn", cell=[spec("gruCell", units=2)], returnState=True),
    spec("rnn", cell=STACK),
    spec("rnn", cell=STACK, returnState=True, returnSequences=True, goBackwards=True),
    spec("rnn", cell=spec("stackedRNNCells", cells=STACK), returnState=True),
]
WINDOWS: list[dict[str, Any]] = [
    {"kernelSize": 2},
    {"kernelSize": [3, 2], "padding": "same", "returnSequences": True},
    {"kernelSize": 3, "strides": 2, "padding": "same", "returnState": True},
    {"kernelSize": 2, "strides": [1, 2], "goBackwards": True},
    {"kernelSize": 2, "dilationRate": [2, 1], "useBias": False},
    {"kernelSize": 2, "activation": "relu", "recurrentActivation": "sigmoid"},
    {"kernelSize": 1, "unitForgetBias": True, "dropout": 0.5, "recurrentDropout": 0.5},
    {"kernelSize": 2, "returnState": True, "returnSequences": True, "goBackwards": True},
]


@pytest.mark.parametrize("layer", CASES, ids=str)
def test_predictions(node: NodeSession, layer: dict[str, Any]) -> None:
    assert_same_predictions(node, [layer], X)


@pytest.mark.parametrize("options", WINDOWS, ids=str)
def test_convolutions(node: NodeSession, options: dict[str, Any]) -> None:
    assert_same_predictions(node, [spec("convLstm2d", filters=3, **options)], IMAGES)


def test_channels_first_has_tfjss_shapes(node: NodeSession) -> None:
    layer = spec("convLstm2d", filters=3, kernelSize=2, dataFormat="channelsFirst")
    body = MAKE + "const m = build(); return [m.outputs[0].shape, m.getWeights().map(w => w.shape)]"
    input_ = {"shape": [3, 2, 5, 4]}
    theirs = node.evaluate(body, layers=[layer], input=input_)
    ours = make(layer)
    assert [ours.apply(tf.input(input_)).shape, [w.shape for w in ours.getWeights()]] == theirs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unroll", [False, True])
def test_any_number_of_steps(node: NodeSession, name: str, unroll: bool) -> None:
    layers = [spec(name, units=2, returnSequences=True, unroll=unroll)]
    assert_same_predictions(node, layers, X, steps=False)


@pytest.mark.parametrize("name", NAMES)
def test_one_on_the_other(node: NodeSession, name: str) -> None:
    assert_same_predictions(
        node, [spec(name, units=4, returnSequences=True), spec(name, units=2)], X
    )


MASKED = [
    *(spec(name, units=4) for name in NAMES),
    *(spec(name, units=4, returnSequences=True) for name in NAMES),
    *(spec(name, units=4, returnSequences=True, goBackwards=True) for name in NAMES),
    spec("lstm", units=4, returnState=True, returnSequences=True),
    spec("lstm", units=4, returnSequences=True, unroll=True),
    spec("rnn", cell=STACK, returnSequences=True, returnState=True),
]


@pytest.mark.parametrize("layer", MASKED, ids=str)
def test_masked_steps(node: NodeSession, layer: dict[str, Any]) -> None:
    assert_same_predictions(node, [spec("masking"), layer], GAPS)


@pytest.mark.parametrize("name", NAMES)
def test_a_mask_goes_on_to_the_next_layer(node: NodeSession, name: str) -> None:
    layers = [spec("masking"), spec(name, units=4, returnSequences=True), spec(name, units=2)]
    assert_same_predictions(node, layers, GAPS)


@pytest.mark.parametrize("name", NAMES)
def test_words_with_a_mask(node: NodeSession, name: str) -> None:
    words = np.float32([[1, 2, 0, 0], [0, 3, 0, 1], [0, 0, 0, 0], [4, 4, 1, 2]])
    embedding = spec("embedding", inputDim=5, outputDim=3, maskZero=True)
    assert_same_predictions(node, [embedding, spec(name, units=2)], words)


TRAINED = [
    *(spec(name, units=4, **options) for name in NAMES for options in OPTIONS[:4] + OPTIONS[6:9]),
    *(spec(name, units=4, trainable=False) for name in NAMES),
    *(spec(name, units=4, recurrentActivation="sigmoid", activation="sigmoid") for name in GATED),
    *(spec(name, units=4, dropout=0.25, recurrentDropout=0.5, dropoutFunc=HALF) for name in NAMES),
    *(spec(name, units=4, dropout=1, recurrentDropout=-1) for name in NAMES),
    *(
        spec(
            name,
            units=4,
            kernelRegularizer=regularizer("l2", l2=0.5),
            recurrentRegularizer="l1l2",
            biasRegularizer=regularizer("l1", l1=0.5),
        )
        for name in NAMES
    ),
    spec("rnn", cell=spec("lstmCell", units=4)),
    spec("rnn", cell=spec("lstmCell", units=4, kernelRegularizer="l1l2")),
    spec("rnn", cell=STACK, returnSequences=True),
]


@pytest.mark.parametrize("layer", TRAINED, ids=str)
def test_training(node: NodeSession, layer: dict[str, Any]) -> None:
    assert_same_training(node, [layer], X)


#: tf.js has no gradient of a convolution with a dilation.
TRAINED_WINDOWS = [
    *(o for o in WINDOWS[:6] if not {"returnState", "dilationRate"} & set(o)),
    {"kernelSize": 2, "useBias": False},
]


@pytest.mark.parametrize("options", TRAINED_WINDOWS, ids=str)
def test_training_of_convolutions(node: NodeSession, options: dict[str, Any]) -> None:
    assert_same_training(node, [spec("convLstm2d", filters=2, **options)], IMAGES)


def test_training_of_convolutions_with_dropout(node: NodeSession) -> None:
    options = {"dropout": 0.25, "recurrentDropout": 0.5, "dropoutFunc": HALF}
    layer = spec("convLstm2d", filters=2, kernelSize=2, kernelRegularizer="l1l2", **options)
    assert_same_training(node, [layer], IMAGES)


@pytest.mark.parametrize("name", NAMES)
def test_training_with_masked_steps(node: NodeSession, name: str) -> None:
    assert_same_training(node, [spec("masking"), spec(name, units=4)], GAPS)


@pytest.mark.parametrize("name", [*NAMES, "dense"])
def test_constraints_hold_where_weights_are_set_and_not_in_training(
    node: NodeSession, name: str
) -> None:
    body = """
        const layer = tf.layers[args.name](args.options);
        const model = tf.sequential({layers: [layer]});
        layer.setWeights(args.weights.map((w) => tf.tensor(w)));
        model.compile({optimizer: tf.train.sgd(0.03), loss: 'meanSquaredError'});
        const y = tf.ones([8, ...layer.outputShape.slice(1)]).mul(-3);
        const weights = () => layer.getWeights().map((w) => w.clone());
        const before = weights();
        await model.fit(args.x, y, {epochs: 9, shuffle: false, verbose: 0});
        const after = weights();
        await model.fit(args.x, y, {epochs: 2, shuffle: false, verbose: 0, callbacks: {
            // The same tensors once more would be no change, tf.js holds.
            onBatchEnd: () => layer.setWeights(layer.getWeights().map((w) => w.clone()))}});
        return [before, after, weights()];
    """
    options = {"kernelConstraint": "nonNeg", "inputShape": [5, 3], "units": 2}
    options["activation"] = "linear"
    layer = getattr(tf.layers, name)(options)
    model = tf.sequential(layers=[layer])
    random = np.random.default_rng(3)
    weights = [random.normal(size=w.shape).astype(np.float32) / 4 for w in layer.getWeights()]
    x = np.abs(X)
    theirs = node.evaluate(
        body, name=name, options=options, weights=[w.tolist() for w in weights], x=x
    )
    layer.setWeights(weights)
    with pytest.warns(UserWarning, match="constraints hold where weights are set.*kernel"):
        model.compile(optimizer=tf.train.sgd(0.03), loss="meanSquaredError")
    y = np.full([8, *layer.outputShape[1:]], -3, np.float32)
    ours = [[w.numpy() for w in layer.getWeights()]]
    model.fit(x, y, epochs=9, shuffle=False, verbose=0)
    ours.append([w.numpy() for w in layer.getWeights()])
    again = {"onBatchEnd": lambda batch, logs: layer.setWeights(layer.getWeights())}
    model.fit(x, y, epochs=2, shuffle=False, verbose=0, callbacks=again)
    ours.append([w.numpy() for w in layer.getWeights()])
    assert ours[0][0].min() >= 0
    assert ours[1][0].min() < 0
    assert ours[2][0].min() >= 0
    for mine, their in zip(ours, theirs, strict=True):
        for one, other in zip(mine, their, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_dropout_in_training(node: NodeSession, name: str) -> None:
    # The first step of ones: with a zero bias and no recurrence an output that is 0 was dropped.
    x = np.ones((400, 1, 1), np.float32)
    options = {
        "units": 1,
        "dropout": 0.3,
        "kernelInitializer": "ones",
        "recurrentInitializer": "zeros",
    }
    body = "return tf.layers[args.name](args.options).apply(args.x, {training: true})"
    theirs = node.evaluate(body, name=name, options=options, x=x)
    layer = getattr(tf.layers, name)(options)
    ours = layer.apply(tf.tensor(x), {"training": True}).numpy()
    assert set(np.round(np.unique(ours), 4)) == set(np.round(np.unique(theirs), 4))
    for y in (ours, theirs):
        assert abs((y == 0).mean() - 0.3) < 0.1
    assert len(np.unique(layer.apply(tf.tensor(x)).numpy())) == 1


def test_one_mask_drops_the_same_inputs_at_each_step_and_for_each_gate() -> None:
    seen = []

    def masks(ones: tf.Tensor, rate: float) -> tf.Tensor:
        seen.append((ones.shape, rate))
        return ones

    layer = tf.layers.gru(units=4, dropout=0.25, recurrentDropout=0.5, dropoutFunc=masks)
    layer.apply(tf.tensor(X), {"training": True})
    assert seen == [([8, 3], 0.25), ([8, 4], 0.5)]


CONFIG = "return make(args.layer).getConfig()"


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}Cell" for name in NAMES)])
def test_defaults(node: NodeSession, name: str) -> None:
    theirs = node.evaluate(MAKE + CONFIG, layer=spec(name, units=2))
    layer = getattr(tf.layers, name)(units=2).keras
    cell = getattr(layer, "cell", layer)
    ours = cell.get_config() | layer.get_config()
    assert theirs["kernelInitializer"]["config"]["distribution"] == "normal"
    assert theirs["recurrentInitializer"]["className"] == "Orthogonal"
    assert ours["recurrent_initializer"]["class_name"] == "OrthogonalInitializer" or (
        ours["recurrent_initializer"]["class_name"] == "Orthogonal"
    )
    for key, option in (
        ("useBias", "use_bias"), ("dropout", "dropout"), ("recurrentDropout", "recurrent_dropout"),
        ("returnSequences", "return_sequences"), ("stateful", "stateful"), ("unroll", "unroll"),
        ("goBackwards", "go_backwards"), ("returnState", "return_state"),
        ("resetAfter", "reset_after"),
    ):  # fmt: skip
        if key in theirs:
            assert ours[option] == theirs[key], key
    if "unitForgetBias" in theirs:
        assert not theirs["unitForgetBias"]
        assert not ours["unit_forget_bias"]


@pytest.mark.parametrize("name", ["lstm", "convLstm2d"])
def test_the_forget_gates_bias(node: NodeSession, name: str) -> None:
    size = {"units": 2} if name == "lstm" else {"filters": 2, "kernelSize": 2}
    shape = [3, 2] if name == "lstm" else [3, 4, 4, 1]
    for forget in (True, False):
        options = {**size, "unitForgetBias": forget, "inputShape": shape}
        body = """
            const layer = tf.layers[args.name](args.options);
            tf.sequential({layers: [layer]});
            return layer.getWeights()[2];
        """
        layer = getattr(tf.layers, name)(options)
        tf.sequential(layers=[layer])
        theirs = node.evaluate(body, name=name, options=options)
        np.testing.assert_array_equal(layer.getWeights()[2].numpy(), theirs)


@pytest.mark.parametrize("name", [*NAMES, "convLstm2d"])
def test_names(node: NodeSession, name: str) -> None:
    size = {"units": 2} if name in NAMES else {"filters": 2, "kernelSize": 2}
    for each in (name, f"{name}Cell"):
        theirs = node.evaluate(MAKE + "return make(args.layer).name", layer=spec(each, **size))
        ours = getattr(tf.layers, each)(size).name
        assert re.sub(r"\d+$", "", ours) == re.sub(r"\d+$", "", theirs)


def test_weights_have_tfjss_names() -> None:
    cells = [tf.layers.gruCell(units=2), tf.layers.lstmCell(units=3)]
    x = tf.tensor(X)
    layers = {
        "l": tf.layers.lstm(units=2, name="l"),
        "r": tf.layers.rnn(cell=cells, name="r"),
    }
    found = {}
    for name, layer in layers.items():
        layer.apply(x)
        found[name] = list(tf.variableGrads(lambda layer=layer: layer.apply(x).sum())["grads"])
    parts = ["kernel", "recurrent_kernel", "bias"]
    assert sorted(found["l"]) == sorted(f"l/{part}" for part in parts)
    assert sorted(found["r"]) == sorted(f"r/RNNCell_{i}/{part}" for i in (0, 1) for part in parts)


#: Options that both refuse, and what our message says.
REFUSED: list[tuple[dict[str, Any], str]] = [
    *((spec(name, units=0), "units must be a positive integer, got 0") for name in NAMES),
    *((spec(name, units=1.5), "units must be a positive integer, got 1.5") for name in NAMES),
    *((spec(name), "the option 'units' is missing") for name in NAMES),
    *((spec(name, units=1, activation="rely"), "did you mean 'relu'") for name in NAMES),
    (spec("lstm", units=1, recurrentActivation="hard_sigmoid"), "did you mean 'hardSigmoid'"),
    (spec("lstm", units=1, recurrentInitializer="ortogonal"), "did you mean 'orthogonal'"),
    (spec("gru", units=1, kernelRegularizer="l2"), "Unknown regularizer 'l2'"),
    (spec("gru", units=1, biasConstraint="norm"), "Unknown constraint 'norm'"),
    (spec("gru", units=1, resetAfter=True), "does not support reset_after"),
    (spec("gruCell", units=1, resetAfter=True), "does not support reset_after"),
    (spec("rnn"), "the option 'cell' is missing"),
    (spec("rnn", cell=spec("dense", units=1)), "should have an attribute `stateSize`"),
    (spec("convLstm2d", filters=0, kernelSize=1), "filters must be a positive integer, got 0"),
    (spec("convLstm2d", filters=1), "the option 'kernelSize' is missing"),
    (spec("convLstm2d", filters=1, kernelSize=[1]), "kernelSize must be a number or an array"),
    (spec("convLstm2d", filters=1, kernelSize=1, unroll=True), "Unrolling is not possible"),
    (spec("convLstm2d", filters=1, kernelSize=1, padding="full"), "Unknown padding 'full'"),
    (spec("convLstm2d", filters=1, kernelSize=1, dataFormat="last"), "Unknown dataFormat 'last'"),
    (
        spec(
            "convLstm2d", filters=1, kernelSize=2, strides=2, dilationRate=2,
            inputShape=[2, 5, 5, 1],
        ),
        "Either strides or dilations must be 1",
    ),
    (spec("lstm", units=1, stateful=True, inputShape=[2, 3]), "needs to know its batch size"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "said"), REFUSED, ids=str)
def test_wrong_options_are_refused(node: NodeSession, layer: dict[str, Any], said: str) -> None:
    body = """
        const layer = make(args.layer);
        if (layer.batchInputShape) {
            const shape = layer.batchInputShape.slice(1);
            tf.sequential({layers: [layer]}).predict(tf.ones([1, ...shape]));
        }
    """
    with pytest.raises(TfjsError):
        node.evaluate(MAKE + body, layer=layer)
    with pytest.raises((ValueError, TypeError)) as caught:
        make(layer)
    assert said in str(caught.value)


def test_a_series_has_three_axes(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="expected ndim=3, found ndim=2"):
        node.evaluate("return tf.layers.lstm({units: 2}).apply(tf.ones([2, 3]))")
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        tf.layers.lstm(units=2).apply(tf.ones([2, 3]))


def test_a_model_that_was_loaded_has_no_penalty_either(node: NodeSession) -> None:
    program = """
        const layer = tf.layers.gru({units: 2, biasRegularizer: 'l1l2'});
        const rnn = tf.layers.bidirectional({layer, mergeMode: 'sum'});
        const penalty = {kernelRegularizer: tf.regularizers.l2({l2: 10}), returnSequences: true};
        const first = tf.layers.lstm({units: 2, inputShape: [5, 3], ...penalty});
        const model = tf.sequential({layers: [first, rnn]});
        let saved;
        await model.save({save: async artifacts => { saved = artifacts; return {}; }});
        saved.weightData = Array.from(new Uint8Array(saved.weightData));
        const topology = JSON.parse(JSON.stringify(saved.modelTopology));
        model.compile({loss: 'meanSquaredError', optimizer: tf.train.sgd(0.1)});
        const history = await model.fit(args.x, args.y, {epochs: 2, shuffle: false, verbose: 0});
        return [{...saved, modelTopology: topology}, history.history.loss];
    """
    y = np.zeros([8, 2], np.float32)
    saved, losses = node.evaluate(program, x=X, y=y)
    artifacts = {**saved, "weightData": bytes(saved["weightData"])}
    model = tf.loadLayersModel(tf.io.fromMemory(artifacts))
    entry = model.layers[0].getConfig()["kernelRegularizer"]
    assert entry == {"className": "L1L2", "config": {"l1": 0, "l2": 10}}
    model.compile({"loss": "meanSquaredError", "optimizer": tf.train.sgd(0.1)})
    ours = model.fit(X, y, {"epochs": 2, "shuffle": False, "verbose": 0}).history["loss"]
    np.testing.assert_allclose(ours, losses, 1e-4)

    again: list[Any] = []
    model.save(tf.io.withSaveHandler(lambda written: again.append(written) or {}))
    layer = again[0]["modelTopology"]["config"]["layers"]
    said = [each["config"].get("kernel_regularizer") for each in layer]
    assert {"class_name": "L1L2", "config": {"l1": 0, "l2": 10}} in said
