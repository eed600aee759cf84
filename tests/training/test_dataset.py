"""Training and evaluating on streams of batches, against Keras's fit on the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X, assert_same_histories, assert_same_weights, normal
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow

callbacks = keras.callbacks

REGRESSION, SPARSE = CASES["regression"], CASES["sparse"]
Y = REGRESSION.y
WEIGHT = np.linspace(0, 2, len(X), dtype="float32")
VALIDATION = (normal(11, 3), normal(11, 1))


def batches(*arrays: np.ndarray, size: int = 10) -> list[tuple[np.ndarray, ...]]:
    return [tuple(a[i : i + size] for a in arrays) for i in range(0, len(arrays[0]), size)]


class Sequence(keras.utils.PyDataset):  # type: ignore[misc]
    """A PyDataset that counts its epochs."""

    def __init__(self) -> None:
        super().__init__()
        self.batches = batches(X, Y)
        self.ended = 0

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> Any:
        return self.batches[index]

    def on_epoch_end(self) -> None:
        self.ended += 1


def tf_data(*arrays: np.ndarray, size: int = 10) -> Any:
    return tensorflow.data.Dataset.from_tensor_slices(arrays or (X, Y)).batch(size)


def generator() -> Iterator[Any]:
    yield from batches(X, Y)


def twins(
    theirs: Any, ours: Any, case: Any = REGRESSION, ours_only: Any = None, **options: Any
) -> tuple[Any, Any]:
    """Two equal models, one trained by Keras on `theirs`, the other here on `ours`."""
    models = case.model(), case.model()
    models[1].set_weights(models[0].get_weights())
    options = {"epochs": 3, "verbose": 0} | options
    histories = (
        models[0].fit(theirs, shuffle=False, **options),
        training.fit_dataset(models[1], ours, **options | (ours_only or {})),
    )
    assert_same_weights(*models)
    assert_same_histories(*histories)
    return models


@pytest.mark.parametrize(
    "make",
    [tf_data, Sequence, lambda: batches(X, Y), lambda: generator],
    ids=["tf.data", "PyDataset", "list", "generator function"],
)
def test_a_stream_trains_as_keras_trains_on_tf_data(make: Callable[[], Any]) -> None:
    twins(tf_data(), make())


def test_a_py_dataset_is_told_the_end_of_each_epoch() -> None:
    dataset = Sequence()
    training.fit_dataset(REGRESSION.model(), dataset, epochs=3, verbose=0)
    assert dataset.ended == 3


def test_batches_may_be_tfjss_or_have_weights() -> None:
    twins(tf_data(), [{"xs": x, "ys": y} for x, y in batches(X, Y)])
    twins(tf_data(X, Y, WEIGHT), batches(X, Y, WEIGHT))


def test_several_inputs_and_outputs_come_in_nests() -> None:
    case = CASES["two_dicts"]
    dataset = tensorflow.data.Dataset.from_tensor_slices((case.x, case.y)).batch(10)
    twins(dataset, dataset, case)


@pytest.mark.parametrize("steps", [2, 5, 7])
def test_steps_per_epoch_go_on_across_epochs(steps: int) -> None:
    twins(tf_data().repeat(), tf_data().repeat(), epochs=4, steps_per_epoch=steps)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_running_out_of_data_is_told_and_ends_the_epoch_as_in_keras() -> None:
    with pytest.warns(UserWarning, match="ran out of data after 2 of 3"):
        twins(tf_data(), tf_data(), epochs=4, steps_per_epoch=3)


@pytest.mark.parametrize("steps", [None, 1])
def test_validation_is_a_stream_or_arrays(steps: int | None) -> None:
    options: dict[str, Any] = {"validation_steps": steps, "validation_freq": [1, 3]}
    validation = tf_data(*VALIDATION, size=4)
    twins(tf_data(), tf_data(), validation_data=validation, **options)
    arrays = {"validation_data": VALIDATION, "validation_batch_size": 4}
    twins(tf_data(), tf_data(), validation_data=validation, ours_only=arrays, **options)


def test_class_weights_are_keras_fits() -> None:
    dataset = tf_data(SPARSE.x, SPARSE.y)
    twins(dataset, dataset, SPARSE, class_weight={0: 1.0, 1: 0.0, 2: 3.5, 3: 0.25})


def test_callbacks_see_their_batches_and_epochs() -> None:
    seen: list[list[Any]] = []

    def watch(calls: list[Any]) -> Any:
        class Watch(callbacks.Callback):  # type: ignore[misc]
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                calls.append((batch, self.model.get_weights()[0].tolist()))

            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                calls.append((epoch, round(logs["loss"], 5)))

        seen.append(calls)
        return [Watch()]

    twins(tf_data(), tf_data(), callbacks=watch([]), ours_only={"callbacks": watch([])})
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3 * (5 + 1)


def test_a_callback_stops_it_after_its_batch() -> None:
    model = REGRESSION.model()

    class Stop(callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == 2

    history = training.fit_dataset(model, tf_data(), epochs=5, verbose=0, callbacks=[Stop()])
    assert history.epoch == [0]
    assert int(model.optimizer.iterations) == 3


def test_a_stream_is_read_one_batch_ahead_and_no_further() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Any]:
        for i in range(10**9):
            taken.append(i)
            yield X[:5], Y[:5]

    training.fit_dataset(REGRESSION.model(), endless, epochs=2, steps_per_epoch=4, verbose=0)
    assert len(taken) <= 9


def test_a_second_training_traces_nothing() -> None:
    traced: list[int] = []

    class Counting(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            traced.append(1)
            return x

    model = keras.Sequential([keras.Input((3,)), Counting(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    training.fit_dataset(model, tf_data(), validation_data=tf_data(), verbose=0)
    count = len(traced)
    training.fit_dataset(model, tf_data(size=7), validation_data=tf_data(), epochs=2, verbose=0)
    assert len(traced) == count


@pytest.mark.parametrize("steps", [None, 2])
def test_evaluate_dataset_is_keras_evaluate(steps: int | None) -> None:
    model = SPARSE.model()
    dataset = tf_data(SPARSE.x, SPARSE.y)
    expected = model.evaluate(dataset, steps=steps, verbose=0, return_dict=True)
    for _ in range(2):
        ours = training.evaluate_dataset(model, dataset, steps=steps)
        assert ours == pytest.approx(expected, rel=1e-6)


def test_an_eager_model_trains_and_evaluates() -> None:
    eager, traced = REGRESSION.model(run_eagerly=True), REGRESSION.model()
    traced.set_weights(eager.get_weights())
    for model in (eager, traced):
        training.fit_dataset(model, tf_data(), epochs=2, validation_data=VALIDATION, verbose=0)
    for mine, other in zip(eager.get_weights(), traced.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5)
    for name, values in traced.history.history.items():
        np.testing.assert_allclose(eager.history.history[name], values, rtol=1e-5)
    expected = training.evaluate_dataset(traced, tf_data())
    assert training.evaluate_dataset(eager, tf_data()) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ([], "holds no batches"),
        ([(X, Y, WEIGHT, Y)], r"must be \(x, y\).*got a tuple of 4"),
        ([(X[:5, :2], Y[:5])], r"batch 0 of the dataset.*\[null,3\].*\[5,2\]"),
        ([(X[:5], Y[:4])], r"batch 0 of the dataset.*same number of examples.*\[5,3\] and \[4,1\]"),
    ],
    ids=["empty", "four parts", "shape", "lengths"],
)
def test_a_stream_that_does_not_fit_says_what_was_expected(dataset: Any, said: str) -> None:
    for function in (training.fit_dataset, training.evaluate_dataset):
        model = REGRESSION.model()
        before = model.get_weights()
        with pytest.raises(ValueError, match=said):
            function(model, dataset)
        assert all(map(np.array_equal, before, model.get_weights()))


def test_an_iterator_that_is_used_up_says_what_to_give() -> None:
    model = REGRESSION.model()
    with pytest.raises(ValueError, match=r"can be gone over once\. Give a function"):
        training.fit_dataset(model, generator(), epochs=2, verbose=0)
    assert model.history.epoch == [0]


def test_fit_says_where_datasets_go() -> None:
    with pytest.raises(ValueError, match=r"x is a dataset of batches, which fit_dataset"):
        training.fit(REGRESSION.model(), tf_data())
