"""bidirectional and timeDistributed against tf.js."""

from __future__ import annotations

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
GAPS = X.copy()
GAPS[0, :2] = GAPS[1, 3:] = GAPS[2, 2] = GAPS[3] = GAPS[4, [0, 2, 4]] = 0
IMAGES = RNG.normal(size=(8, 3, 5, 4, 2)).astype(np.float32)


def _both(layer: str = "lstm", merge: Any = "concat", **options: Any) -> dict[str, Any]:
    return spec("bidirectional", layer=spec(layer, units=3, **options), mergeMode=merge)


MODES = ("concat", "sum", "mul", "ave", None)
BOTH = [
    *(_both(name) for name in ("simpleRNN", "gru", "lstm")),
    *(_both("gru", mode) for mode in MODES),
    *(_both("lstm", mode, returnSequences=True) for mode in MODES),
    *(_both("lstm", mode, returnState=True) for mode in MODES),
    *(_both("gru", mode, returnSequences=True, returnState=True) for mode in MODES),
    _both(goBackwards=True),
    _both(goBackwards=True, returnSequences=True),
    _both(useBias=False, recurrentActivation="sigmoid", unitForgetBias=True),
    _both(dropout=0.5, recurrentDropout=0.5),
    spec("bidirectional", layer=spec("lstm", units=3), trainable=False),
    _both(trainable=False),
]


@pytest.mark.parametrize("layer", BOTH, ids=str)
def test_both_ways(node: NodeSession, layer: dict[str, Any]) -> None:
    assert_same_predictions(node, [layer], X)


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("merge", ["concat", "ave", None])
def test_both_ways_over_images(node: NodeSession, merge: Any, sequences: bool) -> None:
    inner = spec("convLstm2d", filters=2, kernelSize=2, returnSequences=sequences)
    layer = spec("bidirectional", layer=inner, mergeMode=merge)
    assert_same_predictions(node, [layer], IMAGES)


@pytest.mark.parametrize("name", ["simpleRNN", "gru", "lstm"])
@pytest.mark.parametrize("options", [{}, {"returnSequences": True}, {"returnState": True}], ids=str)
def test_both_ways_with_masked_steps(node: NodeSession, name: str, options: Any) -> None:
    assert_same_predictions(node, [spec("masking"), _both(name, **options)], GAPS)


def test_a_mask_goes_on_behind_both_ways(node: NodeSession) -> None:
    layers = [spec("masking"), _both("gru", returnSequences=True), _both("lstm")]
    assert_same_predictions(node, layers, GAPS)


TRAINED = [
    *(_both(name, returnSequences=True) for name in ("simpleRNN", "gru", "lstm")),
    *(_both("gru", mode) for mode in MODES[1:4]),
    _both("lstm", goBackwards=True),
    _both("lstm", trainable=False),
    spec("bidirectional", layer=spec("gru", units=3), trainable=False),
    _both("gru", kernelRegularizer=regularizer("l2", l2=0.5)),
    # tf.js makes both layers of the configuration, in which the function is not.
    _both("gru", dropout=0, dropoutFunc=HALF),
]


@pytest.mark.parametrize("layer", TRAINED, ids=str)
def test_training_both_ways(node: NodeSession, layer: dict[str, Any]) -> None:
    assert_same_training(node, [layer], X)


def test_training_both_ways_with_masked_steps(node: NodeSession) -> None:
    assert_same_training(node, [spec("masking"), _both("lstm")], GAPS)


def _each(name: str, **options: Any) -> dict[str, Any]:
    return spec("timeDistributed", layer=spec(name, **options))


