"""What does not fit the model is said before anything is trained, all of it at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from tests.training.twins import CASES
from tfjsbridge import compile_losses as mirror_losses
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.data import prepare
from tfjsbridge.verify import NodeSession
from tfjsbridge.verify.errors import TfjsError

layers = keras.layers
ONES = np.ones((4, 3), np.float32)
TWO = {"left": np.ones((4, 3)), "right": np.ones((4, 2))}
TARGETS = {"value": np.ones((4, 1)), "kind": np.zeros(4)}
NUMBERS = np.array([0, 2, 1, 2])


def _model(loss: Any = "mse", units: int = 1, activation: Any = None, shape: Any = (3,)) -> Any:
    model = keras.Sequential(
        [keras.Input(shape, name="size"), layers.Dense(units, activation, name="price")]
    )
    model.compile("sgd", loss)
    return model


def _classifier(loss: Any = "sparse_categorical_crossentropy") -> Any:
    return _model(loss, 3, "softmax")


def _two() -> Any:
    return CASES["two_dicts"].model()


def _refused(*arguments: Any, **options: Any) -> str:
    """What prepare says of the data, without its first words."""
    with pytest.raises(ValueError, match=r"^Error when checking data: .*\.$") as error:
        prepare(*arguments, **options)
    return str(error.value)[len("Error when checking data: ") : -1]


def _keras_refuses(model: Any, x: Any, y: Any, **options: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - of many kinds
        model.fit(x, y, verbose=0, **options)


# Where it is said.


def test_a_training_that_is_refused_leaves_the_model_untouched() -> None:
    model = _model()
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"expected size to have shape \[null,3\]"):
        training.fit(model, np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert int(model.optimizer.iterations) == 0


def test_validation_data_is_checked_before_the_training() -> None:
    model = _model()
    validation = (np.ones((2, 9)), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"checking validation data: .*\[2,9\]"):
        training.fit(model, ONES, np.ones((4, 1)), validation_data=validation, verbose=0)
    assert int(model.optimizer.iterations) == 0
    with pytest.raises(ValueError, match="checking validation data: expected size"):
        prepare(model, *validation, what="validation ")


def test_all_problems_stand_in_one_message() -> None:
    message = _refused(
        _two(),
        {"left": np.full((4, 9), np.nan), "right": np.ones((4, 8))},
        {"value": np.ones((5, 2)), "kind": np.array([0, 1, 9, 0])},
        training=True,
    )
    for part in (
        "expected left to have shape [null,3] but got array with shape [4,9]",
        "expected right to have shape [null,2] but got array with shape [4,8]",
        "expected the target of value to have shape [null,1] but got array with shape [5,2]",
        "same number of examples",
        "x (left) holds 36 values that are NaN or infinite",
        "y (kind) holds 1 value that is none of the class numbers 0 to 3",
    ):
        assert part in message
    message = _refused(_model(), [[1, 2], [3]], scipy.sparse.eye(3), "a", training=True)
    assert message.startswith("x is a list")
    assert "y is a dia_matrix" in message
    assert "sampleWeight is a single value" in message


def test_values_are_looked_at_for_training_alone() -> None:
    x = np.full((4, 3), np.nan)
    prepare(_classifier(), x, [0, 1, 2, 9], x[:, 0])
    message = _refused(_classifier(), x, [0, 1, 2, 9], x[:, 0], training=True)
    for part in ("x holds 12 values", "y holds 1 value", "sampleWeight holds 4 values"):
        assert part in message


# Inputs.


@pytest.mark.parametrize("x", [np.ones((4, 2)), np.ones(4), np.ones((4, 3, 1)), np.float32(3)])
def test_a_wrong_input_shape_is_named_with_the_right_one(x: Any) -> None:
    shape = "[" + ",".join(map(str, x.shape)) + "]"
    message = _refused(_model(), x)
    assert f"expected size to have shape [null,3] but got array with shape {shape}" in message


def test_an_axis_of_one_may_be_missing() -> None:
    prepare(_model(shape=(1,)), np.ones(4))
    prepare(_model(shape=(None, 1)), np.ones((4, 7)))
    prepare(_model(shape=(None, 3)), np.ones((4, 7, 3)))


def test_a_wrong_number_of_inputs_is_named() -> None:
    assert "expects 1 input(s), size, but got 2" in _refused(_model(), [ONES, ONES])
    assert "expects 2 input(s), left, right, but got 1" in _refused(_two(), ONES)
    prepare(_two(), [ONES, ONES[:, :2]])
    prepare(_two(), [ONES.tolist(), ONES[:, :2].tolist()])


def test_a_missing_input_of_a_dict_is_named_with_what_may_be_meant() -> None:
    message = _refused(_two(), {"left": ONES})
    assert message == "no data for the input right; got left"
    message = _refused(_two(), {"left": ONES, "rihgt": ONES})
    assert "no data for the input right; got left, rihgt" in message
    assert "'rihgt' (did you mean 'right'?)" in message
    # Keras passes over further ones.
    data = prepare(_two(), {**TWO, "middle": ONES}, TARGETS)
    assert set(data.x) == {"left", "right", "middle"}
    assert _refused(_two(), {"left": ONES, "right": None}) == "x (right) is missing"
    assert _refused(_model(), None) == "x is missing"


def test_inputs_of_a_dict_go_by_its_keys() -> None:
    inputs = {"left": keras.Input((3,), name="left"), "right": keras.Input((2,), name="right")}
    model = keras.Model(inputs, layers.Concatenate()(list(inputs.values())))
    assert set(prepare(model, TWO).x) == {"left", "right"}
    assert "expected right to have shape [null,2]" in _refused(model, {**TWO, "right": ONES})


def test_strings_and_numbers_are_told_apart() -> None:
    text = keras.Input((1,), name="text", dtype="string")
    model = keras.Model(text, layers.StringLookup(vocabulary=["a", "b"])(text))
    for words in ([["a"], ["b"]], np.array([["a"], ["b"]]), pd.DataFrame({"word": ["a", "b"]})):
        assert prepare(model, words, training=True).x.dtype == "string"
        assert "expected size to hold numbers but got an array of object" in _refused(
            _model(), words
        )
    assert "expected text to hold strings but got an array of int64" in _refused(model, [[1], [2]])
    message = _refused(_model(), ONES, ["a", "b", "c", "d"], ["a", "b", "c", "d"])
    assert "expected the target of price to hold numbers but got an array of object" in message
    message = _refused(_model(), ONES, ONES[:, 0], ["a", "b", "c", "d"])
    assert message == "expected sampleWeight to hold numbers but got strings"


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ([[1, 2, 3], [1, 2]], "x is a list of rows of different shapes"),
        (np.array([[1], [2, 3]], dtype=object), "x is a list of rows of different shapes"),
        (scipy.sparse.csr_matrix(ONES), "x is a csr_matrix; an array must be dense, as toarray()"),
        (tensorflow.sparse.from_dense(ONES), "x is a SparseTensor; an array must be dense"),
        (tensorflow.ragged.constant([[1.0], [2.0, 3.0]]), "x is a RaggedTensor"),
        ((row for row in ONES), "x is a generator, not an array"),
        (np.array([[1, 2, None]]), "x holds values of type NoneType, int; numbers are expected"),
        (pd.DataFrame({"a": [1.5, 2], "b": ["x", "y"]}), "x holds values of type float, str"),
        (np.array([["2020-01-01"] * 3], "datetime64[D]"), "x holds values of type datetime64[D]"),
        ({}, "x holds no array"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_is_no_array_is_refused(x: Any, said: str) -> None:
    assert said in _refused(_model(), x)


# Numbers of examples.


def test_different_numbers_of_examples_are_refused() -> None:
    message = _refused(_model(), ONES, np.ones((5, 1)), np.ones(3))
    assert message == (
        "all inputs, targets and weights must have the same number of examples, but the shapes of "
        "x, y and sampleWeight are [4,3], [5,1] and [3]"
    )
    message = _refused(_two(), {**TWO, "right": np.ones((5, 2))}, TARGETS)
    assert (
        "the shapes of x (left), x (right), y (value) and y (kind) are [4,3], [5,2], [4,1] and [4]"
        in message
    )


def test_no_examples_are_refused() -> None:
    message = _refused(_model(), np.ones((0, 3)), np.ones((0, 1)))
    assert "there are no examples: x has shape [0,3]" in message
    assert "there are no examples: y has shape [0,1]" in message


def test_a_single_value_is_no_array() -> None:
    message = _refused(_model(lambda y_true, y_pred: y_pred), ONES, 1, np.ones(4))
    assert "the shapes of x, y and sampleWeight are [4,3], [] and [4]" in message


# Targets.


def test_a_wrong_number_of_targets_is_named() -> None:
    values = list(TARGETS.values())
    assert "2 output(s), value, kind, but got 1 target(s)" in _refused(_two(), TWO, values[:1])
    assert "2 output(s), value, kind, but got 3 target(s)" in _refused(_two(), TWO, 3 * values[:1])
    assert "1 output(s), price, but got 2 target(s)" in _refused(_model(), ONES, [ONES, ONES])


def test_targets_by_wrong_names_are_refused() -> None:
    message = _refused(_two(), TWO, {"value": ONES[:, 0], "kinds": NUMBERS})
    assert message == (
        "y names 'kinds', which is no output (did you mean 'kind'?); the outputs are value, kind"
    )
    assert _refused(_two(), TWO, {"value": ONES[:, 0]}) == (
        "no target for the output kind; got value"
    )


def test_no_targets_for_a_loss_are_refused_before_a_training() -> None:
    assert _refused(_model(), ONES, training=True) == "y is missing; the model's loss needs it"
    prepare(_model(), ONES)
    message = _refused(_model(), ONES, None, np.ones(4), {0: 1})
    assert message == "sampleWeight is given, but y is not; classWeight is given, but y is not"


def test_the_target_of_the_right_output_is_named_for_losses_by_name() -> None:
    # Losses in a dict stand in another order than the outputs.
    message = _refused(_two(), TWO, {"value": np.ones((4, 2)), "kind": np.zeros(4)})
    assert "expected the target of value to have shape [null,1]" in message
    assert "the target of kind" not in message


SAME_SHAPE = [
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "cosine_similarity", "huber", "log_cosh", "hinge",
    "squared_hinge", "categorical_hinge", "kl_divergence", "poisson", "binary_crossentropy",
    "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy",
    "dice", "tversky",
]  # fmt: skip
CLASSES_OF = {"kl_divergence": "KLDivergence", "log_cosh": "LogCosh"}


def _forms(name: str) -> list[Any]:
    class_name = CLASSES_OF.get(name, "".join(word.title() for word in name.split("_")))
    kind = getattr(keras.losses, class_name)
    return [name, getattr(keras.losses, name), class_name, kind, kind()]


def test_every_loss_of_keras_is_known_or_has_targets_of_its_own() -> None:
    kinds = {
        name
        for name, kind in vars(keras.losses).items()
        if isinstance(kind, type) and issubclass(kind, keras.losses.Loss)
    }
    known = {CLASSES_OF.get(n, "".join(w.title() for w in n.split("_"))) for n in SAME_SHAPE}
    own = {"Loss", "CTC", "Circle", "CategoricalGeneralizedCrossEntropy"}
    assert kinds - own == known | {"SparseCategoricalCrossentropy"}


@pytest.mark.parametrize("name", SAME_SHAPE)
def test_a_target_of_another_shape_than_the_output_is_refused(name: str) -> None:
    for loss in _forms(name):
        for y in (np.ones(4), np.ones((4, 1)), np.ones((4, 2)), np.ones((4, 3, 2))):
            shape = "[" + ",".join(map(str, y.shape)) + "]"
            message = _refused(_model(loss, 3), ONES, y)
            assert "expected the target of price to have shape [null,3]" in message
            assert f"but got array with shape {shape}" in message
        prepare(_model(loss, 3), ONES, ONES, training=True)
        prepare(_model(loss), ONES, np.ones(4), training=True)
        prepare(_model(loss, shape=(None, 3)), ONES[:, None], np.ones((4, 1)))


def test_keras_broadcasts_targets_that_are_refused_here() -> None:
    # The latter where a batch is as large as the output is wide.
    for y, size in ((np.ones((4, 1)), 4), (np.ones(4), 3)):
        model = _model("mse", 3)
        model.fit(ONES, y, batch_size=size, verbose=0)
        assert "the target of price" in _refused(model, ONES, y)


@pytest.mark.parametrize(
    ("outputs", "target"),
    [((3,), (4, 1)), ((3,), (4,)), ((7, 3), (4, 7)), ((7, 3), (4, 7, 1))],
    ids=str,
)
def test_targets_without_or_with_a_last_axis_of_one_fit_as_in_keras(
    outputs: Any, target: Any
) -> None:
    x, y = np.ones((4, *outputs)), np.ones(target)
    for model in (
        _model("mse", 1, None, outputs),
        _model("sparse_categorical_crossentropy", 3, "softmax", outputs),
    ):
        prepare(model, x, y, training=True)
        model.train_on_batch(x, y)


def test_targets_fit_an_output_without_a_last_axis() -> None:
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.ops.squeeze(layers.Dense(1)(inputs), 1))
    model.compile("sgd", "mse", run_eagerly=True)
    for y in (np.ones(4), np.ones((4, 1))):
        prepare(model, ONES, y, training=True)
        model.train_on_batch(ONES, y)


@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy", "categorical_crossentropy", "kld"])
def test_class_numbers_for_one_hot_targets_are_refused_with_the_remedy(loss: Any) -> None:
    for y in (NUMBERS, NUMBERS[:, None], NUMBERS.astype(float)):
        message = _refused(_classifier(loss), ONES, y)
        assert "have shape [null,3] (one-hot targets) but got array with shape [4" in message
        assert "one-hot encode the class numbers, tf.oneHot(y, 3), or use" in message
        assert "use sparseCategoricalCrossentropy in place of " in message
        _keras_refuses(_classifier(loss), ONES, NUMBERS)
    prepare(_classifier(loss), ONES, np.eye(3)[NUMBERS], training=True)


def test_the_remedy_names_the_loss_as_tfjs_does() -> None:
    names = {"mse": "meanSquaredError", "bce": "binaryCrossentropy",
             "CategoricalCrossentropy": "categoricalCrossentropy"}  # fmt: skip
    for loss, name in names.items():
        assert _refused(_classifier(loss), ONES, NUMBERS).endswith(f"in place of {name}")
    # No softmax, no classes.
    assert "one-hot" not in _refused(_model("mse", 3), ONES, NUMBERS)
    softmax = keras.Sequential([keras.Input((3,)), layers.Dense(3), layers.Softmax()])
    softmax.compile("sgd", "mse")
    assert "tf.oneHot(y, 3)" in _refused(softmax, ONES, NUMBERS)


@pytest.mark.parametrize("loss", _forms("sparse_categorical_crossentropy"))
def test_one_hot_targets_for_a_sparse_loss_are_refused(loss: Any) -> None:
    message = _refused(_classifier(loss), ONES, np.eye(3)[NUMBERS])
    assert message == (
        "expected the target of price to have shape [null] (class numbers) but got array with "
        "shape [4,3]: for one-hot targets use categoricalCrossentropy"
    )
    assert "categoricalCrossentropy" not in _refused(_classifier(loss), ONES, np.ones((4, 2)))
    prepare(_classifier(loss), ONES, NUMBERS, training=True)


@pytest.mark.parametrize(
    ("loss", "y"),
    [(mirror_losses.Hinge(), NUMBERS), (mirror_losses.KLDivergence(), NUMBERS)],
    ids=["hinge", "kld"],
)
def test_the_losses_of_the_package_are_known(loss: Any, y: Any) -> None:
    assert "[null,3]" in _refused(_model(loss, 3), ONES, y)


def test_a_loss_of_ones_own_takes_any_targets() -> None:
    class Own(keras.losses.MeanSquaredError):  # type: ignore[misc]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return super().call(y_true[:, :1], y_pred)

    def function(y_true: Any, y_pred: Any) -> Any:
        return y_pred - y_true[:, :1]

    y = np.full((4, 2), np.nan)
    for loss in (Own(), function, keras.losses.Circle(), keras.losses.CTC()):
        prepare(_model(loss), ONES, y, training=True)


@pytest.mark.parametrize(
    "loss", ["mse", ["mse", "mse"], ["mse", "sparse_categorical_crossentropy"]], ids=str
)
def test_one_loss_is_for_all_outputs(loss: Any) -> None:
    model = CASES["two_lists"].model(loss=loss, metrics=None, loss_weights=None)
    sparse = not isinstance(loss, str) and loss[1] != "mse"
    x = [np.ones((4, 3)), np.ones((4, 2))]
    prepare(model, x, [np.ones(4), np.zeros(4) if sparse else np.ones((4, 4))])
    message = _refused(model, x, [np.ones(4), np.ones((4, 4)) if sparse else np.zeros(4)])
    assert "the target of kind" in message


def test_a_recompiled_or_extended_model_has_new_checks() -> None:
    model = _model("mse", 3)
    prepare(model, ONES, ONES)
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert "class numbers" in _refused(model, ONES, ONES)
    model.add(layers.Dense(5))
    model.compile("sgd", "mse")
    prepare(model, ONES, np.ones((4, 5)))
    assert "[null,5]" in _refused(model, ONES, ONES)


# Values.


def test_values_that_are_not_finite_are_counted_and_found() -> None:
    x = np.ones((40, 3))
    x[12, 1], x[13, 0], x[20, 2] = np.nan, np.inf, -np.inf
    y = np.ones((40, 1))
    y[39] = np.inf
    message = _refused(_model(), x, y, y[:, 0], training=True)
    assert "x holds 3 values that are NaN or infinite, the first at [12,1]: nan" in message
    assert "y holds 1 value that is NaN or infinite, the first at [39,0]: inf" in message
    assert "sampleWeight holds 1 value that is NaN or infinite, the first at [39]: inf" in message
    message = _refused(_model(), tensorflow.constant(x), np.ones(40), training=True)
    assert "x holds 3 values" in message


def test_values_are_found_beyond_the_first_block() -> None:
    x = np.ones((800_000, 3), np.float32)
    x[700_000, 2] = np.nan
    message = _refused(_model(None), x, training=True)
    assert message == "x holds 1 value that is NaN or infinite, the first at [700000,2]: nan"


def test_large_values_are_finite_until_they_overflow() -> None:
    prepare(_model(None), np.full((4, 3), 3e38), training=True)
    assert "12 values that are NaN or infinite" in _refused(
        _model(None), np.full((4, 3), 1e300), training=True
    )
    assert "NaN or infinite" in _refused(_model(None), np.full((400_000, 3), 1e300), training=True)
    prepare(_model(None), np.full((4, 3), 2**62), training=True)


def test_numbers_of_no_class_are_refused() -> None:
    for y, said in (
        ([0, 1, 3, 7], "y holds 2 values that are none of the class numbers 0 to 2, the first at "
         "[2]: 3"),
        ([0, 1, -1, 2], "y holds 1 value that is none of the class numbers 0 to 2, the first at "
         "[2]: -1"),
        ([[0], [1.5], [1], [2]], "the first at [1,0]: 1.5"),
    ):  # fmt: skip
        assert said in _refused(_classifier(), ONES, y, training=True)
    message = _refused(_classifier(), ONES, [0, 1, np.nan, 2], training=True)
    assert message == "y holds 1 value that is NaN or infinite, the first at [2]: nan"
    for y in (NUMBERS, NUMBERS.astype(np.uint8), NUMBERS > 0, NUMBERS.astype(float)):
        prepare(_classifier(), ONES, y, training=True)


def test_an_ignored_class_is_one() -> None:
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    prepare(_classifier(loss), ONES, [0, -1, 1, -1], training=True)
    message = _refused(_classifier(loss), ONES, [0, -1, 1, -2], training=True)
    assert "y holds 1 value" in message


# Weights.


def test_sample_weights_that_keras_would_broadcast_are_refused() -> None:
    message = _refused(_model("mse", 3), ONES, ONES, ONES)
    assert message == "expected sampleWeight to have shape [null] but got array with shape [4,3]"
    _keras_refuses(_model("mse", 3), ONES, ONES, sample_weight=ONES)
    # Keras refuses them too, but where there are as many steps as examples.
    sequences, x = _model("mse", 1, shape=(4, 3)), np.ones((4, 4, 3))
    sequences.fit(x, x[..., :1], sample_weight=np.ones(4), verbose=0)
    message = _refused(sequences, x, x[..., :1], np.ones(4))
    assert message == (
        "expected sampleWeight to have shape [null,1] or [null,4] but got array with shape [4]"
    )
    message = _refused(sequences, x, x[..., 0], x[..., 0])
    assert "sampleWeight to have shape [null] but got array with shape [4,4]: steps have" in message
    _keras_refuses(sequences, x[:3], x[:3, ..., 0], sample_weight=x[:3, ..., 0])


def test_sample_weights_of_wrong_outputs_are_refused() -> None:
    weights = np.ones(4)
    message = _refused(_two(), TWO, TARGETS, {"value": weights, "kin": weights})
    assert "sampleWeight names 'kin', which is no output (did you mean 'kind'?)" in message
    message = _refused(_two(), TWO, TARGETS, {"value": weights})
    assert message == "no sample weight for the output kind; got value"
    message = _refused(_two(), TWO, TARGETS, [weights])
    assert message == "there are 2 target(s), value, kind, but got 1 sample weight(s)"
    message = _refused(_two(), TWO, TARGETS, [weights, np.ones((4, 2))])
    assert "expected sampleWeight (kind) to have shape [null] but got" in message


def test_sample_and_class_weights_exclude_each_other() -> None:
    message = _refused(_classifier(), ONES, NUMBERS, np.ones(4), {0: 1, 1: 1, 2: 1})
    assert message == "sampleWeight and classWeight exclude each other; give one of them"
    with pytest.raises(ValueError, match="at the same time"):
        _classifier().fit(ONES, NUMBERS, sample_weight=np.ones(4), class_weight={0: 1}, verbose=0)


def test_a_class_without_a_weight_is_refused_as_in_tfjs(node: NodeSession) -> None:
    # Keras gives it a weight of 1 without a word.
    with pytest.raises(TfjsError, match="classWeight must contain all classes"):
        node.evaluate(
            """
            const model = tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [3]})]});
            model.compile({optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy'});
            await model.fit(tf.ones([4, 3]), tf.tensor1d([0, 2, 1, 2]), {classWeight: {0: 1}});
            """
        )
    message = _refused(_classifier(), ONES, NUMBERS, class_weight={0: 1, 3: 2})
    assert message == (
        "classWeight has no weight for class 1, 2, which occurs in y; it has weights for 0, 3"
    )
    message = _refused(_model(), ONES, np.arange(4) / 8, class_weight={0: 1})
    assert "no weight for class 0.125, 0.25, 0.375, which" in message
    numbers = np.arange(9) % 9
    message = _refused(_model(), np.ones((9, 3)), numbers, class_weight={})
    assert "class 0, 1, 2 and 6 more, which occurs in y; it has weights for none" in message


@pytest.mark.parametrize(
    ("by_class", "said"),
    [
        ({"0": 1, 0: 1, 1: 1, 2: 1}, "classWeight is by class number, but has '0'"),
        ({0.5: 1, 0: 1, 1: 1, 2: 1}, "classWeight is by class number, but has 0.5"),
        ({0: 1, 1: None, 2: 1}, "classWeight must hold numbers, but has None for class 1"),
        ({0: 1, 1: np.nan, 2: 1}, "classWeight must hold numbers, but has nan for class 1"),
        (3, "classWeight must be {class number: weight}, got 3"),
        ([1, 2, 3], "classWeight must be {class number: weight}, got [1, 2, 3]"),
        ({"pric": {0: 1}}, "classWeight names 'pric', which is no output (did you mean 'price'?)"),
    ],
    ids=str,
)
def test_wrong_class_weights_are_refused(by_class: Any, said: str) -> None:
    assert said in _refused(_classifier(), ONES, NUMBERS, class_weight=by_class)


def test_class_weights_need_one_class_per_example() -> None:
    # Keras would take the largest of the steps for the class.
    model = _model("sparse_categorical_crossentropy", 3, shape=(None, 3))
    x, y = np.ones((4, 2, 3)), np.zeros((4, 2))
    message = _refused(model, x, y, class_weight={0: 1})
    assert message == "classWeight needs one class per example, but y has shape [4,2]"
    model = _model("mse", 3, shape=(None, 3))
    message = _refused(model, x, np.ones((4, 2, 3)), class_weight={0: 1})
    assert message == "classWeight needs one class per example, but y has shape [4,2,3]"
    # And the first of several classes.
    message = _refused(
        _model("bce", 3), ONES, [[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1]],
        class_weight={0: 1, 1: 1, 2: 1},
    )  # fmt: skip
    assert message == (
        "classWeight needs one class per example, but y has no single largest value at [1]"
    )


def test_class_weights_of_several_outputs_go_by_output() -> None:
    message = _refused(_two(), TWO, TARGETS, class_weight={0: 1, 1: 2})
    assert message == (
        "classWeight must be a list or a dict by output name of {class number: weight} for the "
        "outputs value, kind, got {0: 1, 1: 2}"
    )
    message = _refused(_two(), TWO, TARGETS, class_weight={"kind": {1: 2}})
    assert message == (
        "classWeight (kind) has no weight for class 0, which occurs in y (kind); it has weights "
        "for 1"
    )
    message = _refused(_two(), TWO, TARGETS, class_weight={"kin": {0: 2}})
    assert "classWeight names 'kin', which is no output (did you mean 'kind'?)" in message
