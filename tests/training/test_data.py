"""What does not fit the model is said before anything is trained, all of it at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X
from tfjsbridge import training
from tfjsbridge.runtime import keras

layers = keras.layers
ONES = np.ones((4, 3))
TWO = {"left": np.ones((4, 3)), "right": np.ones((4, 2))}
TARGETS = [np.ones((4, 1)), np.zeros(4)]


def _refused(model: Any, x: Any, y: Any, **options: Any) -> str:
    """The message with which fit refuses; the model is untouched."""
    before = model.get_weights()
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the callers look at the message
        training.fit(model, x, y, **{"verbose": 0, **options})
    assert all(map(np.array_equal, before, model.get_weights()))
    if model.optimizer is not None:
        assert int(model.optimizer.iterations) == 0
    return str(error.value)


def _mlp(loss: Any = "mse", units: int = 1) -> Any:
    model = keras.Sequential([keras.Input((3,), name="size"), layers.Dense(units, name="price")])
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize("x", [np.ones((4, 2)), np.ones(4), np.ones((4, 3, 1)), np.float32(3)])
def test_a_wrong_input_shape_is_named_with_the_right_one(x: Any) -> None:
    message = _refused(_mlp(), x, np.ones((4, 1)))
    shape = "[" + ",".join(map(str, x.shape)) + "]"
    assert f"expected size to have shape [null,3] but got array with shape {shape}" in message


def test_a_wrong_number_of_inputs_is_named() -> None:
    message = _refused(_mlp(), [ONES, ONES], np.ones((4, 1)))
    assert "expects 1 input(s), size, but got 2" in message


def test_a_missing_input_of_a_dict_is_named() -> None:
    message = _refused(CASES["two_dicts"].model(), {"left": ONES}, TARGETS)
    assert "no data for the input right; got left" in message


def test_a_wrong_number_of_targets_is_named() -> None:
    message = _refused(CASES["two_dicts"].model(), TWO, TARGETS[:1])
    assert "the model has 2 output(s), value, kind, but got 1 target(s)" in message


def test_different_numbers_of_examples_are_refused() -> None:
    message = _refused(_mlp(), ONES, np.ones((5, 1)))
    assert "same number of examples, but their shapes are [4,3] and [5,1]" in message


def test_no_examples_are_refused() -> None:
    assert "there are no examples" in _refused(_mlp(), np.ones((0, 3)), np.ones((0, 1)))


@pytest.mark.parametrize(
    "loss",
    ["mse", "mae", "binary_crossentropy", keras.losses.MeanSquaredError(),
     keras.losses.mean_absolute_error],
    ids=str,
)  # fmt: skip
def test_a_target_of_another_shape_than_the_output_is_refused(loss: Any) -> None:
    message = _refused(_mlp(loss), ONES, np.ones((4, 2)))
    expected = "expected the target of price to have shape [null,1] but got array with shape [4,2]"
    assert expected in message


@pytest.mark.parametrize("loss", ["categorical_crossentropy", keras.losses.CategoricalCrossentropy])
def test_class_numbers_for_a_one_hot_loss_are_refused_with_the_remedy(loss: Any) -> None:
    loss = loss if isinstance(loss, str) else loss()
    message = _refused(_mlp(loss, units=3), ONES, np.zeros(4, int))
    assert "one-hot targets" in message
    assert "sparseCategoricalCrossentropy" in message


def test_one_hot_targets_for_a_sparse_loss_are_refused() -> None:
    assert _refused(_mlp("sparse_categorical_crossentropy", units=3), ONES, np.eye(4)[:, :3])


def test_the_target_of_the_right_output_is_named_for_losses_by_name() -> None:
    # Losses in a dict stand in another order than the outputs.
    targets = {"value": np.ones((4, 2)), "kind": np.zeros(4)}
    message = _refused(CASES["two_dicts"].model(), TWO, targets)
    assert "expected the target of value to have shape [null,1]" in message
    assert "the target of kind" not in message


def test_all_problems_stand_in_one_message() -> None:
    message = _refused(
        CASES["two_dicts"].model(),
        {"left": np.ones((4, 9)), "right": np.ones((4, 8))},
        {"value": np.ones((5, 2)), "kind": np.zeros(5)},
    )
    for part in ("expected left to", "expected right to", "target of value", "same number of"):
        assert part in message


def test_validation_data_is_checked_before_the_training() -> None:
    message = _refused(
        _mlp(), ONES, np.ones((4, 1)), validation_data=(np.ones((2, 9)), np.ones((2, 1)))
    )
    assert "validation data" in message
    assert "[2,9]" in message


@pytest.mark.parametrize("share", [1.0, 0.9, -0.5, 1.5])
def test_a_split_that_leaves_a_part_empty_is_refused(share: float) -> None:
    message = _refused(_mlp(), ONES, np.ones((4, 1)), validation_split=share)
    assert f"validationSplit={share}" in message
    assert "of 4 examples" in message


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", None, True])
@pytest.mark.parametrize("name", ["batch_size", "epochs"])
def test_batch_size_and_epochs_must_be_positive_integers(name: str, value: Any) -> None:
    message = _refused(_mlp(), ONES, np.ones((4, 1)), **{name: value})
    spelled = {"batch_size": "batchSize", "epochs": "epochs"}[name]
    assert message == f"{spelled} must be a positive integer, got {value!r}."


def test_numpy_integers_are_integers() -> None:
    history = training.fit(_mlp(), ONES, np.ones((4, 1)), epochs=np.int64(2), verbose=0,
                           batch_size=np.int32(3))  # fmt: skip
    assert history.epoch == [0, 1]


def test_a_model_that_is_not_compiled_is_refused() -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    with pytest.raises(ValueError, match="must be compiled"):
        training.fit(model, ONES, np.ones((4, 1)))
    with pytest.raises(ValueError, match="must be compiled"):
        training.evaluate(model, ONES, np.ones((4, 1)))


@pytest.mark.parametrize("function", [training.evaluate, training.predict])
def test_inference_refuses_a_bad_batch_size(function: Any) -> None:
    y = (np.ones((4, 1)),) if function is training.evaluate else ()
    with pytest.raises(ValueError, match="batchSize must be a positive integer, got 0"):
        function(_mlp(), ONES, *y, batch_size=0)


def test_targets_of_one_axis_fit_an_output_of_one_unit() -> None:
    models = CASES["regression"].model(), CASES["regression"].model()
    y = CASES["regression"].y
    training.fit(models[0], X, y, seed=1, verbose=0)
    training.fit(models[1], X, y[:, 0], seed=1, verbose=0)
    assert all(map(np.array_equal, models[0].get_weights(), models[1].get_weights()))


def test_the_data_given_is_not_changed() -> None:
    x, y = X.copy(), CASES["regression"].y.copy()
    training.fit(CASES["regression"].model(), x, y, verbose=0)
    assert np.array_equal(x, X)
    assert np.array_equal(y, CASES["regression"].y)
