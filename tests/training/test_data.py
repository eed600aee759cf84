"""Data become the tensors that Keras's own steps get from its `fit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.training.twins import CASES, X, assert_same_weights
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.data import Data, check_compiled, positive_integer, prepare

layers = keras.layers
ONES = np.ones((4, 3), np.float32)
CLASSES = np.array([0, 2, 1, 2, 2, 0])
SIX = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
WEIGHTS = np.array([0.5, 2, 0, 1, 3, 0.25])


def _model(loss: Any = "mse", units: int = 1, activation: Any = None, **options: Any) -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.Input((3,), name="size"), layers.Dense(units, activation, name="price")]
    )
    model.compile("sgd", loss, run_eagerly=True, **options)
    return model


def _classifier(**options: Any) -> Any:
    return _model("sparse_categorical_crossentropy", 3, "softmax", **options)


def _two(dict_outputs: bool = False, loss: Any = None) -> Any:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((3,), name="size")
    value = layers.Dense(1, name="value")(inputs)
    kind = layers.Dense(3, "softmax", name="kind")(inputs)
    model = keras.Model(inputs, {"value": value, "kind": kind} if dict_outputs else [value, kind])
    by_name = {"value": "mse", "kind": "sparse_categorical_crossentropy"}
    by_name = by_name if dict_outputs else list(by_name.values())
    model.compile("sgd", loss or by_name, run_eagerly=True)
    return model


def _as_keras_trains(
    build: Callable[[], Any], arguments: dict[str, Any], keras_arguments: dict[str, Any]
) -> None:
    """A step on what prepare makes changes a model as a step of Keras's fit changes its twin."""
    theirs, ours = build(), build()
    theirs.fit(**keras_arguments, batch_size=100, shuffle=False, verbose=0)
    ours.train_step(prepare(ours, **arguments, training=True).tensors)
    assert_same_weights(theirs, ours)


def test_tensors_are_what_a_step_unpacks() -> None:
    one, two, three = (tensorflow.constant([float(i)]) for i in range(3))
    assert Data(one, None, None, 1).tensors == (one,)
    assert Data(one, two, None, 1).tensors == (one, two)
    assert Data(one, two, three, 1).tensors == (one, two, three)
    assert Data(one, two, three, 1).shape_only() == Data(None, None, None, 1)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.25])
def test_a_split_keeps_the_last_examples_with_their_weights(share: float) -> None:
    data = prepare(_two(), SIX, [SIX[:, :1], CLASSES], [WEIGHTS, 2 * WEIGHTS])
    train, validation = data.split(share)
    at = int(6 * (1 - share))
    assert (train.size, validation.size) == (at, 6 - at)
    assert np.array_equal(train.x, SIX[:at])
    assert np.array_equal(validation.y[1], CLASSES[at:])
    assert np.array_equal(validation.sample_weight[1], 2 * WEIGHTS[at:].astype(np.float32))


def test_a_split_without_targets() -> None:
    train, validation = prepare(_model(None), SIX).split(0.5)
    assert (train.tensors[0].shape, validation.tensors[0].shape) == ((3, 3), (3, 3))
    assert len(train.tensors) == 1


def test_class_weights_are_not_for_the_validation_split_as_in_keras() -> None:
    by_class = {0: 1.0, 1: 5.0, 2: 9.0}
    theirs, ours = _classifier(), _classifier()
    logs = theirs.fit(
        SIX, CLASSES, class_weight=by_class, validation_split=0.5, batch_size=100, shuffle=False,
        verbose=0,
    ).history  # fmt: skip
    train, validation = prepare(ours, SIX, CLASSES, class_weight=by_class).split(0.5)
    ours.train_step(train.tensors)
    assert_same_weights(theirs, ours)
    assert len(validation.tensors) == 2
    ours.reset_metrics()
    assert float(ours.test_step(validation.tensors)["loss"]) == logs["val_loss"][0]


#: Sample weights and the shape of outputs that they weigh.
@pytest.mark.parametrize(
    "weight",
    [WEIGHTS, WEIGHTS[:, None], WEIGHTS.tolist(), [1, 0, 2, 3, 1, 1], WEIGHTS > 0.4,
     pd.Series(WEIGHTS), tensorflow.constant(WEIGHTS)],
    ids=["floats", "column", "list", "whole", "bool", "series", "float64 tensor"],
)  # fmt: skip
def test_sample_weights_as_keras(weight: Any) -> None:
    keras_weight = np.asarray(weight)
    for build, y in ((_classifier, CLASSES), (_model, SIX[:, :1]), (_model, SIX[:, 0])):
        data = prepare(build(), SIX, y, weight)
        assert data.sample_weight.dtype == "float32"
        _as_keras_trains(
            build,
            {"x": SIX, "y": y, "sample_weight": weight},
            {"x": SIX, "y": y, "sample_weight": keras_weight},
        )


