"""What quantized weights cost: bytes, and changes of the predictions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.converters import cases, graph_cases
from tfjsbridge.converters.quantization import compare_quantizations
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

layers = keras.layers


@pytest.fixture
def model() -> Any:
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [layers.Input((20,)), layers.Dense(200, "relu"), layers.Dense(3, "softmax")]
    )


def test_the_sizes_and_changes(model: Any) -> None:
    report = compare_quantizations(model)
    assert [row.dtype for row in report.rows] == ["float32", "float16", "uint16", "uint8"]
    assert report["float32"].bytes == 4 * model.count_params()
    assert [row.ratio for row in report.rows] == [1, 0.5, 0.5, 0.25]
    assert report["float32"].largest == report["float32"].mean == 0
    for dtype, bound in (("float16", 1e-3), ("uint16", 1e-3), ("uint8", 0.05)):
        row = report[dtype]
        assert 0 < row.mean < row.largest < bound
    assert report["uint8"].largest > 5 * report["uint16"].largest


def test_an_outlier_spoils_eight_bits(model: Any) -> None:
    kernel, *rest = model.get_weights()
    kernel[0, 0] = 3000.0
    model.set_weights([kernel, *rest])
    data = np.random.default_rng(0).normal(size=(50, 20)).astype(np.float32)
    data[:, 0] = 0  # what the outlier itself computes stays 0
    report = compare_quantizations(model, data)
    assert report["uint8"].largest > 0.1
    assert report["float16"].largest < 0.01


def test_numbers_that_float16_cannot_hold(model: Any) -> None:
    kernel, *rest = model.get_weights()
    kernel[:] = 1e6
    model.set_weights([kernel, *rest])
    row = compare_quantizations(model, dtypes=["float16"]).to_dict()["rows"][1]
    assert row["largest"] is None


@pytest.mark.parametrize(
    "name", ["transformer", "masked encoder", "dicts", "fixed batch", "subclassed", "integers"]
)
def test_graphs(name: str) -> None:
    report = compare_quantizations(graph_cases.build(name), dtypes=("uint16",))
    assert report["uint16"].largest < 1e-2


@pytest.mark.parametrize(
    "name", ["two inputs and outputs", "dicts of inputs and outputs", "int32 input", "batch size"]
)
def test_layers(name: str) -> None:
    report = compare_quantizations(cases.build(name), dtypes=("uint16",))
    assert report["uint16"].largest < 1e-2


@pytest.mark.parametrize("format", ["layers", "graph"])
def test_in_real_tfjs(format: Any, model: Any, node: NodeSession) -> None:
    here, there = (
        compare_quantizations(model, format=format, session=session) for session in (None, node)
    )
    for one, other in zip(here.rows, there.rows, strict=True):
        assert one.bytes == other.bytes
        assert one.largest == pytest.approx(other.largest, abs=1e-6)


def test_metrics(model: Any) -> None:
    data = np.random.default_rng(0).normal(size=(600, 20)).astype(np.float32)
    classes = np.argmax(model.predict(data, verbose=0), -1)
    one_hot = np.eye(3, dtype=np.float32)[classes]
    for targets in (classes, classes[:, None], one_hot):
        report = compare_quantizations(model, data, ["uint8"], "accuracy", targets)
        assert report["float32"].metric == 1
        assert 0.9 < (report["uint8"].metric or 0) <= 1

    def agreement(true: np.ndarray, predicted: np.ndarray) -> Any:
        return np.argmax(predicted, -1) == true

    own = compare_quantizations(model, data, ["uint8"], agreement, classes)
    sparse = compare_quantizations(model, data, ["uint8"], "sparseCategoricalAccuracy", classes)
    assert own["uint8"].metric == pytest.approx(sparse["uint8"].metric)
    assert own.examples == 600


def test_a_metric_of_several_outputs() -> None:
    model = graph_cases.build("dicts")
    data = {"b": np.ones((4, 2)), "a": np.ones((4, 3))}
    report = compare_quantizations(model, data, ["uint8"], lambda true, found: len(found), [0, 0])
    assert report["uint8"].metric == 2
    with pytest.raises(ValueError, match="give a function of targets and predictions"):
        compare_quantizations(model, data, ["uint8"], "mse", [0, 0])


def test_prints(model: Any) -> None:
    data = np.zeros((4, 20), np.float32)
    report = compare_quantizations(model, data, ["uint8"], "mse", np.zeros((4, 3)))
    text = str(report)
    assert "predictions of 4 examples" in text
    assert "25.0%" in text
    assert "metric" in text
    assert "random" in str(compare_quantizations(model, dtypes=["uint8"]))
    assert json.loads(json.dumps(report.to_dict()))["rows"][1]["ratio"] == 0.25


def test_what_is_wrong(model: Any) -> None:
    data = np.zeros((4, 20), np.float32)
    with pytest.raises(ValueError, match="Unknown dtype 'float8'"):
        compare_quantizations(model, dtypes=["float8"])
    with pytest.raises(ValueError, match="needs data and targets"):
        compare_quantizations(model, metric="mse")
    with pytest.raises(ValueError, match="needs data and targets"):
        compare_quantizations(model, data, targets=data)
    with pytest.raises(ValueError, match="Unknown metric 'acuracy'"):
        compare_quantizations(model, data, metric="acuracy", targets=data)
    with pytest.raises(ValueError, match="wants the shape"):
        compare_quantizations(model, data[:, 1:])
    with pytest.raises(ValueError, match="expected as many of each"):
        compare_quantizations(graph_cases.build("dicts"), [np.ones((4, 3)), np.ones((3, 2))])
    with pytest.raises(ConversionError):
        compare_quantizations(graph_cases.build("sort"), format="layers")
