"""The benchmarks run, and measure what they say: not how fast."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_breast_cancer

from benchmarks import calls, claims, convert, memory, picture, report, search
from benchmarks.contestants import CONTESTANTS
from benchmarks.engine import engine_fit
from benchmarks.keras_fit import keras_first_fit
from benchmarks.measured import Measured
from benchmarks.model import build
from benchmarks.names import (
    ENGINE,
    ENGINE_AGAIN,
    ENGINE_EXACT,
    ENGINE_JIT,
    KERAS,
    KERAS_FIRST,
    NUMPY,
    TFJS,
)
from benchmarks.numpy_loop import Network, by_hand
from benchmarks.scaled import Scale, scaled
from benchmarks.tfjs import TfjsCannot, node_training
from benchmarks.trainings import BY_NAME, TRAININGS, Training
from benchmarks.weights import differences, largest
from tfjsbridge.verify import NodeSession

ROOT = Path(__file__).parent.parent.parent
EPOCHS = 20
BY_HAND = [training for training in TRAININGS if by_hand(training)]


def _trained_by_keras(training: Training, epochs: int) -> list[np.ndarray]:
    x, y = training.data()
    model = build(training)
    model.fit(x, y, batch_size=training.batch_size, epochs=epochs, shuffle=False, verbose=0)
    return model.get_weights()


def _measured(name: str, keras: float, tfjs: float) -> Measured:
    """As if the engine took a second."""
    result = Measured(name, BY_NAME[name].epochs, BY_NAME[name].batch_size)
    for watched in (False, True):
        result.seconds[KERAS, watched] = [keras, 9 * keras, keras]
        result.seconds[TFJS["cpu"], watched] = [9 * tfjs]
        result.seconds[TFJS["wasm"], watched] = [tfjs]
        result.seconds[ENGINE, watched] = [1.0, 1.0, 1.0]
    if BY_NAME[name].large:
        result.seconds[KERAS_FIRST, False] = [keras]
        result.seconds[ENGINE_AGAIN, False] = [1.0]
    result.seconds[NUMPY, False] = [0.5]
    result.differences = {ENGINE: 1e-7, ENGINE_EXACT: 0.0, ENGINE_JIT: 1e-7}
    return result


@pytest.mark.parametrize("program", ["fit", "memory", "search", "convert"])
def test_the_programs_run_from_anywhere(program: str, tmp_path: Path) -> None:
    file = ROOT / "benchmarks" / f"{program}.py"
    done = subprocess.run(
        [sys.executable, file, "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "--check" in done.stdout


def test_the_program_of_calls_says_what_it_does() -> None:
    shown = CliRunner().invoke(calls.main, ["--help"])
    assert "--check" in shown.output


@pytest.mark.parametrize("training", TRAININGS, ids=lambda training: training.name)
def test_the_models_fit_their_data(training: Training) -> None:
    x, y = training.part(1)
    assert len(x) == len(y) == training.batch_size
    assert build(training)(x).shape == y.shape
    assert training.name in claims.FASTER


def test_all_small_trainings_are_done_by_hand_too() -> None:
    assert [training.name for training in BY_HAND] == [
        "linear",
        "circle",
        "petal",
        "spiral",
        "unary_regression",
    ]


@pytest.mark.parametrize("training", BY_HAND, ids=lambda training: training.name)
def test_the_hand_written_loop_reaches_keras_weights(training: Training) -> None:
    first = build(training).get_weights()
    network = Network(training, first)
    network.fit(*training.data(), EPOCHS, shuffle=False)
    assert largest(first, network.weights) > 0.01
    assert largest(_trained_by_keras(training, EPOCHS), network.weights) < 1e-4


@pytest.mark.parametrize("backend", TFJS)
def test_tfjs_trains_the_same_model(backend: str, node: NodeSession) -> None:
    training = BY_NAME["circle"]
    with node_training(training, backend) as trained:
        seen = trained.train(3, shuffle=False, watched=True)
        weights = trained.weights()
    assert seen["seconds"] > 0
    assert 0 < seen["loss"] < 1
    theirs = [weight.ravel() for weight in _trained_by_keras(training, 3)]
    # Each of the 12 steps moves a weight by up to 0.03.
    assert largest(theirs, [np.asarray(weight) for weight in weights]) < 2e-3


def test_what_tfjs_cannot_train_is_said(node: NodeSession) -> None:
    with (
        node_training(BY_NAME["cnn"], "wasm", 1) as trained,
        pytest.raises(TfjsCannot, match="Conv2DBackpropFilter"),
    ):
        trained.train(1)


def test_an_ended_node_is_said(node: NodeSession) -> None:
    with node_training(BY_NAME["linear"], "cpu") as trained:
        trained.process.kill()
        with pytest.raises(TfjsCannot, match="Node ended"):
            trained.train(1)


def test_the_engine_is_measured_whole_and_its_weights_compared() -> None:
    training = dataclasses.replace(BY_NAME["circle"], epochs=3)
    with engine_fit(training, True, Scale(), jit=False) as measure:
        assert measure() > 0
    for options in ({"again": True}, {"new": False}):
        with engine_fit(training, False, Scale(), **options) as measure:
            assert measure() > 0
    with keras_first_fit(training, False, Scale()) as measure:
        assert measure() > 0
    assert differences(training)[ENGINE_EXACT] == 0


def test_slow_trainings_are_scaled() -> None:
    trained: list[int] = []

    def train(epochs: int) -> float:
        trained.append(epochs)
        return 0.01 * epochs

    training = BY_NAME["linear"]
    assert scaled(train, training, Scale(1.0))() == pytest.approx(0.01 * training.epochs)
    assert 90 <= trained[-1] <= 100
    assert scaled(train, training, Scale(1.0), share=7)() == pytest.approx(350)
    scaled(train, training, Scale(None))()
    assert trained[-1] == training.epochs
    scaled(train, training, Scale(None, epochs=5))()
    assert trained[-1] == 5


def test_claims_hold_by_the_medians_and_the_best_backend() -> None:
    assert report.failures(claims.check([_measured("circle", 60, 15)])) == []
    slow = report.failures(claims.check([_measured("circle", 59, 15)]))
    assert slow == ["circle: Keras fit: 59.0 times faster, needed 60"]
    slow = report.failures(claims.check([_measured("lstm", 2, 2.9)]))
    assert slow == ["lstm: tf.js wasm: 2.9 times faster, needed 3"]
    slow = report.failures(claims.check([_measured("lstm", 1.4, 3)]))
    assert slow == [
        "lstm: Keras fit, a later call of both: 1.4 times faster, needed 1.5",
        "lstm: Keras fit: 1.4 times faster, needed 1.5",
    ]


def test_a_claim_without_a_number_does_not_hold() -> None:
    result = _measured("cnn", 5, 50)
    result.seconds.pop((TFJS["cpu"], False))
    result.seconds.pop((TFJS["wasm"], False))
    result.differences.clear()
    said = "\n".join(report.failures(claims.check([result])))
    assert "cnn: tf.js: nan" in said
    assert said.count("difference from Keras's weights nan") == 2


@pytest.mark.parametrize(
    ("name", "found"), [(ENGINE, 2e-5), (ENGINE_EXACT, 1e-9), (ENGINE_JIT, 2e-5)]
)
def test_claims_on_weights(name: str, found: float) -> None:
    result = _measured("circle", 100, 100)
    result.differences[name] = found
    (said,) = report.failures(claims.check([result]))
    assert name in said
    assert f"{found:.1e}" in said


def test_the_page_has_the_command_the_machine_and_the_numbers() -> None:
    result = _measured("circle", 120, 30)
    result.cannot["tf.js cpu"] = "no such kernel"
    page = report.markdown([result], "python benchmarks/fit.py", "2 cores of a machine", 3.0)
    assert "`python benchmarks/fit.py`, on 2 cores of a machine" in page
    assert "about 3 seconds, scaled per epoch" in page
    (row, *_) = [line for line in page.splitlines() if line.startswith("| circle")]
    assert "| 120 |" in row
    assert f"| 120.0 {report.TIMES} | 30.0 {report.TIMES} |" in row
    assert "tf.js cpu cannot train circle: no such kernel" in page
    assert "equal bit for bit" in page
    assert "circle 9.0" in page  # the spread of Keras's repeats
    assert "like with like" not in page


def test_large_trainings_are_compared_like_with_like() -> None:
    page = report.markdown([_measured("cnn", 4, 30)], "python", "a machine", 3.0)
    row = page.partition("like with like")[2].split("| cnn | ")[1].splitlines()[0]
    assert row == f"10 | 4 | 1 | 4.0 {report.TIMES} | 4 | 1 | 4.0 {report.TIMES} |"


def test_the_picture_shows_ratios_from_one() -> None:
    pytest.importorskip("plotly")
    shown: Any = picture.figure([_measured("circle", 120, 30)])
    bars = {bar.name: bar for bar in shown.data}
    assert bars["this engine, first call"].text == (f"120 {report.TIMES}",)
    assert bars["this engine, first call"].base == 1
    assert bars["tf.js in Node, its best backend"].x == (3,)
    assert shown.layout.width == 800


def test_the_contestants_are_all_of_them() -> None:
    assert len({contestant.name for contestant in CONTESTANTS}) == 11
    watched = [contestant.name for contestant in CONTESTANTS if contestant.watched]
    assert watched == [KERAS, ENGINE, *TFJS.values()]


def test_calls_return_the_same_numbers() -> None:
    for pair in calls.pairs():
        if pair.rows == calls.ROWS[0]:
            assert pair.difference() <= calls.CLOSE, pair.name
            theirs, ours = pair.seconds(1)
            assert theirs > 0
            assert ours > 0


def test_both_searches_come_to_the_same_scores() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    mine = search.ours(search.CANDIDATES[-2:], folds=2, epochs=3).fit(X, y)
    theirs = search.theirs(search.CANDIDATES[-2:], folds=2)
    settings = {"epochs": 3, "batch_size": search.BATCH, "shuffle": False, "verbose": 0}
    theirs.fit(X, y, **{f"net__{name}": value for name, value in settings.items()})
    assert mine.best_score_ > 0.7
    assert search.largest_difference(mine, theirs) <= 1e-9
    np.testing.assert_allclose(mine.predict_proba(X), theirs.decision_function(X), atol=1e-5)


@pytest.mark.parametrize("way", convert.WAYS)
def test_the_ways_of_converting(way: str, node: NodeSession, tmp_path: Path) -> None:
    model = convert.small()
    assert convert.converted(way, model, tmp_path / "out") > 0
    found = convert.outcome(node, model, tmp_path / "out")
    assert found == "ok" if way != convert.OFFICIAL_LAYERS else found.startswith("fails: An Input")


def test_memory_is_that_of_the_process() -> None:
    assert memory.peak() > 100
