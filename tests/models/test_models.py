"""The notes' models: what each claims, and that every browser backend agrees with Python."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from models import circle, iris, result, unary_regression
from models.__main__ import MODELS
from tfjsbridge.verify import BrowserSession, NodeSession, differences

#: Model to its claim about the metric on its training data.
CLAIMS = {
    unary_regression: lambda mse: mse < 0.012,  # noise of 0.1, so 0.01 is the best
    circle: lambda accuracy: accuracy > 0.95,
    iris: lambda accuracy: accuracy > 0.95,
}

BACKENDS = ("cpu", "webgl", "wasm", "webgpu")


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory, node: NodeSession
) -> dict[ModuleType, result.Result]:
    patch = pytest.MonkeyPatch()
    patch.setattr(result, "EXPORTS", tmp_path_factory.mktemp("models"))
    trained = {module: module.main(verbose=0) for module in MODELS}
    patch.undo()
    return trained


def test_every_model_has_a_claim() -> None:
    assert set(CLAIMS) == set(MODELS)


@pytest.mark.parametrize("module", MODELS, ids=lambda m: m.__name__)
def test_learns_what_it_claims(
    module: ModuleType, results: dict[ModuleType, result.Result]
) -> None:
    trained = results[module]
    assert CLAIMS[module](trained.value)
    assert trained.value == pytest.approx(trained.sklearn, abs=result.METRIC_TOLERANCE)
    assert trained.difference < 1e-6
    assert len(trained.files) == 2


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("module", MODELS, ids=lambda m: m.__name__)
def test_chromium_agrees_with_python(
    module: Any,
    backend: str,
    results: dict[ModuleType, result.Result],
    browser: BrowserSession,
) -> None:
    import tfjsbridge as tf

    folder = results[module].files[0].parent
    xs = np.asarray(module.data()[0], dtype=np.float32)
    expected = np.asarray(tf.loadLayersModel(folder).predict(xs))
    got = browser.predict(folder, [xs], backend=backend)
    (difference,) = differences([expected], got, ["output"])
    assert difference.absolute < 1e-4


def test_the_data_is_as_said() -> None:
    xs, ys = unary_regression.data()
    assert xs.shape == ys.shape == (200, 1)
    xs, ys = circle.data()
    assert xs.shape == (200, 2)
    np.testing.assert_array_equal(ys[:, 0], (xs**2).sum(axis=1) < 0.5)
    xs, targets = iris.data()
    assert xs.shape == (150, 4)
    assert targets.shape == [150, 3]


def test_a_metric_that_is_not_scikit_learns_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    model = iris.build()
    xs, ys = iris.data()
    history = model.fit(xs, ys, verbose=0)
    with pytest.raises(AssertionError, match="scikit-learn computes"):
        result.finish("iris", model, history, xs, ys, "acc", lambda y, p: -1.0)


def test_the_table_names_every_model(
    results: dict[ModuleType, result.Result], capsys: pytest.CaptureFixture[str]
) -> None:
    result.print_table(list(results.values()))
    printed = capsys.readouterr().out
    for trained in results.values():
        assert trained.name in printed
        assert f"{trained.size:,}" in printed