@pytest.mark.parametrize(
    ("target", "shapes"),
    [((6, 2, 1), [(6, 2), (6, 1), (6, 2, 1)]), ((6, 2), [(6,), (6, 1)])],
    ids=str,
)
def test_sample_weights_of_steps_as_keras(target: Any, shapes: Any) -> None:
    def build() -> Any:
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((2, 3)), layers.Dense(1)])
        model.compile("sgd", "mse", run_eagerly=True)
        return model

    x = np.stack([SIX, -SIX], 1)
    for shape in shapes:
        weight = np.arange(np.prod(shape)).reshape(shape)
        arguments = {"x": x, "y": x[..., :1].reshape(target), "sample_weight": weight}
        _as_keras_trains(build, arguments, arguments)


@pytest.mark.parametrize("dict_outputs", [False, True])
@pytest.mark.parametrize(
    ("weight", "of_value", "of_kind"),
    [
        (WEIGHTS, WEIGHTS, WEIGHTS),
        (WEIGHTS.tolist(), WEIGHTS, WEIGHTS),
        ({"kind": 2 * WEIGHTS, "value": WEIGHTS}, WEIGHTS, 2 * WEIGHTS),
        ({"kind": 2 * WEIGHTS, "value": None}, np.ones(6), 2 * WEIGHTS),
    ],
    ids=["one", "a list of numbers", "by name", "None"],
)
def test_sample_weights_of_several_outputs_as_keras(
    dict_outputs: bool, weight: Any, of_value: Any, of_kind: Any
) -> None:
    value = SIX[:, :1]
    by_name = {"kind": CLASSES, "value": value}
    keras_arguments = (
        {"x": SIX, "y": by_name, "sample_weight": {"kind": of_kind, "value": of_value}}
        if dict_outputs
        else {"x": SIX, "y": [value, CLASSES], "sample_weight": [of_value, of_kind]}
    )
    arguments = {"x": SIX, "y": by_name, "sample_weight": weight}
    _as_keras_trains(lambda: _two(dict_outputs), arguments, keras_arguments)


def test_sample_weights_in_a_list_are_in_the_order_of_the_outputs() -> None:
    arguments = {"x": SIX, "y": [SIX[:, :1], CLASSES], "sample_weight": [WEIGHTS, 2 * WEIGHTS]}
    _as_keras_trains(_two, arguments, arguments)
    lists = {**arguments, "sample_weight": [WEIGHTS.tolist(), (2 * WEIGHTS).tolist()]}
    _as_keras_trains(_two, lists, arguments)


def test_sample_weights_of_a_model_that_names_no_outputs() -> None:
    class Two(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x: Any) -> Any:
            both = self.dense(x)
            return both[:, :1], both[:, 1:]

    def build() -> Any:
        keras.utils.set_random_seed(3)
        model = Two()
        model.compile("sgd", ["mse", "mae"], run_eagerly=True)
        model(SIX)
        return model

    y = (SIX[:, :1], SIX[:, 1:2])
    for weight in (WEIGHTS, (WEIGHTS, 2 * WEIGHTS)):
        arguments = {"x": SIX, "y": y, "sample_weight": weight}
        _as_keras_trains(build, arguments, arguments)
    with pytest.raises(ValueError, match="sampleWeight must be one array, or a nest of arrays"):
        prepare(build(), SIX, y, [WEIGHTS])


@pytest.mark.parametrize(
    "y",
    [CLASSES, CLASSES[:, None], CLASSES.astype(float), pd.Series(CLASSES), CLASSES.tolist(),
     np.eye(3)[CLASSES], np.eye(3)[CLASSES] * 0.8 + 0.1, tensorflow.constant(CLASSES)],
    ids=["numbers", "column", "floats", "series", "list", "one-hot", "soft", "tensor"],
)  # fmt: skip
def test_class_weights_as_keras(y: Any) -> None:
    one_hot = np.ndim(y) == 2 and np.shape(y)[1] == 3
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"

    def build() -> Any:
        return _model(loss, 3, "softmax")

    by_class = {0: 2.0, 1: 0.25, 2: 7}
    arguments = {"x": SIX, "y": y, "class_weight": by_class}
    _as_keras_trains(build, arguments, {**arguments, "y": np.asarray(y)})
    expected = keras.src.trainers.data_adapters.data_adapter_utils.class_weight_to_sample_weights(
        np.asarray(y), by_class
    )
    weight = prepare(build(), SIX, y, class_weight=by_class).sample_weight
    assert weight.dtype == "float32"
    assert np.array_equal(weight, expected)


