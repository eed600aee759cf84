"""Classifier and Regressor as scikit-learn's own tools use them."""

from __future__ import annotations

import pickle
import random
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import tfjsbridge as tf
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.sklearn import Classifier, Regressor

X, NUMBERS = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[NUMBERS]


def build(inputShape: Sequence[int], outputs: int, units: int = 8, rate: float = 0.01) -> Any:
    model = tf.sequential(
        layers=[
            tf.layers.dense(inputShape=inputShape, units=units, activation="relu"),
            tf.layers.dense(units=outputs, activation="softmax"),
        ]
    )
    model.compile(optimizer=tf.train.adam(rate), loss="categoricalCrossentropy")
    return model


def stack() -> list[Any]:
    return [
        tf.layers.dense(units=8, activation="relu"),
        tf.layers.dense(units=3, activation="softmax"),
    ]


def quick(model: Any = None, **parameters: Any) -> Classifier:
    return Classifier(model, **{"epochs": 3, "random_state": 0} | parameters)


#: scikit-learn's checks that fail, with the reason.
EXPECTED = {
    f"check_sample_weight_equivalence_on_{kind}_data": (
        "a weight of 2 is not the same as an example given twice, which fills up its batch"
    )
    for kind in ("dense", "sparse")
}


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [Classifier(), Regressor()], ids=["Classifier", "Regressor"])
def test_scikit_learns_own_checks(estimator: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sklearn's, of the checks that are skipped
        results = check_estimator(estimator, expected_failed_checks=EXPECTED, on_fail=None)
    assert len(results) > 50
    failed = {
        each["check_name"]: each["exception"] for each in results if each["status"] == "failed"
    }
    assert not failed
    # An exception that is none any more does not stay in the list.
    assert {each["check_name"] for each in results if each["status"] == "xfail"} == set(EXPECTED)


# What a model is made of.


@pytest.mark.parametrize("model", [None, build, stack()], ids=["none", "function", "layers"])
def test_the_ways_to_give_a_model(model: Any) -> None:
    net = Classifier(model, random_state=0, batchSize=16).fit(X, NAMES)
    assert net.score(X, NAMES) > 0.9
    assert set(net.predict(X)) == set(NAMES)
    np.testing.assert_array_equal(net.classes_, np.unique(NAMES))
    np.testing.assert_allclose(net.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    assert list(net.history_) == ["loss"]
    assert len(net.history_["loss"]) == 100


def test_layers_are_only_looked_at() -> None:
    layers = stack()
    first, second = (quick(layers).fit(X, NAMES) for _ in range(2))
    assert not layers[0].keras.built
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert clone(first).model is layers


def test_a_keras_model_without_an_input() -> None:
    def plain(outputs: int) -> Any:
        return keras.Sequential([keras.layers.Dense(outputs, activation="softmax")])

    assert quick(plain).fit(X, NAMES).model_.keras.input_shape == (None, 4)


def test_a_keras_model_from_a_function() -> None:
    def plain(outputs: int) -> Any:
        return keras.Sequential(
            [keras.layers.Input([4]), keras.layers.Dense(outputs, activation="softmax")]
        )

    net = quick(plain, optimizer=tf.train.adam(0.1), metrics=["accuracy"], epochs=40).fit(X, NAMES)
    assert net.history_["acc"][-1] > 0.9


@pytest.mark.parametrize("loss", [None, "categoricalCrossentropy", "sparseCategoricalCrossentropy"])
def test_targets_take_the_form_that_the_loss_wants(loss: str | None) -> None:
    nets = [quick(stack(), loss=chosen).fit(X, NAMES) for chosen in (loss, None)]
    first, second = (net.predict_proba(X) for net in nets)
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_an_optimizer_is_not_used_up() -> None:
    optimizer = tf.train.adam(0.05)
    first, second = (quick(optimizer=optimizer).fit(X, NAMES) for _ in range(2))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))


def test_callbacks_are_not_used_up() -> None:
    stop = keras.callbacks.EarlyStopping("loss", min_delta=100, patience=1)
    counted: list[int] = []
    callbacks = [stop, {"onEpochEnd": lambda epoch, logs: counted.append(epoch)}]
    for _ in range(2):
        net = quick(epochs=20, callbacks=callbacks).fit(X, NAMES)
        assert len(net.history_["loss"]) == 2
    assert counted == [0, 1] * 2


BAD_MODELS = [
    ("mlp", TypeError, "a function that builds a model, or a list of layers; got str mlp"),
    ([], TypeError, "list of layers"),
    (["dense"], TypeError, r"model\[0\] must be a layer, got str"),
    (
        lambda: keras.Model(),
        ValueError,
        "Sequential or functional one; Model says nothing of its outputs",
    ),
    (lambda: None, TypeError, "must return a model, as tf.sequential makes it; it returned None"),
    (stack()[:1], ValueError, r"gives \[None, 8\] for 3 classes; expected one output \[None, 3\]"),
    (
        [tf.layers.dense(inputShape=[5], units=3, activation="softmax")],
        ValueError,
        r"inputShape=\[5\], but the examples in X have the shape \[4\]",
    ),
    ([tf.layers.dense(units=3)], ValueError, "activation 'linear'. Give it softmax"),
    ([tf.layers.dense(units=3, activation="relu")], ValueError, "activation 'relu'"),
]


