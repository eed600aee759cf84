"""The data of the larger models, by the network and without it. No test uses the network."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
from sklearn.datasets import _openml

from models import datasets
from models.features import BOSTON, CANCER, DIABETES, PHISHING
from tfjsbridge.runtime import keras

LOADERS = (datasets.housing, datasets.phishing, datasets.digits)


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit"))
    for load in LOADERS:
        load.cache_clear()
    yield
    for load in LOADERS:
        load.cache_clear()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No network; the addresses that were asked for."""
    asked: list[str] = []

    def urlopen(request: Any, *_: Any) -> Any:
        asked.append(request.full_url)
        raise URLError("no network")

    def load_data() -> Any:
        asked.append("mnist")
        raise Exception("URL fetch failure on https://...: None -- no network")  # as Keras has it

    monkeypatch.setattr(_openml, "urlopen", urlopen)
    monkeypatch.setattr(_openml.time, "sleep", lambda seconds: None)  # between its tries
    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    return asked


@pytest.mark.parametrize(
    ("load", "wanted", "instead", "shape"),
    [
        (datasets.housing, "Boston", "diabetes", (442, 10)),
        (datasets.phishing, "phishing", "breast cancer", (569, 30)),
        (datasets.digits, "MNIST", "digits", (1797, 8, 8, 1)),
    ],
)
def test_without_a_network_one_line_says_what_is_used_instead(
    load: Callable[[], Any],
    wanted: str,
    instead: str,
    shape: tuple[int, ...],
    offline: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    found = load()
    assert found.xs.shape == shape
    assert instead in found.source
    printed = capfd.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert wanted in line
    assert "no network" in line
    assert f"Using scikit-learn's {instead}" in line
    # Once in a process.
    times = len(offline)
    assert times > 0
    assert load() is found
    assert len(offline) == times
    assert capfd.readouterr().err == ""


def test_a_network_that_does_not_answer_is_not_waited_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    began = time.perf_counter()
    assert datasets.asked("the data", lambda: time.sleep(5), 0.2, "other data") is None
    assert time.perf_counter() - began < 2
    said = "Not to be had: the data: no answer in 0.2 s. Using other data.\n"
    assert capfd.readouterr().err == said


def test_the_offline_data_is_as_said() -> None:
    from sklearn.datasets import load_breast_cancer, load_diabetes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "asked", lambda *_: None)
        housing, phishing, digits = (load() for load in LOADERS)
    np.testing.assert_allclose(housing.ys[:, 0] * 100, load_diabetes().target)
    assert housing.features == tuple(DIABETES[name] for name in load_diabetes().feature_names)
    cancer = load_breast_cancer()
    assert phishing.classes[1].en == "malignant"
    malignant = cancer.target == list(cancer.target_names).index("malignant")
    np.testing.assert_array_equal(phishing.ys[:, 0] == 1, malignant)
    assert phishing.features == tuple(CANCER[name] for name in cancer.feature_names)
    assert digits.xs.min() == 0
    assert digits.xs.max() == 1


