from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from tfjsbridge.verify.inputs import InputSpec, Signature
from tfjsbridge.verify.python_model import predict

A, B = np.zeros(2), np.ones(2)
TWO = Signature((InputSpec("a", (None,)), InputSpec("b", (None,))), ("y", "z"))


class KerasModel:
    """What `predict` needs of a keras.Model."""

    predict_step = None

    def __call__(self, x: Any, training: bool) -> Any:
        assert training is False
        return x

    def predict(self, x: Any) -> Any:
        raise AssertionError("it would trace a function and draw a progress bar")


def test_a_wrapper_is_looked_into_and_keras_called_for_inference() -> None:
    one = Signature((InputSpec("a", (None,)),), ("y",))
    [y] = predict(SimpleNamespace(keras=KerasModel()), [A], one)
    assert y is A


def test_several_inputs_go_as_a_list_and_dict_outputs_in_keras_order() -> None:
    model = SimpleNamespace(predict=lambda x: {"second": x[1], "first": x[0]})
    first, second = predict(model, [A, B], TWO)
    assert (first is A, second is B) == (True, True)


def test_outputs_that_tfjs_names_in_another_order() -> None:
    model = SimpleNamespace(predict=lambda x: [B, A], output_names=["z", "y"])
    y, z = predict(model, [A, B], TWO)
    assert (y is A, z is B) == (True, True)


def test_dict_inputs_go_by_the_names_of_their_layers() -> None:
    structure = {"p": SimpleNamespace(name="b"), "q": SimpleNamespace(name="a")}
    model = SimpleNamespace(predict=lambda x: [x["q"], x["p"]], _inputs_struct=structure)
    y, z = predict(model, [A, B], TWO)
    assert (y is A, z is B) == (True, True)