EACH: list[tuple[dict[str, Any], np.ndarray]] = [
    (_each("dense", units=2), X),
    (_each("dense", units=2, activation="softmax", useBias=False), X),
    (_each("dense", units=2), IMAGES),
    (_each("conv2d", filters=2, kernelSize=2), IMAGES),
    (_each("maxPooling2d", poolSize=2), IMAGES),
    (_each("flatten"), IMAGES),
    (_each("reshape", targetShape=[3, 1]), X),
    (_each("batchNormalization"), X),
    (_each("dropout", rate=0.5), X),
    (_each("activation", activation="tanh"), X),
    (_each("lstm", units=2), RNG.normal(size=(4, 3, 5, 2)).astype(np.float32)),
    (_each("gru", units=2, returnSequences=True), np.ones((4, 3, 5, 2), np.float32)),
    (spec("timeDistributed", layer=spec("dense", units=2), trainable=False), X),
    (_each("dense", units=2, trainable=False), X),
]


@pytest.mark.parametrize(("layer", "x"), EACH, ids=lambda part: str(part)[:60])
def test_each_step(node: NodeSession, layer: dict[str, Any], x: np.ndarray) -> None:
    assert_same_predictions(node, [layer], x)


@pytest.mark.parametrize("name", ["dense", "lstm"])
def test_any_number_of_steps(node: NodeSession, name: str) -> None:
    x = X if name == "dense" else IMAGES[..., 0]
    assert_same_predictions(node, [_each(name, units=2)], x, steps=False)


def test_a_model_on_each_step(node: NodeSession) -> None:
    body = """
        const inner = tf.sequential({layers: [
            tf.layers.dense({units: 4, activation: 'relu', inputShape: [3]}),
            tf.layers.dense({units: 2}),
        ]});
        const layer = tf.layers.timeDistributed({layer: inner, inputShape: [5, 3]});
        const model = tf.sequential({layers: [layer]});
        model.setWeights(args.weights);
        return [model.predict(args.x), model.outputs[0].shape];
    """
    inner = tf.sequential(
        layers=[
            tf.layers.dense(units=4, activation="relu", inputShape=[3]),
            tf.layers.dense(units=2),
        ]
    )
    model = tf.sequential(layers=[tf.layers.timeDistributed(layer=inner, inputShape=[5, 3])])
    weights = [w.numpy() for w in model.getWeights()]
    theirs, shape = node.evaluate(body, weights=weights, x=X)
    assert model.outputs[0].shape == shape
    np.testing.assert_allclose(model.predict(X).numpy(), theirs, rtol=1e-5, atol=1e-6)


def test_a_mask_goes_on_behind_each_step(node: NodeSession) -> None:
    assert_same_predictions(
        node, [spec("masking"), _each("dense", units=3), spec("lstm", units=2)], GAPS
    )


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (_each("dense", units=2), X),
        (_each("dense", units=2, kernelRegularizer=regularizer("l2", l2=0.1)), X),
        (_each("batchNormalization"), X),
        (_each("conv2d", filters=2, kernelSize=2), IMAGES),
        (_each("simpleRNN", units=2), IMAGES[..., 0]),
        (spec("timeDistributed", layer=spec("dense", units=2), trainable=False), X),
        (_each("dense", units=2, trainable=False), X),
    ],
    ids=lambda part: str(part)[:80],
)
def test_training_of_each_step(node: NodeSession, layer: dict[str, Any], x: np.ndarray) -> None:
    assert_same_training(node, [layer], x)


TRAINABLE = (
    MAKE
    + """
    const layer = make(args.layer);
    layer.apply(args.x);
    const counts = () => [
        layer.trainable, layer.trainableWeights.length, layer.nonTrainableWeights.length];
    const out = [counts()];
    for (const value of [false, true]) { layer.trainable = value; out.push(counts()); }
    return out;
"""
)


@pytest.mark.parametrize(
    "layer",
    [
        _each("dense", units=2),
        _each("dense", units=2, trainable=False),
        spec("timeDistributed", layer=spec("dense", units=2), trainable=False),
        spec("bidirectional", layer=spec("gru", units=2), trainable=False),
        spec("rnn", cell=spec("gruCell", units=2), trainable=False),
        spec("gru", units=2),
    ],
    ids=str,
)
def test_trainable(node: NodeSession, layer: dict[str, Any]) -> None:
    ours = make(layer)
    ours.apply(tf.tensor(X))

    def counts() -> list[Any]:
        weights = ours.keras.trainable_weights, ours.getWeights()
        return [ours.trainable, len(weights[0]), len(weights[1]) - len(weights[0])]

    out = [counts()]
    for value in (False, True):
        ours.trainable = value
        out.append(counts())
    assert out == node.evaluate(TRAINABLE, layer=layer, x=X)