class Answer(io.BytesIO):
    """What urlopen gives."""

    def info(self) -> dict[str, str]:
        return {}


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that has OpenML answer with a data set of these columns and rows.

    A column is a name and None for numbers or the list of its words; the last one is the target.
    """

    def begin(number: int, columns: list[tuple[str, list[str] | None]], rows: list[str]) -> None:
        lines = ["@RELATION data"]
        for name, words in columns:
            lines.append(
                f"@ATTRIBUTE {name} {'REAL' if words is None else '{' + ','.join(words) + '}'}"
            )
        arff = "\n".join([*lines, "@DATA", *rows, ""]).encode()
        place = f"https://www.openml.org/data/v1/download/{number}/data.arff"
        features = [
            {
                "index": str(index),
                "name": name,
                "data_type": "numeric" if words is None else "nominal",
                "nominal_value": words or [],
                "is_target": "true" if index == len(columns) - 1 else "false",
                "is_ignore": "false",
                "is_row_identifier": "false",
                "number_of_missing_values": "0",
            }
            for index, (name, words) in enumerate(columns)
        ]
        description = {
            "id": str(number),
            "name": "data",
            "version": "1",
            "description": "",
            "format": "ARFF",
            "status": "active",
            "url": place,
            "md5_checksum": hashlib.md5(arff).hexdigest(),
            "warning": "a note that is not of interest",
        }
        qualities = [{"name": "NumberOfInstances", "value": str(len(rows))}]
        answers = {
            f"/data/{number}": {"data_set_description": description},
            f"/data/features/{number}": {"data_features": {"feature": features}},
            f"/data/qualities/{number}": {"data_qualities": {"quality": qualities}},
        }

        def urlopen(request: Any, *_: Any) -> Answer:
            if request.full_url.endswith("data.arff"):
                return Answer(arff)
            for end, answer in answers.items():
                if request.full_url.endswith(end):
                    return Answer(json.dumps(answer).encode())
            raise URLError(f"unknown: {request.full_url}")

        monkeypatch.setattr(_openml, "urlopen", urlopen)

    return begin


def test_boston_by_the_network(
    serve: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    words = {"CHAS": ["0", "1"], "RAD": ["24", "1", "5"]}
    columns = [(name, words.get(name)) for name in BOSTON] + [("MEDV", None)]
    serve(
        531,
        columns,
        [
            "0.1,18,2.3,0,0.5,6.5,65.2,4.1,1,296,15.3,396.9,5,24",
            "0.2,0,7.1,1,0.4,6.4,78.9,4.9,5,242,17.8,396.9,9,21.6",
            "0.3,0,7.1,0,0.4,7.1,61.1,4.9,24,242,17.8,392.8,4,34.7",
        ],
    )
    found = datasets.housing()
    assert "Boston" in found.source
    assert "OpenML" in found.source
    assert found.features == tuple(BOSTON.values())
    np.testing.assert_allclose(found.ys, [[2.4], [2.16], [3.47]])
    np.testing.assert_allclose(found.xs[:, 0], [0.1, 0.2, 0.3])
    # The words' numbers, not their places in the list.
    np.testing.assert_allclose(found.xs[:, 3], [0, 1, 0])
    np.testing.assert_allclose(found.xs[:, 8], [1, 5, 24])
    assert capfd.readouterr().err == ""


def test_phishing_by_the_network(
    serve: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    words = {"URL_Length": ["1", "0", "-1"]}
    columns = [(name, words.get(name, ["-1", "1"])) for name in PHISHING]
    serve(
        4534,
        [*columns, ("Result", ["-1", "1"])],
        [
            ",".join(["-1", "1", *["-1"] * 28, "-1"]),
            ",".join(["1", "0", *["1"] * 28, "1"]),
            ",".join(["1", "-1", *["1"] * 28, "1"]),
        ],
    )
    found = datasets.phishing()
    assert "OpenML" in found.source
    assert found.features == tuple(PHISHING.values())
    assert found.classes[1].en == "phishing"
    np.testing.assert_array_equal(found.ys, [[1], [0], [0]])
    np.testing.assert_array_equal(found.xs[:, 0], [-1, 1, 1])
    np.testing.assert_array_equal(found.xs[:, 1], [1, 0, -1])
    assert capfd.readouterr().err == ""


def test_an_answer_that_is_no_data_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_openml, "urlopen", lambda request, *_: Answer(b"<html>Log in</html>"))
    assert "diabetes" in datasets.housing().source
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_mnist_by_the_network(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (7000, 28, 28), dtype=np.uint8)
    labels = random.integers(0, 10, 7000, dtype=np.uint8)
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: ((images, labels), None))
    found = datasets.digits()
    assert "MNIST" in found.source
    assert found.xs.shape == (6000, 28, 28, 1)
    assert 0 <= found.xs.min() < found.xs.max() <= 1
    np.testing.assert_array_equal(found.labels, labels[:6000])
    assert capfd.readouterr().err == ""
    assert keras.config.is_interactive_logging_enabled()