def test_class_weights_of_booleans_and_numpy_numbers() -> None:
    y = CLASSES > 1
    by_class = {np.int64(0): 2.0, 1.0: np.float64(3)}
    weight = prepare(_model("binary_crossentropy"), SIX, y, class_weight=by_class).sample_weight
    assert np.array_equal(weight, np.where(y, 3, 2))


@pytest.mark.parametrize("dict_outputs", [False, True])
@pytest.mark.parametrize(
    "given", [lambda w: {"kind": w}, lambda w: {"kind": w, "value": None}, lambda w: [None, w]]
)
def test_class_weights_of_several_outputs(dict_outputs: bool, given: Any) -> None:
    # Keras has none for several outputs, but sample weights.
    by_class = {0: 2.0, 1: 0.25, 2: 7.0}
    of_kind = np.array([by_class[number] for number in CLASSES.tolist()])
    y = {"value": SIX[:, :1], "kind": CLASSES}
    class_weight = given(by_class)
    if dict_outputs and isinstance(class_weight, list):
        class_weight.reverse()  # a dict of outputs has its keys in alphabetical order
    weight = prepare(_two(dict_outputs), SIX, y, class_weight=class_weight).sample_weight
    if dict_outputs:
        weight = [weight["value"], weight["kind"]]
    assert np.array_equal(weight[0], np.ones(6))
    assert np.array_equal(weight[1], of_kind)


def test_class_weights_of_one_output_by_name_or_in_a_list() -> None:
    by_class = {0: 2.0, 1: 0.25, 2: 7.0}
    expected = prepare(_classifier(), SIX, CLASSES, class_weight=by_class).sample_weight
    for given in ({"price": by_class}, [by_class]):
        weight = prepare(_classifier(), SIX, CLASSES, class_weight=given).sample_weight
        assert np.array_equal(weight, expected)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float16", "float64"])
def test_other_dtypes_train_as_in_keras(dtype: str) -> None:
    arguments = {"x": (10 * SIX).astype(dtype), "y": (10 * SIX[:, :1]).astype(dtype)}
    _as_keras_trains(_model, arguments, arguments)


FRAME = pd.DataFrame(SIX.astype(float), columns=["a", "b", "c"])


@pytest.mark.parametrize(
    "x",
    [SIX.tolist(), tuple(map(tuple, SIX.tolist())), FRAME, SIX.astype(">f4"), SIX[::-1][::-1],
     np.asfortranarray(SIX), SIX.astype(object), tensorflow.constant(SIX),
     tensorflow.Variable(SIX), tensorflow.constant(SIX, "float64"), [SIX], {"size": SIX}],
    ids=["lists", "tuples", "frame", "big-endian", "view", "fortran", "objects", "tensor",
         "variable", "float64 tensor", "list of one", "dict"],
)  # fmt: skip
def test_whatever_holds_numbers_is_an_array(x: Any) -> None:
    data = prepare(_model(None), x, training=True)
    assert data.size == 6
    assert data.x.dtype == "float32"
    assert np.array_equal(data.x, SIX)


def test_a_frame_of_numbers_and_booleans() -> None:
    frame = pd.DataFrame({"a": [True, False], "b": [1, 2], "c": [0.5, 1.5]})
    assert np.array_equal(prepare(_model(), frame).x, [[1, 1, 0.5], [0, 2, 1.5]])


def test_tensors_are_taken_as_they_are() -> None:
    x, y = tensorflow.constant(SIX), tensorflow.constant(CLASSES)
    data = prepare(_classifier(), x, y)
    assert data.x is x
    assert data.y is y


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "uint8", ">f8"])
def test_large_arrays_are_copied(dtype: str) -> None:
    x = (np.arange(3 * 400_000) % 100).reshape(-1, 3).astype(dtype)
    data = prepare(_model(None), x, training=True)
    expected = x.astype("float32" if x.dtype.kind == "f" else x.dtype)
    assert data.x.dtype == expected.dtype
    assert np.array_equal(data.x, expected)
    x[0] = 7
    assert np.array_equal(data.x[0], [0, 1, 2])
    # TensorFlow computes with it, also after nothing else holds it.
    assert np.array_equal(tensorflow.reduce_sum(data.x, 0), expected.sum(0, expected.dtype))


