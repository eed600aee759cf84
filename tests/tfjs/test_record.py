"""The record of TensorFlow.js's API is that of the pinned packages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tfjs.api import CHAINED, RECORD, SYMBOLS
from tests.tfjs.parameters import parameters
from tests.tfjs.record import record
from tests.tfjs.source_text import closing, split
from tfjsbridge.verify import NodeSession


def _params(name: str) -> list[Any]:
    return [(p["name"], p["required"], p.get("default")) for p in SYMBOLS[name]["params"]]


def test_it_is_up_to_date(node: NodeSession) -> None:
    assert record() == RECORD, "run: python -m tests.tfjs.record"


def test_functions_have_their_names_places_and_defaults() -> None:
    assert _params("tf.matMul") == [
        ("a", True, None),
        ("b", True, None),
        ("transposeA", False, "false"),
        ("transposeB", False, "false"),
    ]
    assert SYMBOLS["tf.matMul"]["subheading"] == "Matrices"
    # A default before a required parameter; a rest parameter; an option of a pattern.
    assert _params("tf.maxPool3d")[1] == ("filterSize", True, "[1, 1, 1]")
    assert SYMBOLS["tf.einsum"]["params"][1] == {"name": "tensors", "rest": True, "required": False}
    [*_, last] = SYMBOLS["tf.meshgrid"]["params"]
    assert last["options"] == [{"name": "indexing", "required": False, "default": "'xy'"}]


def test_symbols_stand_where_they_are_at_run_time() -> None:
    assert SYMBOLS["tf.sparse.sparseReshape"]["documented"] == "tf.sparseReshape"
    assert SYMBOLS["tf.Optimizer.minimize"]["documented"] == "tf.train.Optimizer.minimize"
    assert SYMBOLS["tf.Optimizer.applyGradients"]["runtime"]  # abstract there
    assert SYMBOLS["tf.train.sgd"]["kind"] == "function"  # a static method
    assert SYMBOLS["tf.LayersModel.getLayer"]["runtime"]  # inherited
    assert not SYMBOLS["tf.Functional"]["runtime"]
    assert SYMBOLS["tf.Tensor"]["kind"] == "class"


def test_config_objects_have_the_options_of_what_they_extend() -> None:
    [args] = SYMBOLS["tf.layers.dense"]["params"]
    options = {option["name"]: option["required"] for option in args["options"]}
    assert options["units"] is True
    assert options["activation"] is False
    assert options["inputShape"] is False
    fused = SYMBOLS["tf.fused.conv2d"]["params"][0]["options"]
    assert [o["name"] for o in fused if o["required"]] == ["x", "filter", "strides", "pad"]


def test_methods_of_tensor_have_the_parameters_after_it() -> None:
    assert [p["name"] for p in CHAINED["where"]] == ["condition", "x"]
    assert [p["required"] for p in CHAINED["matMul"]] == [True, False, False]
    assert CHAINED["square"] == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a, b", ["a", "b"]),
        ("a, b = [1, 2], {c = 'x,y'} = {}", ["a", "b = [1, 2]", "{c = 'x,y'} = {}"]),
        ("f: (x: A, y: B) => C, z?: Map<K, V>", ["f: (x: A, y: B) => C", "z?: Map<K, V>"]),
    ],
)
def test_parameters_are_split_outside_of_brackets(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_what_closes_a_bracket() -> None:
    text = "f(a, '(', (b) => [c]) d"
    assert text[closing(text, 1) :] == ") d"
    with pytest.raises(ValueError, match="No end"):
        closing("(a", 0)


def test_a_declaration_says_what_is_optional_and_a_source_what_is_the_default() -> None:
    assert parameters("this: T, x: number, y?: number", "x, y = 2", {}) == [
        {"name": "x", "required": True},
        {"name": "y", "required": False, "default": "2"},
    ]
