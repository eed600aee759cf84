"""States of recurrent layers against tf.js: given, returned, kept from batch to batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.recurrent_parity import (
    MAKE,
    assert_same_predictions,
    assert_same_training,
    make,
    spec,
)
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 5, 3)).astype(np.float32)
GAPS = X.copy()
GAPS[0, :2] = GAPS[1, 3:] = GAPS[2] = 0
MASK = np.any(GAPS != 0, axis=-1).astype(np.float32)
IMAGES = RNG.normal(size=(2, 3, 4, 4, 1)).astype(np.float32)

STACK = [spec("gruCell", units=2), spec("lstmCell", units=4), spec("simpleRNNCell", units=3)]
#: Layers and the sizes of their states.
LAYERS: list[tuple[dict[str, Any], list[int]]] = [
    (spec("simpleRNN", units=2, returnSequences=True, returnState=True), [2]),
    (spec("gru", units=3, returnState=True), [3]),
    (spec("lstm", units=3, returnSequences=True, returnState=True), [3, 3]),
    (spec("lstm", units=3, returnSequences=True, goBackwards=True), [3, 3]),
    (spec("rnn", cell=spec("lstmCell", units=3)), [3, 3]),
    (spec("rnn", cell=STACK, returnState=True, returnSequences=True), [3, 4, 4, 2]),
    (spec("bidirectional", layer=spec("gru", units=3, returnSequences=True)), [3, 3]),
    (spec("bidirectional", layer=spec("lstm", units=2, returnState=True)), [2] * 4),
    (spec("bidirectional", layer=spec("lstm", units=2), mergeMode=None), [2] * 4),
]
EAGER = (
    MAKE
    + """
    const layer = make(args.layer);
    layer.apply(args.x);
    layer.setWeights(args.weights);
    let kwargs = {};
    let inputs = args.x;
    if (args.how === 'kwargs') kwargs.initialState = args.states;
    if (args.how === 'list') inputs = [args.x, ...args.states];
    if (args.mask) kwargs.mask = args.mask;
    const outputs = layer.apply(inputs, kwargs);
    return Array.isArray(outputs) ? outputs : [outputs];
"""
)


def _states(sizes: list[int], examples: int = 4) -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    return [rng.normal(size=(examples, size)).astype(np.float32) for size in sizes]


def _assert_same(ours: Any, theirs: list[np.ndarray]) -> None:
    outputs = ours if isinstance(ours, list) else [ours]
    for mine, other in zip(outputs, theirs, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize(("layer", "sizes"), LAYERS, ids=str)
@pytest.mark.parametrize("how", ["none", "kwargs", "list"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
def test_states_given_with_tensors(
    node: NodeSession, layer: dict[str, Any], sizes: list[int], how: str, mask: Any
) -> None:
    ours = make(layer)
    x, states = tf.tensor(GAPS), _states(sizes)
    ours.apply(x)
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in ours.getWeights()]
    ours.setWeights(weights)
    theirs = node.evaluate(
        EAGER, layer=layer, x=GAPS, weights=weights, states=states, how=how, mask=mask
    )
    inputs: Any = [x, *map(tf.tensor, states)] if how == "list" else x
    kwargs: dict[str, Any] = {} if mask is None else {"mask": mask}
    if how == "kwargs":
        kwargs["initialState"] = states
    _assert_same(ours.apply(inputs, kwargs), theirs)


SYMBOLIC = (
    MAKE
    + """
    const sizes = args.states.map(state => state.shape[1]);
    const inputs = [tf.input({shape: [5, 3]}), ...sizes.map(size => tf.input({shape: [size]}))];
    const [first, ...rest] = inputs;
    const from = args.masked ? tf.layers.masking().apply(first) : first;
    const layer = make(args.layer);
    const y = args.how === 'list' ? layer.apply([from, ...rest])
        : layer.apply(from, {initialState: rest});
    const outputs = args.masked && Array.isArray(y) ? y[0] : y;
    const model = tf.model({inputs, outputs});
    layer.setWeights(args.weights);
    const values = model.predict([args.x, ...args.states]);
    return {
        outputs: Array.isArray(values) ? values : [values],
        shapes: model.outputs.map(output => output.shape),
    };
