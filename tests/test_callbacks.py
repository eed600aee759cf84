"""The callbacks of fit, against tf.js: the order of the calls and what their logs hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.callbacks import HOOKS, standardize
from tfjsbridge.runtime import keras
from tfjsbridge.training.loop import Loop
from tfjsbridge.verify import NodeSession, TfjsError

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


# onYield

YIELDS = """
    const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [3]})]});
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const calls = [];
    const onYield = (epoch, batch, logs) => { calls.push([epoch, batch, Object.keys(logs)]); };
    const fixed = {batchSize: 4, verbose: 0, callbacks: {onYield}};
    await model.fit(args.x, args.y, {...fixed, ...args.options});
    return calls;
"""


def yields(options: dict[str, Any]) -> list[Any]:
    calls: list[Any] = []

    def on_yield(epoch: int, batch: int, logs: Any) -> None:
        calls.append([epoch, batch, list(logs)])

    callbacks = {"onYield": on_yield}
    compiled().fit(X, Y, {"batchSize": 4, "verbose": 0, "callbacks": callbacks, **options})
    return calls


@pytest.mark.parametrize("every", ["batch", "epoch", 1e6], ids=str)
def test_on_yield_is_not_called_where_tfjs_does_not(node: NodeSession, every: Any) -> None:
    options = {"epochs": 3, "yieldEvery": every}
    assert node.evaluate(YIELDS, options=options, x=X, y=Y) == []
    assert yields(options) == []


@pytest.mark.parametrize("every", [None, 0], ids=str)
def test_no_number_is_auto(node: NodeSession, every: Any) -> None:
    options = {"epochs": 1, "yieldEvery": every}
    assert node.evaluate(YIELDS, options=options, x=X, y=Y) == []  # it is over before 125 ms
    assert standardize({"onYield": print}, every)


def test_on_yield_is_refused_where_it_is_never_called(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="yieldEvery is `never` but you provided an `onYield`"):
        node.evaluate(YIELDS, options={"yieldEvery": "never"}, x=X, y=Y)
    with pytest.raises(ValueError, match="yieldEvery is 'never' but you provided an 'onYield'"):
        yields({"yieldEvery": "never"})


@pytest.mark.parametrize("every", ["nope", True, [1], "125"], ids=str)
@pytest.mark.parametrize("callbacks", [None, {"onYield": print}], ids=["none", "onYield"])
def test_a_wrong_yield_every_is_refused_where_tfjs_ignores_it(
    node: NodeSession, every: Any, callbacks: Any
) -> None:
    assert node.evaluate(YIELDS, options={"yieldEvery": every}, x=X, y=Y) is not None
    with pytest.raises(ValueError, match=r"yieldEvery must be 'auto'.* milliseconds, got"):
        compiled().fit(X, Y, verbose=0, callbacks=callbacks, yieldEvery=every)


def test_on_yield_tells_of_epochs_and_batches_in_their_order(node: NodeSession) -> None:
    options = {"epochs": 3, "yieldEvery": 0.001}
    theirs = node.evaluate(YIELDS, options=options, x=X, y=Y)
    assert [call[:2] for call in theirs] == [[e, b] for e in range(3) for b in range(3)]
    # Here it is called between the engine's calls, of which a longer training has some.
    calls = yields({"epochs": 500, "yieldEvery": 0.001})
    places = [tuple(call[:2]) for call in calls]
    assert places == sorted(places)
    assert places[-1] == (499, 2)
    assert {tuple(names) for *_, names in calls} == {("loss", "acc")}


def spaced(every: Any, count: int) -> list[float]:
    """When `onYield` is called, in ms, in a training that ends with so many calls."""
    model = compiled()
    times: list[float] = []
    start = time.monotonic()

    def on_yield(epoch: int, batch: int, logs: Any) -> None:
        times.append(1000 * (time.monotonic() - start))
        model.stopTraining = len(times) >= count

    callbacks = {"onYield": on_yield}
    model.fit(X, Y, epochs=10**6, verbose=0, callbacks=callbacks, yieldEvery=every, jit=False)
    return times


@pytest.mark.parametrize(("every", "wait"), [("auto", 125), (300, 300)], ids=str)
def test_on_yield_is_called_as_often_as_asked(every: Any, wait: float) -> None:
    gaps = np.diff(spaced(every, 8))
    assert gaps.min() >= wait - 1
    # A call of the engine takes up to 100 ms, on a busy machine some take longer.
    assert gaps.min() <= wait + 150


def stopper(model: tf.Sequential, left: Iterator[int]) -> Callable[..., None]:
    """Stops a training where `left` comes to 0."""

    def stop(batch: int, logs: Any) -> None:
        model.stopTraining = next(left) == 0

    return stop


def test_the_weights_in_on_yield_are_those_of_the_epoch_and_batch_told() -> None:
    seen: list[tuple[int, int, Any]] = []
    model = compiled()

    def on_yield(epoch: int, batch: int, logs: Any) -> None:
        seen.append((epoch, batch, [w.numpy().copy() for w in model.getWeights()]))

    fixed = {"batchSize": 4, "shuffle": False, "verbose": 0, "jit": False}
    model.fit(X, Y, {**fixed, "epochs": 300, "callbacks": {"onYield": on_yield}, "yieldEvery": 1})
    for epoch, batch, weights in (seen[0], seen[len(seen) // 2], seen[-1]):
        other = compiled()
        last = iter(range(3 * epoch + batch, -1, -1))
        other.fit(X, Y, {**fixed, "epochs": 300, "callbacks": {"onBatchEnd": stopper(other, last)}})
        for mine, expected in zip(weights, other.getWeights(), strict=True):
            np.testing.assert_array_equal(mine, expected.numpy())


def test_on_yield_leaves_many_epochs_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    epochs: list[int] = []
    run = Loop.run

    def counted(self: Any, spans: Any) -> Any:
        epochs.append(len(spans))
        return run(self, spans)

    monkeypatch.setattr(Loop, "run", counted)

    def calls(**callbacks: Any) -> int:
        epochs.clear()
        compiled().fit(X, Y, epochs=1000, verbose=0, callbacks=callbacks)
        return len(epochs)

    def nothing(*_: Any) -> None:
        return

    assert calls() < 60
    assert calls(onYield=nothing, onTrainBegin=nothing, onTrainEnd=nothing) < 60
    assert calls(onYield=nothing, onEpochEnd=nothing) > 1000


EARLY = """
    const model = tf.sequential();
    model.add(tf.layers.dense({units: 1, inputShape: [3], kernelInitializer: 'ones'}));
    model.compile({optimizer: tf.train.sgd(0.3), loss: 'meanSquaredError', metrics: ['mae']});
    const history = await model.fit(args.x, args.y, {
        epochs: 12, batchSize: 5, shuffle: false, verbose: 0, validationSplit: 0.3,
        callbacks: tf.callbacks.earlyStopping(args.options)});
    return history.history;
