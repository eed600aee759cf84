"""Every symbol of the low-level API is here, with TensorFlow.js's parameters and a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tfjs.api import (
    CHAINED,
    LAYERS,
    LOW_LEVEL,
    SYMBOLS,
    UNDOCUMENTED,
    problem,
    problem_of_method,
)
from tests.tfjs.differences import (
    DIFFERENCES,
    FAULTS,
    LAYER_DIFFERENCES,
    LAYER_FAULTS,
    SIGNATURES,
)
from tests.tfjs.test_examples import EXAMPLES

TESTS = Path(__file__).parent.parent


def test_the_record_is_whole() -> None:
    headings = {symbol["heading"] for symbol in SYMBOLS.values()}
    assert headings >= {"Tensors", "Operations", "Training", "Performance", "Util", "Layers"}
    assert len(LOW_LEVEL) > 250
    assert len(CHAINED) > 140
    assert set(UNDOCUMENTED) <= set(LOW_LEVEL)
    for name in UNDOCUMENTED:
        assert not SYMBOLS[name]["heading"], f"{name} is documented"


@pytest.mark.parametrize("name", LOW_LEVEL)
def test_a_symbol_has_the_parameters_of_tfjs(name: str) -> None:
    found = problem(name)
    assert found is None, f"{name}: {found}"


@pytest.mark.parametrize("name", LAYERS)
def test_a_symbol_of_the_layers_api_has_the_parameters_of_tfjs(name: str) -> None:
    found = problem(name)
    if name in SIGNATURES:
        assert found
        assert found != "missing"
    else:
        assert found is None, f"{name}: {found}"


@pytest.mark.parametrize("name", CHAINED)
def test_a_method_of_tensor_has_the_parameters_of_tfjs(name: str) -> None:
    found = problem_of_method(name)
    assert found is None, f"Tensor.{name}: {found}"


def test_there_are_few_differences_and_each_has_a_test() -> None:
    texts = "".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    for name in (*DIFFERENCES, *FAULTS, *LAYER_DIFFERENCES, *LAYER_FAULTS):
        assert f'["{name}"]' in texts or f'"{name}" in ' in texts, f"no test names {name!r}"
    assert len(DIFFERENCES) < 10
    assert len(LAYER_DIFFERENCES) < 10


def test_every_symbol_is_named_by_a_test() -> None:
    files = [*TESTS.glob("ops/test_*.py"), *TESTS.glob("test_*.py"), *TESTS.glob("util/test_*.py")]
    texts = [path.read_text("utf-8") for path in files]
    running = {example.symbol for example in EXAMPLES}
    unnamed = [n for n in LOW_LEVEL if n not in running and not any(_names(t, n) for t in texts)]
    assert unnamed == []


def _names(text: str, name: str) -> bool:
    """Whether a test's text says a symbol: .matMul( or "matMul"; of a namespace, both words."""
    *namespace, last = name.split(".")[1:]
    if SYMBOLS[name]["kind"] == "class":
        return bool(re.search(rf"\b{last}\b", text))
    said = re.search(rf"[\"'.]{re.escape(last)}\b", text)
    return bool(said) and all(part in text for part in namespace)
