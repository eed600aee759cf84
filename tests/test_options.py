"""tf.js config objects and keyword arguments are the same call."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge.options import options, options_method


@options
def example(x: int, *, units: int, inputShape: Any = None, useBias: bool = True) -> Any:
    """Docs."""
    return x, units, inputShape, useBias


class Thing:
    @options_method
    def fit(self, x: Any, *, epochs: int = 1) -> Any:
        return self, x, epochs


def test_dict_and_keywords_are_the_same() -> None:
    assert example(1, {"units": 2, "useBias": False}) == example(1, units=2, useBias=False)
    assert example(1, {"units": 2}, useBias=False) == (1, 2, None, False)
    assert example(x=1, units=2) == (1, 2, None, True)
    assert example(1, None, units=2) == (1, 2, None, True)
    thing = Thing()
    assert thing.fit(3, {"epochs": 4}) == thing.fit(3, epochs=4) == (thing, 3, 4)


def test_the_signature_is_the_functions_own() -> None:
    assert list(inspect.signature(example).parameters) == ["x", "units", "inputShape", "useBias"]
    assert next(iter(inspect.signature(tf.layers.dense).parameters)) == "units"
    assert example.__doc__ == "Docs."


def test_all_problems_in_one_message() -> None:
    with pytest.raises(TypeError) as error:
        example(1, {"input_shape": [2], "usebias": True, "nonsense": 1})
    message = str(error.value)
    assert "unknown option 'input_shape' (did you mean 'inputShape'?);" in message
    assert "(did you mean 'useBias'?)" in message
    assert "unknown option 'nonsense';" in message
    assert "the option 'units' is missing" in message
    assert message.endswith("Options: units, inputShape, useBias.")


def test_twice_and_no_dict() -> None:
    with pytest.raises(TypeError, match="option 'units' is given twice"):
        example(1, {"units": 1}, units=2)
    with pytest.raises(TypeError, match=r"expected the options as a dict or by keyword, got int 5"):
        example(1, 5)


def test_the_name_is_the_one_of_the_program() -> None:
    with pytest.raises(TypeError, match=r"^tf\.layers\.dense: unknown option 'unit'"):
        tf.layers.dense({"unit": 1})
    with pytest.raises(TypeError, match=r"^Thing\.fit: unknown option 'epoch'"):
        Thing().fit(1, epoch=1)
    with pytest.raises(TypeError, match=r"^tf\.sequential: unknown option 'layer'"):
        tf.sequential(layer=[])