"""
)


@pytest.mark.parametrize(("layer", "sizes"), LAYERS, ids=str)
@pytest.mark.parametrize("how", ["kwargs", "list"])
@pytest.mark.parametrize("masked", [False, True])
def test_states_given_in_a_model(
    node: NodeSession, layer: dict[str, Any], sizes: list[int], how: str, masked: bool
) -> None:
    states = _states(sizes)
    first, rest = tf.input(shape=[5, 3]), [tf.input(shape=[size]) for size in sizes]
    start = tf.layers.masking().apply(first) if masked else first
    ours = make(layer)
    kwargs = {"initialState": rest} if how == "kwargs" else {}
    y = ours.apply([start, *rest] if how == "list" else start, kwargs)
    if masked and isinstance(y, list):
        y = y[0]  # tf.js refuses a model with several outputs of a layer with a mask and states
    model = tf.model(inputs=[first, *rest], outputs=y)
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in ours.getWeights()]
    ours.setWeights(weights)
    theirs = node.evaluate(
        SYMBOLIC, layer=layer, x=GAPS, states=states, weights=weights, how=how, masked=masked
    )
    assert [output.shape for output in model.outputs] == theirs["shapes"]
    _assert_same(model.predict([GAPS, *states]), theirs["outputs"])


@pytest.mark.parametrize(
    ("layer", "shapes", "said"),
    [
        (spec("lstm", units=2), [[4, 2]], "not compatible with cell.stateSize"),
        (spec("lstm", units=2), [[4, 3], [4, 3]], "not compatible with cell.stateSize"),
        (spec("gru", units=2), [[4, 2], [4, 2]], "not compatible with cell.stateSize"),
        (
            spec("bidirectional", layer=spec("gru", units=2)),
            [[4, 2]],
            "When passing `initialState`",
        ),
    ],
    ids=str,
)
def test_states_that_do_not_fit(
    node: NodeSession, layer: dict[str, Any], shapes: list[list[int]], said: str
) -> None:
    states = [np.ones(shape, np.float32) for shape in shapes]
    body = MAKE + "return make(args.layer).apply(args.x, {initialState: args.states})"
    with pytest.raises(TfjsError):
        node.evaluate(body, layer=layer, x=X, states=states)
    with pytest.raises(ValueError, match=said):
        make(layer).apply(tf.tensor(X), {"initialState": states})
    symbols = [tf.input(shape=shape[1:]) for shape in shapes]
    with pytest.raises(ValueError, match=said):
        make(layer).apply(tf.input(shape=[5, 3]), {"initialState": symbols})


def test_states_twice_or_of_another_kind() -> None:
    layer, state = tf.layers.gru(units=2), tf.ones([4, 2])
    with pytest.raises(ValueError, match="When inputs is an array"):
        layer.apply([tf.tensor(X), state], {"initialState": state})
    with pytest.raises(ValueError, match="all SymbolicTensors or all Tensors"):
        # tf.js takes it and begins with zeros.
        layer.apply(tf.input(shape=[5, 3]), {"initialState": state})


KEPT = [
    spec("simpleRNN", units=2, stateful=True, returnSequences=True),
    spec("gru", units=3, stateful=True),
    spec("lstm", units=3, stateful=True, goBackwards=True),
    spec("rnn", cell=STACK, stateful=True),
    spec("bidirectional", layer=spec("lstm", units=3, stateful=True)),
]
STATEFUL = (
    MAKE
    + """
    const model = build();
    model.setWeights(args.weights);
    const layer = model.layers[1];
    const read = async () => Promise.all(layer.states.map(s => s.clone()));
    const out = [];
    const next = () => out.push(model.predict(args.x, {batchSize: 4}).clone());
    next(); next();
    if (args.reads) out.push(...await read());
    layer.resetStates();
    next();
    if (args.given) { layer.resetStates(args.given.map(s => s.clone())); next(); }
    return out;
