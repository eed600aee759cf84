"""The callbacks of fit, against tf.js: the order of the calls and what their logs hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.callbacks import HOOKS
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)
WEIGHTS = [RNG.normal(size=(3, 1)).astype(np.float32), np.zeros(1, np.float32)]

FIT = """
    const layer = tf.layers.dense({units: 1, activation: 'sigmoid', inputShape: [3]});
    const model = tf.sequential({layers: [layer]});
    layer.setWeights(args.weights);
    const options = {optimizer: 'sgd', loss: 'binaryCrossentropy', metrics: ['accuracy']};
    model.compile(options);
    const calls = [];
    const callbacks = {};
    for (const name of args.hooks) {
        callbacks[name] = (...received) => {
            const logs = {...received.pop()};
            calls.push([name, ...received, logs]);
            if (name === args.stopAt) model.stopTraining = true;
        };
    }
    const fixed = {batchSize: 4, shuffle: false, verbose: 0, callbacks, yieldEvery: 'never'};
    const history = await model.fit(args.x, args.y, {...fixed, ...args.options});
    return {calls, history: history.history, epoch: history.epoch, params: history.params};
"""


def compiled() -> tf.Sequential:
    layer = tf.layers.dense(units=1, activation="sigmoid", inputShape=[3])
    model = tf.sequential(layers=[layer])
    layer.setWeights(WEIGHTS)
    model.compile(optimizer="sgd", loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def fit_here(hooks: list[str], stop_at: str = "", **options: Any) -> tuple[list[Any], Any]:
    model = compiled()
    calls: list[Any] = []

    def recorder(name: str) -> Any:
        def hook(*received: Any) -> None:
            *indices, logs = received
            calls.append([name, *indices, dict(logs)])
            if name == stop_at:
                model.stopTraining = True

        return hook

    callbacks = {name: recorder(name) for name in hooks}
    fixed = {"batchSize": 4, "shuffle": False, "verbose": 0, "callbacks": callbacks}
    history = model.fit(X, Y, {**fixed, **options})
    return calls, history


def assert_same_calls(ours: list[Any], theirs: list[Any]) -> None:
    assert [call[:-1] for call in ours] == [call[:-1] for call in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine[-1] == pytest.approx(other[-1], rel=1e-5), mine[:-1]


VALIDATED = {"epochs": 2, "validationSplit": 0.3}
OBSERVED: list[tuple[list[str], dict[str, Any]]] = [
    (list(HOOKS), {"epochs": 3}),
    (list(HOOKS), VALIDATED),
    (["onEpochEnd"], VALIDATED),
    (["onBatchEnd"], {"epochs": 2}),
    (["onBatchBegin", "onEpochBegin"], {"epochs": 2}),
    (["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd"], VALIDATED),
]


@pytest.mark.parametrize(("hooks", "options"), OBSERVED, ids=str)
def test_order_indices_logs_and_values(
    node: NodeSession, hooks: list[str], options: dict[str, Any]
) -> None:
    given = {"hooks": hooks, "options": options, "weights": WEIGHTS, "x": X, "y": Y}
    theirs = node.evaluate(FIT, **given)
    calls, history = fit_here(hooks, **options)
    assert_same_calls(calls, theirs["calls"])
    assert history.epoch == theirs["epoch"]
    assert set(history.history) == set(theirs["history"])
    for name, values in history.history.items():
        np.testing.assert_allclose(values, theirs["history"][name], rtol=1e-5)


def test_the_validation_comes_first_in_the_history_and_last_in_the_logs_here(
    node: NodeSession,
) -> None:
    hooks, options = ["onEpochEnd"], {"validationSplit": 0.3}
    theirs = node.evaluate(FIT, hooks=hooks, options=options, weights=WEIGHTS, x=X, y=Y)
    [[*_, logs]], history = fit_here(hooks, **options)
    assert list(history.history) == list(theirs["history"])
    assert list(theirs["calls"][0][-1]) == list(theirs["history"])
    assert list(logs) == ["loss", "acc", "val_loss", "val_acc"]  # as in Keras


def test_epochs_are_counted_from_the_initial_one(node: NodeSession) -> None:
    hooks, options = ["onEpochBegin", "onEpochEnd"], {"epochs": 5, "initialEpoch": 3}
    theirs = node.evaluate(FIT, hooks=hooks, options=options, weights=WEIGHTS, x=X, y=Y)
    calls, history = fit_here(hooks, **options)
    assert_same_calls(calls, theirs["calls"])
    assert history.epoch == theirs["epoch"] == [3, 4]


@pytest.mark.parametrize("stop_at", ["onEpochEnd", "onBatchEnd", "onEpochBegin", "onBatchBegin"])
def test_training_is_stopped_from_a_callback(node: NodeSession, stop_at: str) -> None:
    theirs = node.evaluate(
        FIT, hooks=list(HOOKS), stopAt=stop_at, options={"epochs": 4}, weights=WEIGHTS, x=X, y=Y
    )
    calls, history = fit_here(list(HOOKS), stop_at, epochs=4)
    assert_same_calls(calls, theirs["calls"])
    assert history.epoch == theirs["epoch"]


def test_the_parameters_are_tfjss(node: NodeSession) -> None:
    options = {"epochs": 2, "validationSplit": 0.2}
    theirs = node.evaluate(FIT, hooks=[], options=options, weights=WEIGHTS, x=X, y=Y)["params"]
    _, history = fit_here([], **options)
    #: "metrics" is of use to tf.js's own callbacks only; its "steps" is null without stepsPerEpoch.
    names = ["epochs", "initialEpoch", "samples", "batchSize", "doValidation", "verbose"]
    assert {name: history.params[name] for name in names} == {name: theirs[name] for name in names}


def test_several_dicts_are_called_in_turn() -> None:
    called: list[str] = []
    callbacks = [{"onTrainEnd": lambda logs, n=n: called.append(n)} for n in ("first", "second")]
    compiled().fit(X, Y, verbose=0, callbacks=callbacks)
    assert called == ["first", "second"]


def test_a_callback_sees_the_weights_of_its_batch(node: NodeSession) -> None:
    body = FIT.replace(
        "const logs = {...received.pop()};",
        "const logs = {w: model.getWeights()[0].dataSync()[0]};",
    )
    theirs = node.evaluate(body, hooks=["onBatchEnd"], options={}, weights=WEIGHTS, x=X, y=Y)
    model = compiled()
    ours: list[float] = []
    callbacks = {"onBatchEnd": lambda batch, logs: ours.append(model.getWeights()[0].dataSync()[0])}
    model.fit(X, Y, batchSize=4, shuffle=False, verbose=0, callbacks=callbacks)
    np.testing.assert_allclose(ours, [call[-1]["w"] for call in theirs["calls"]], rtol=1e-5)


def test_changing_the_logs_changes_no_history() -> None:
    model = compiled()
    history = model.fit(X, Y, verbose=0, callbacks={"onEpochEnd": lambda epoch, logs: logs.clear()})
    assert list(history.history) == ["loss", "acc"]


def test_keras_callbacks_are_taken() -> None:
    stopper = keras.callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=1e9)
    history = compiled().fit(X, Y, epochs=9, verbose=0, callbacks=[stopper])
    assert len(history.epoch) == 2


@pytest.mark.parametrize(
    ("name", "nearest"), [("onEpochend", "onEpochEnd"), ("on_batch_end", "onBatchEnd")]
)
def test_an_unknown_name_is_told_the_nearest_where_tfjs_ignores_it(
    node: NodeSession, name: str, nearest: str
) -> None:
    theirs = node.evaluate(FIT, hooks=[name], options={}, weights=WEIGHTS, x=X, y=Y)
    assert theirs["calls"] == []
    with pytest.raises(ValueError, match=f"Unknown callback '{name}' .did you mean '{nearest}'"):
        compiled().fit(X, Y, verbose=0, callbacks={name: print})


@pytest.mark.parametrize("callbacks", [{"onEpochEnd": 5}, "onEpochEnd", print], ids=str)
def test_what_is_no_callback_is_named(callbacks: Any) -> None:
    with pytest.raises(TypeError, match=r"must be a (function|dict)"):
        compiled().fit(X, Y, verbose=0, callbacks=callbacks)