def test_a_frozen_cell_stays_frozen(node: NodeSession) -> None:
    cells = [spec("gruCell", units=2, trainable=False), spec("gruCell", units=3)]
    for cell in (cells[0], cells):
        assert_same_training(node, [spec("rnn", cell=cell)], X, epochs=2)


def test_the_layers_in_both_ways_have_tfjss_names() -> None:
    layer = tf.layers.bidirectional(layer=tf.layers.lstm(units=1, name="l"), name="b")
    assert layer.keras.forward_layer.name == "forward_l"
    assert layer.keras.backward_layer.name == "backward_l"
    x = tf.tensor(X)
    layer.apply(x)
    grads = tf.variableGrads(lambda: layer.apply(x).sum())["grads"]
    parts = ("kernel", "recurrent_kernel", "bias")
    assert sorted(grads) == sorted(
        f"b/{way}_l/{part}" for way in ("forward", "backward") for part in parts
    )


def test_weights_of_each_step_have_the_wrappers_name() -> None:
    layer = tf.layers.timeDistributed(layer=tf.layers.dense(units=1), name="t")
    x = tf.tensor(X)
    layer.apply(x)
    grads = tf.variableGrads(lambda: layer.apply(x).sum())["grads"]
    assert sorted(grads) == ["t/bias", "t/kernel"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    (_both("gru", "max"), "Unknown mergeMode 'max'"),
    (spec("bidirectional"), "the option 'layer' is missing"),
    (
        spec("bidirectional", layer=spec("gru", units=1), weights=[[1.0]]),
        "weights support is not implemented for Bidirectional",
    ),
]


@pytest.mark.parametrize(("layer", "said"), REFUSED, ids=str)
def test_wrong_options_are_refused(node: NodeSession, layer: dict[str, Any], said: str) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(MAKE + "make(args.layer)", layer=layer)
    with pytest.raises((ValueError, TypeError)) as caught:
        make(layer)
    assert said in str(caught.value)


def test_what_only_we_refuse(node: NodeSession) -> None:
    # tf.js runs any layer "both ways", and finds a missing layer when it is called.
    node.evaluate("tf.layers.bidirectional({layer: tf.layers.dense({units: 1})})")
    with pytest.raises(ValueError, match="must be a recurrent layer"):
        tf.layers.bidirectional(layer=tf.layers.dense(units=1))
    node.evaluate("tf.layers.timeDistributed({})")
    with pytest.raises(TypeError, match="the option 'layer' is missing"):
        tf.layers.timeDistributed({})
    with pytest.raises(ValueError, match="must be a layer, got 1"):
        tf.layers.timeDistributed(layer=1)


def test_a_series_of_cells_both_ways_works_here_only(node: NodeSession) -> None:
    layer = spec("bidirectional", layer=spec("rnn", cell=spec("gruCell", units=2)))
    with pytest.raises(TfjsError, match="Improper config format"):
        node.evaluate(MAKE + "make(args.layer)", layer=layer)
    assert make(layer).apply(tf.tensor(X)).shape == [8, 4]


def test_each_step_needs_steps(node: NodeSession) -> None:
    body = "tf.layers.timeDistributed({layer: tf.layers.dense({units: 2})}).apply(tf.ones([2, 3]))"
    with pytest.raises(TfjsError, match="expects an input shape >= 3D"):
        node.evaluate(body)
    with pytest.raises(ValueError, match="at least 3 dimensions"):
        tf.layers.timeDistributed(layer=tf.layers.dense(units=2)).apply(tf.ones([2, 3]))
