"""Every symbol of the low-level API is here, with TensorFlow.js's parameters and a test."""

from __future__ import annotations

import ast
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


#: Symbols that no test can run in tf.js for themselves.
NOT_COMPARED = {
    "tf.Variable": "a class that has no constructor of its own: tf.variable makes them",
    "tf.nextFrame": "for a page, which alone has frames",
}


def test_every_symbol_is_compared_with_tfjs() -> None:
    """Not by an example of the documentation alone: by a test that has tf.js beside it."""
    said = _said_to_tfjs()
    missing = [n for n in LOW_LEVEL if n not in NOT_COMPARED and not _compared(n, *said)]
    assert missing == []
    missing = [n for n in CHAINED if not _is_method(n, *said)]
    assert missing == ["throwIfDisposed"]  # what every method does


def _said_to_tfjs() -> tuple[set[str], str]:
    """The strings in tests with a Node process: all of them, and those that may be programs."""
    found: list[str] = []
    for path in (*TESTS.glob("ops/*.py"), *TESTS.glob("test_*.py")):
        text = path.read_text("utf-8")
        if "NodeSession" in text:
            found += _strings(ast.parse(text))
    return set(found), "\n".join(string for string in found if "(" in string)


def _strings(tree: ast.Module) -> list[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented)]
    docstrings = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def _compared(name: str, strings: set[str], programs: str) -> bool:
    """Whether a function is named by a string for itself, "image.flipLeftRight", or called."""
    path = name.removeprefix("tf.")
    namespace, _, last = path.rpartition(".")
    if SYMBOLS[name]["kind"] != "function":
        return last in strings or bool(re.search(rf"\b{last}\b", programs))
    called = re.search(rf"\btf\.{re.escape(path)}\b", programs)
    if path in strings or called:
        return True
    # f"image.{name}" or tf.util[args.name] with a list of names.
    space = f"tf.{namespace}[" in programs or any(s.startswith(f"{namespace}.") for s in strings)
    return bool(namespace) and last in strings and space


def _is_method(name: str, strings: set[str], programs: str) -> bool:
    return name in strings or bool(re.search(rf"\.{name}\(", programs))