"""
)


@pytest.mark.parametrize("layer", KEPT, ids=str)
def test_states_stay_from_batch_to_batch(node: NodeSession, layer: dict[str, Any]) -> None:
    x = np.concatenate([X, -X])
    model = assert_same_predictions(node, [layer], x[:4], batch=4)
    ours = model.layers[1]
    assert ours.stateful
    reads = layer["$layer"] != "bidirectional"
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in model.getWeights()]
    model.setWeights(weights)
    ours.resetStates()
    given = _states([state.shape[1] for state in ours.states]) if reads else None
    theirs = node.evaluate(
        STATEFUL,
        layers=[layer],
        input={"batchShape": [4, 5, 3]},
        weights=weights,
        x=x,
        reads=reads,
        given=given,
    )
    out = [model.predict(x, batchSize=4), model.predict(x, batchSize=4)]
    if reads:
        out += ours.getStates()
    ours.resetStates()
    out.append(model.predict(x, batchSize=4))
    if given is not None:
        ours.resetStates(given)
        out.append(model.predict(x, batchSize=4))
    _assert_same(out, theirs)
    assert not np.allclose(out[0].numpy(), out[1].numpy())


def test_states_of_convolutions_stay(node: NodeSession) -> None:
    layer = spec("convLstm2d", filters=2, kernelSize=2, stateful=True)
    model = assert_same_predictions(node, [layer], IMAGES, batch=2)
    first = model.predict(IMAGES).numpy()
    model.layers[1].resetStates()
    second, third = model.predict(IMAGES).numpy(), model.predict(IMAGES).numpy()
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(model.layers[1].states[0].numpy(), third)


@pytest.mark.parametrize("layer", KEPT, ids=str)
def test_training_goes_on_with_the_states(node: NodeSession, layer: dict[str, Any]) -> None:
    # The states stay from batch to batch and from epoch to epoch.
    assert_same_training(node, [layer], np.concatenate([X, -X]), batch=4)


def test_masked_steps_begin_with_the_states_that_stayed(node: NodeSession) -> None:
    body = (
        MAKE
        + """
        const model = build();
        model.setWeights(args.weights);
        return [model.predict(args.x).clone(), model.predict(args.x).clone()];
    """
    )
    layers = [spec("masking"), spec("gru", units=3, stateful=True, returnSequences=True)]
    model = assert_same_predictions(node, layers, GAPS, batch=4)
    weights = [w.numpy() for w in model.getWeights()]
    model.layers[2].resetStates()
    theirs = node.evaluate(
        body, layers=layers, input={"batchShape": [4, 5, 3]}, weights=weights, x=GAPS
    )
    _assert_same([model.predict(GAPS), model.predict(GAPS)], theirs)


BATCHES: list[tuple[str, dict[str, int], int, bool]] = [
    ("fit", {"batchSize": 4}, 8, True),
    ("fit", {"batchSize": 4}, 6, False),
    ("fit", {}, 4, False),
    ("fit", {"batchSize": 8}, 8, False),
    ("evaluate", {"batchSize": 4}, 4, True),
    ("evaluate", {}, 4, False),
    ("predict", {}, 4, True),
    ("predict", {"batchSize": 4}, 8, True),
    ("predict", {"batchSize": 4}, 6, False),
    ("predict", {}, 8, False),
]


@pytest.mark.parametrize(("method", "options", "examples", "fits"), BATCHES, ids=str)
def test_batches_have_the_size_of_the_states(
    node: NodeSession, method: str, options: dict[str, int], examples: int, fits: bool
) -> None:
    x = np.ones((examples, 5, 3), np.float32)
    y = np.ones((examples, 3), np.float32)
    layer = {"units": 3, "stateful": True, "batchInputShape": [4, 5, 3]}
    body = """
        const model = tf.sequential({layers: [tf.layers.gru(args.layer)]});
        model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
        const given = args.method === 'predict' ? [args.x] : [args.x, args.y];
        await model[args.method](...given, {verbose: 0, ...args.options});
        return true;
    """
    model = tf.sequential(layers=[tf.layers.gru(layer)])
    model.compile(optimizer="sgd", loss="meanSquaredError")
    given = [x] if method == "predict" else [x, y]
    sent = {"method": method, "options": options, "layer": layer, "x": x, "y": y}
    if fits:
        assert node.evaluate(body, **sent)
        getattr(model, method)(*given, verbose=0, **options)
        return
    with pytest.raises(TfjsError):
        node.evaluate(body, **sent)
    with pytest.raises(ValueError, match=r"divisible by the batch size|for batches of 4"):
        getattr(model, method)(*given, verbose=0, **options)


def test_a_model_resets_all_states() -> None:
    layers = [
        tf.layers.gru(units=3, stateful=True, returnSequences=True, batchInputShape=[4, 5, 3]),
        tf.layers.bidirectional(layer=tf.layers.lstm(units=2, stateful=True)),
        tf.layers.dense(units=1),
    ]
    model = tf.sequential(layers=layers)
    first, second = model.predict(X).numpy(), model.predict(X).numpy()
    assert not np.allclose(first, second)
    model.resetStates()
    np.testing.assert_array_equal(model.predict(X).numpy(), first)


def test_resetting_is_refused(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="not stateful"):
        node.evaluate("tf.layers.lstm({units: 2}).resetStates()")
    with pytest.raises(ValueError, match="not stateful"):
        tf.layers.lstm(units=2).resetStates()
    with pytest.raises(ValueError, match="needs to know its batch size"):
        tf.layers.lstm(units=2, stateful=True).resetStates()
    layer = tf.layers.lstm(units=2, stateful=True, batchInputShape=[4, 5, 3])
    tf.sequential(layers=[layer])
    assert [state.shape for state in layer.states] == [[4, 2], [4, 2]]
    with pytest.raises(ValueError, match=r"expects 2 state\(s\), but it received 1"):
        layer.resetStates(np.ones([4, 2]))
    with pytest.raises(ValueError, match=r"State 1 is incompatible"):
        layer.resetStates([np.ones([4, 2]), np.ones([4, 3])])
    assert not layer.states[0].numpy().any()


CELLS = [
    spec("simpleRNNCell", units=2),
    spec("gruCell", units=2),
    spec("lstmCell", units=3),
    spec("stackedRNNCells", cells=STACK),
]
STEP = (
    MAKE
    + """
    const cell = make(args.cell);
    cell.build(args.x.shape);
    cell.weights.forEach((w, i) => w.write(args.weights[i]));
    return {outputs: cell.call([args.x, ...args.states], {}), size: cell.stateSize};