def test_targets_by_name_are_in_the_order_of_the_outputs() -> None:
    value, kind = SIX[:, :1], CLASSES
    data = prepare(_two(), SIX, {"kind": kind, "value": value})
    assert [tuple(y.shape) for y in data.y] == [(6, 1), (6,)]
    for y in ([value, kind], (value, kind), {"kind": kind, "value": value}):
        assert prepare(_two(), SIX, y).y[1].shape == (6,)
    # A dict of outputs has its keys in alphabetical order.
    data = prepare(_two(dict_outputs=True), SIX, [kind, value])
    assert data.y["kind"].shape == (6,)
    assert data.y["value"].shape == (6, 1)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
@pytest.mark.parametrize("y", [SIX[:, :1], [SIX[:, :1]], {"value": SIX[:, :1]}])
def test_an_output_without_a_loss_needs_no_targets(y: Any) -> None:
    def build() -> Any:
        return _two(loss=["mse", None])

    _as_keras_trains(build, {"x": SIX, "y": y}, {"x": SIX, "y": SIX[:, :1]})


def test_no_targets_for_a_loss_of_add_loss_or_a_step_of_its_own() -> None:
    class Own(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {"loss": tensorflow.reduce_sum(data[0])}

    class Spread(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            self.add_loss(tensorflow.reduce_mean(x**2))
            return x

    inputs = keras.Input((3,))
    own = Own(inputs, layers.Dense(1)(inputs))
    own.compile("sgd", "mse")
    spread = keras.Sequential([inputs, layers.Dense(1), Spread()])
    spread.compile("sgd")
    for model in (own, spread):
        data = prepare(model, SIX, training=True)
        assert len(data.tensors) == 1
        model.train_step(data.tensors)
    # What a step of its own makes of targets is its own affair.
    assert prepare(own, SIX, SIX[:, :2], training=True).y.shape == (6, 2)


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


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", None, True])
def test_a_positive_integer_is_one(value: Any) -> None:
    with pytest.raises(ValueError, match="batchSize must be a positive integer, got") as error:
        positive_integer("batchSize", value)
    assert str(error.value) == f"batchSize must be a positive integer, got {value!r}."
    assert positive_integer("batchSize", np.int32(3)) == 3


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", None, True])
@pytest.mark.parametrize("name", ["batch_size", "epochs"])
def test_batch_size_and_epochs_must_be_positive_integers(name: str, value: Any) -> None:
    spelled = {"batch_size": "batchSize", "epochs": "epochs"}[name]
    with pytest.raises(ValueError, match=f"{spelled} must be a positive integer, got"):
        training.fit(_model(), ONES, np.ones((4, 1)), verbose=0, **{name: value})


def test_numpy_integers_are_integers() -> None:
    model = CASES["regression"].model()
    history = training.fit(
        model, ONES, np.ones((4, 1)), epochs=np.int64(2), batch_size=np.int32(3), verbose=0
    )
    assert history.epoch == [0, 1]


def test_a_model_that_is_not_compiled_is_refused() -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    for function in (training.fit, training.evaluate):
        with pytest.raises(ValueError, match="must be compiled"):
            function(model, ONES, np.ones((4, 1)))
    with pytest.raises(ValueError, match="must be compiled"):
        check_compiled(model)


@pytest.mark.parametrize("function", [training.evaluate, training.predict])
def test_inference_refuses_a_bad_batch_size(function: Any) -> None:
    y = (np.ones((4, 1)),) if function is training.evaluate else ()
    with pytest.raises(ValueError, match="batchSize must be a positive integer, got 0"):
        function(_model(), ONES, *y, batch_size=0)


@pytest.mark.parametrize("share", [1.0, 0.9, -0.5, 1.5])
def test_a_split_that_leaves_a_part_empty_is_refused(share: float) -> None:
    data = prepare(_model(), ONES, np.ones((4, 1)))
    with pytest.raises(ValueError, match="of 4 examples") as error:
        data.split(share)
    assert f"validationSplit={share}" in str(error.value)