@pytest.mark.parametrize(("model", "error", "said"), BAD_MODELS, ids=range(len(BAD_MODELS)))
def test_models_that_do_not_fit(model: Any, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        quick(model).fit(X, NAMES)


def test_outputs_that_are_no_probabilities() -> None:
    def linear() -> Any:
        doubled = keras.layers.Lambda(lambda x: 2 * x)
        return keras.Sequential(
            [keras.layers.Input([4]), keras.layers.Dense(3, "softmax"), doubled]
        )

    with pytest.raises(ValueError, match="which are no probabilities"):
        quick(linear, epochs=30, loss="meanSquaredError").fit(X, NAMES).predict(X)


# Parameters.


def test_the_functions_options_are_parameters() -> None:
    net = quick(build)
    params = net.get_params()
    assert (params["model__units"], params["model__rate"]) == (8, 0.01)
    assert "model__outputs" not in params
    net.set_params(model__units=5, epochs=1)
    assert net.get_params()["model__units"] == 5
    assert clone(net).get_params() == net.get_params()
    assert net.fit(X, NAMES).model_.layers[0].keras.units == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model__unitz": 5}, "no 'unitz' .did you mean 'units'.*It has: units, rate"),
        ({"epoch": 5}, "Invalid parameter 'epoch'"),
    ],
)
def test_unknown_parameters(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        quick(build).set_params(**change)


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"model": build, "modelOptions": {"unitz": 1}}, TypeError, "did you mean 'units'"),
        ({"model": build, "modelOptions": 3}, TypeError, "modelOptions must be a dict"),
        ({"model": stack(), "modelOptions": {"units": 1}}, TypeError, "for a function that builds"),
        ({"epochs": 0}, ValueError, "epochs"),
        ({"batchSize": -1}, ValueError, "batchSize"),
        ({"optimizer": "sdg"}, ValueError, "did you mean 'sgd'"),
        ({"loss": "mse2"}, ValueError, "mse2"),
        ({"classWeight": "even"}, ValueError, "balanced"),
    ],
)
def test_wrong_parameters(parameters: dict[str, Any], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        quick(**{"model": None} | parameters).fit(X, NAMES)


def test_random_state_makes_it_repeatable_and_leaves_other_randomness_alone() -> None:
    nets = [quick(random_state=seed).fit(X, NAMES) for seed in (1, 1, 2)]
    first, again, other = (net.predict_proba(X) for net in nets)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3

    def drawn(fitted: bool) -> tuple[float, ...]:
        keras.utils.set_random_seed(5)
        if fitted:
            quick(random_state=1).fit(X, NAMES)
        return random.random(), np.random.random()

    assert drawn(True) == drawn(False)
    states = [quick(random_state=1).fit(X, NAMES) and tensorflow.random.uniform([]) for _ in "ab"]
    assert states[0] != states[1]


# Targets.


@pytest.mark.parametrize(
    "labels",
    [NUMBERS, NAMES, NAMES.astype(object), NUMBERS * 10.0 - 3, pd.Series(NAMES), NAMES[:, None]],
    ids=["numbers", "strings", "objects", "floats", "series", "column"],
)
@pytest.mark.filterwarnings("ignore:A column-vector")
def test_labels_of_every_kind(labels: Any) -> None:
    net = Classifier(random_state=0, batchSize=16, epochs=40).fit(X, labels)
    predicted = net.predict(X)
    assert predicted.dtype == np.unique(np.asarray(labels)).dtype
    assert (predicted == np.ravel(labels)).mean() > 0.8


def test_two_classes_with_one_output() -> None:
    def single(inputShape: Any) -> Any:
        layer = tf.layers.dense(inputShape=inputShape, units=1, activation="sigmoid")
        return tf.sequential(layers=[layer])

    two = NUMBERS < 2
    net = Classifier(single, random_state=0, epochs=60, batchSize=8).fit(X[two], NAMES[two])
    assert net.score(X[two], NAMES[two]) > 0.95
    assert net.predict_proba(X[two]).shape == (100, 2)
    assert net.model_.keras.loss.name == "binary_crossentropy"


def test_several_labels_per_example() -> None:
    labels = np.column_stack([NUMBERS > 0, NUMBERS == 2, NUMBERS == 0]).astype(int)
    for given in (labels, sparse.csr_matrix(labels).toarray(), labels.tolist()):
        net = Classifier(random_state=0, batchSize=16).fit(X, given)
        assert (net.predict(X) == labels).mean() > 0.85
        np.testing.assert_array_equal(net.predict(X), net.predict_proba(X) > 0.5)


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (np.linspace(0, 1, 150), "Unknown label type"),
        (np.zeros(150), r"at least 2 classes, but y has only 1 class: \[0.0\]"),
        (np.column_stack([NUMBERS, NUMBERS]), "one label per example"),
        (NUMBERS[:-1], "inconsistent"),
    ],
)
def test_targets_that_are_no_labels(y: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        quick().fit(X, y)


def test_class_weights() -> None:
    rare = NUMBERS[:110]  # 50, 50 and 10
    alone, balanced, by_hand = (
        quick(classWeight=given, epochs=20).fit(X[:110], rare)
        for given in (None, "balanced", {0: 110 / 150, 1: 110 / 150, 2: 110 / 30})
    )
    assert (balanced.predict(X) == 2).sum() > (alone.predict(X) == 2).sum()
    np.testing.assert_allclose(balanced.predict_proba(X), by_hand.predict_proba(X), atol=1e-5)


def test_sample_weights_count() -> None:
    weights = np.where(NUMBERS == 2, 0.0, 1.0)
    net = Classifier(epochs=30, random_state=0, batchSize=16).fit(X, NUMBERS, sample_weight=weights)
    assert (net.predict(X) == 2).sum() < 50
    with pytest.raises(ValueError, match="sample_weight"):
        quick().fit(X, NUMBERS, sample_weight=weights[1:])


def test_regression() -> None:
    features, y = load_diabetes(return_X_y=True)
    scaled = (y - y.mean()) / y.std()
    net = Regressor(random_state=0).fit(features, scaled)
    assert net.score(features, scaled) > 0.4
    assert net.predict(features).shape == (442,)
    both = Regressor(random_state=0).fit(features, np.column_stack([scaled, -scaled]))
    assert both.predict(features).shape == (442, 2)
    assert both.score(features, np.column_stack([scaled, -scaled])) > 0.4
    with pytest.raises(ValueError, match=r"gives \[None, 3\] for 1 target"):
        Regressor(stack()).fit(features, scaled)


def test_features_are_checked() -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    net = quick().fit(frame, NAMES)
    assert list(net.feature_names_in_) == ["a", "b", "c", "d"]
    with pytest.raises(ValueError, match="feature names"):
        net.predict(frame[["b", "a", "c", "d"]])
    with pytest.raises(ValueError, match="expecting 4 features"):
        quick().fit(X, NAMES).predict(X[:, :3])
    with pytest.raises(ValueError, match="NaN"):
        quick().fit(np.where(X > 7, np.nan, X), NAMES)
    with pytest.raises(ValueError, match="too large for dtype\\('float32'\\)"):
        quick().fit(X * 1e40, NAMES)


def test_sparse_features() -> None:
    dense = quick().fit(X, NAMES).predict_proba(X)
    given = sparse.csr_matrix(X)
    np.testing.assert_array_equal(quick().fit(given, NAMES).predict_proba(given), dense)


# Pickles and searches.


def test_pickles(tmp_path: Path) -> None:
    net = quick(build, metrics=["accuracy"]).fit(X, NAMES)
    expected = net.predict_proba(X)
    joblib.dump(net, tmp_path / "net.joblib")
    for again in (
        pickle.loads(pickle.dumps(net)),
        joblib.load(tmp_path / "net.joblib"),
        pickle.loads(pickle.dumps(make_pipeline(net)))[0],
    ):
        np.testing.assert_array_equal(again.predict_proba(X), expected)
        np.testing.assert_array_equal(again.predict(X), net.predict(X))
        again.export(tmp_path / "model")
    assert pickle.loads(pickle.dumps(quick(stack()))).fit(X, NAMES).classes_.size == 3


def test_cross_validation_and_search() -> None:
    pipeline = make_pipeline(StandardScaler(), quick(build, epochs=30, batchSize=16))
    assert cross_val_score(pipeline, X, NAMES, cv=3).mean() > 0.85
    grid = {"classifier__model__units": [1, 12], "classifier__epochs": [2, 30]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, NAMES)
    assert search.best_params_ == {"classifier__model__units": 12, "classifier__epochs": 30}
    assert search.score(X, NAMES) > 0.9
    randomized = RandomizedSearchCV(pipeline, grid, n_iter=2, cv=2, random_state=0).fit(X, NAMES)
    assert len(randomized.cv_results_["params"]) == 2


def test_fitted_estimators_of_a_cross_validation_are_their_own() -> None:
    results = cross_validate(quick(), X, NAMES, cv=3, return_estimator=True)
    probabilities = [net.predict_proba(X) for net in results["estimator"]]
    assert np.abs(probabilities[0] - probabilities[1]).max() > 1e-4
    assert np.abs(probabilities[1] - probabilities[2]).max() > 1e-4


@pytest.mark.slow
def test_a_search_in_several_processes() -> None:
    alone, together = (
        GridSearchCV(quick(build), {"model__units": [4, 8]}, cv=2, n_jobs=n).fit(X, NAMES)
        for n in (1, 2)
    )
    for name in ("mean_test_score", "split0_test_score"):
        np.testing.assert_array_equal(alone.cv_results_[name], together.cv_results_[name])


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration(method: str) -> None:
    features, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), quick(epochs=10))
    calibrated = CalibratedClassifierCV(pipeline, method=method, cv=3).fit(features, y)
    assert calibrated.score(features, y) > 0.9
    assert calibrated.predict_proba(features).shape == (569, 2)