"""
)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_step_of_a_cell(node: NodeSession, cell: dict[str, Any]) -> None:
    ours = make(cell)
    sizes = ours.stateSize if isinstance(ours.stateSize, list) else [ours.stateSize]
    x, states = X[:, 0], _states(sizes)
    ours.apply([x, *states])
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in ours.getWeights()]
    ours.setWeights(weights)
    theirs = node.evaluate(STEP, cell=cell, x=x, states=states, weights=weights)
    assert ours.stateSize == theirs["size"]
    _assert_same(ours.apply([x, *states]), theirs["outputs"])
    with pytest.raises(ValueError, match=f"expects {1 + len(sizes)} input Tensors, got 1"):
        ours.apply(tf.tensor(x))


def test_a_step_of_a_convolution(node: NodeSession) -> None:
    cell = spec("convLstm2dCell", filters=2, kernelSize=2)
    ours = make(cell)
    x, states = IMAGES[:, 0], [np.ones((2, 3, 3, 2), np.float32)] * 2
    ours.apply([x, *states])
    weights = [np.full(w.shape, 0.2, np.float32) for w in ours.getWeights()]
    ours.setWeights(weights)
    theirs = node.evaluate(STEP, cell=cell, x=x, states=states, weights=weights)
    assert ours.stateSize == theirs["size"]
    _assert_same(ours.apply([x, *states]), theirs["outputs"])


SAVED = [
    [spec("simpleRNN", units=2, returnSequences=True), spec("gru", units=3, goBackwards=True)],
    [spec("lstm", units=3, unitForgetBias=True, recurrentActivation="sigmoid")],
    [spec("masking"), spec("lstm", units=3)],
    [spec("rnn", cell=spec("gruCell", units=2), returnSequences=True)],
    [spec("rnn", cell=[spec("gruCell", units=2), spec("lstmCell", units=2)])],
    [spec("bidirectional", layer=spec("lstm", units=2, returnSequences=True))],
    [spec("bidirectional", layer=spec("gru", units=2, goBackwards=True), mergeMode="sum")],
    [spec("masking"), spec("bidirectional", layer=spec("gru", units=2, returnSequences=True))],
    [spec("timeDistributed", layer=spec("dense", units=2)), spec("lstm", units=1)],
]


@pytest.mark.parametrize("layers", SAVED, ids=str)
def test_a_saved_model_predicts_the_same_in_tfjs(
    node: NodeSession, layers: list[Any], tmp_path: Path
) -> None:
    model = assert_same_predictions(node, layers, GAPS)
    model.save(tmp_path)
    theirs = node.predict(tmp_path, [GAPS])
    _assert_same(model.predict(GAPS), list(theirs))
    _assert_same(tf.loadLayersModel(tmp_path).predict(GAPS), list(theirs))


def test_a_saved_model_of_convolutions(node: NodeSession, tmp_path: Path) -> None:
    layer = spec("convLstm2d", filters=2, kernelSize=2, returnSequences=True)
    model = assert_same_predictions(node, [layer], IMAGES)
    model.save(tmp_path)
    _assert_same(model.predict(IMAGES), list(node.predict(tmp_path, [IMAGES])))