"""


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"monitor": "loss"},
        {"monitor": "loss", "minDelta": 0.02},
        {"monitor": "mae", "patience": 3, "minDelta": 0.1},
        {"monitor": "val_mae", "mode": "max", "patience": 2},
        {"monitor": "loss", "baseline": 0.01, "patience": 4},
        {"monitor": "val_loss", "mode": "min", "minDelta": -0.05},
    ],
    ids=str,
)
def test_early_stopping(node: NodeSession, options: dict[str, Any]) -> None:
    theirs = node.evaluate(EARLY, x=X, y=Y, options=options)
    model = tf.sequential()
    model.add(tf.layers.dense(units=1, inputShape=[3], kernelInitializer="ones"))
    model.compile(optimizer=tf.train.sgd(0.3), loss="meanSquaredError", metrics=["mae"])
    ours = model.fit(
        X,
        Y,
        epochs=12,
        batchSize=5,
        shuffle=False,
        verbose=0,
        validationSplit=0.3,
        callbacks=tf.callbacks.earlyStopping(options),
    )
    for name, values in theirs.items():
        np.testing.assert_allclose(ours.history[name], values, rtol=1e-4)


def test_early_stopping_goes_back_to_the_best_weights(capsys: Any) -> None:
    model = compiled()
    seen = []
    callback = tf.callbacks.earlyStopping(
        monitor="loss", mode="max", patience=3, restoreBestWeights=True, verbose=1
    )
    after = {"onEpochEnd": lambda epoch, logs: seen.append(model.getWeights()[0].numpy())}
    model.fit(X, Y, epochs=20, batchSize=4, verbose=0, callbacks=[callback, after])
    assert len(seen) == 4
    np.testing.assert_array_equal(model.getWeights()[0].numpy(), seen[0])
    assert capsys.readouterr().out == "Epoch 3: early stopping.\n"
    assert isinstance(callback, tf.EarlyStopping)


def test_early_stopping_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="mode must be 'auto', 'min' or 'max', got 'least'"):
        tf.callbacks.earlyStopping(mode="least")
    with pytest.raises(
        TypeError, match=r"callbacks\.earlyStopping: unknown option 'patient' \(did you"
    ):
        tf.callbacks.earlyStopping({"patient": 3})
    with pytest.warns(UserWarning, match="val_loss is not available. Available metrics are: loss"):
        compiled().fit(X, Y, epochs=1, verbose=0, callbacks=tf.callbacks.earlyStopping())


def test_a_class_of_functions(node: NodeSession) -> None:
    body = FIT.replace(
        "const callbacks = {};",
        """
        const callbacks = new (class extends tf.Callback {
            async onEpochEnd(epoch, logs) {
                const values = Object.entries(logs).map(
                    ([name, value]) => [name, value.dataSync ? value.dataSync()[0] : value]);
                calls.push([epoch, Object.fromEntries(values), this.params.epochs]);
                if (epoch === 2) this.model.stopTraining = true;
            }
        })();""",
    )
    theirs = node.evaluate(body, weights=WEIGHTS, x=X, y=Y, hooks=[], stopAt="",
                           options={"epochs": 5})  # fmt: skip
    calls = []
    model = compiled()

    class Watching(tf.Callback):
        def onEpochEnd(self, epoch: int, logs: Any) -> None:
            calls.append([epoch, dict(logs), self.params["epochs"]])
            assert self.model == model
            if epoch == 2:
                self.model.stopTraining = True

    model.fit(X, Y, epochs=5, batchSize=4, shuffle=False, verbose=0, callbacks=Watching())
    for mine, other in zip(calls, theirs["calls"], strict=True):
        assert mine[0] == other[0]
        assert mine[2:] == other[2:]
        assert mine[1].keys() == other[1].keys()
        np.testing.assert_allclose([*mine[1].values()], [*other[1].values()], rtol=1e-5)
