"""What an exported pipeline predicts in tf.js, on raw features, against scikit-learn."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)

import tfjsbridge as tf
from tests.converters.test_training_config import LOAD
from tfjsbridge import converters
from tfjsbridge.errors import ConversionError
from tfjsbridge.sklearn import Classifier, Regressor, export, writes
from tfjsbridge.sklearn.preprocessing import WRITERS, affine
from tfjsbridge.verify import NodeSession

EPOCHS = 5

IRIS = load_iris(return_X_y=True)
CANCER = load_breast_cancer(return_X_y=True)


def classifier(**parameters: Any) -> Classifier:
    return Classifier(**{"epochs": EPOCHS, "random_state": 0} | parameters)


def in_tfjs(node: NodeSession, directory: Path, X: Any) -> np.ndarray:
    [result] = node.predict(directory, [np.asarray(X, np.float32)])
    return np.asarray(result.values if hasattr(result, "values") else result)


def assert_same_in_tfjs(node: NodeSession, directory: Path, pipeline: Any, X: Any) -> None:
    export(pipeline, directory)
    expected = getattr(pipeline, "predict_proba", pipeline.predict)(X)
    if expected.ndim == 1:
        expected = expected[:, None]
    np.testing.assert_allclose(in_tfjs(node, directory, X), expected, rtol=1e-5, atol=1e-5)


def test_scaled_raw_features(node: NodeSession, tmp_path: Path) -> None:
    X, y = CANCER
    pipeline = Pipeline([("scale", StandardScaler()), ("net", classifier(epochs=30))]).fit(X, y)
    assert pipeline.score(X, y) > 0.95
    assert_same_in_tfjs(node, tmp_path, pipeline, X)


SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    MinMaxScaler(),
    MinMaxScaler((-1, 2)),
    MinMaxScaler((-1, 2), clip=True),
    MaxAbsScaler(),
    RobustScaler(),
    RobustScaler(with_centering=False, with_scaling=False),
    PCA(3, random_state=0),
    PCA(3, whiten=True, random_state=0),
    VarianceThreshold(0.5),
    SelectKBest(k=2),
    FunctionTransformer(),
    "passthrough",
    FeatureUnion([("few", SelectKBest(k=2)), ("scaled", StandardScaler()), ("no", "drop")]),
    make_pipeline(StandardScaler(), make_pipeline(PCA(2, random_state=0), MinMaxScaler())),
    OneHotEncoder(sparse_output=False, handle_unknown="ignore"),
]


@pytest.mark.parametrize("transformer", SCALERS, ids=str)
def test_every_transformer(node: NodeSession, tmp_path: Path, transformer: Any) -> None:
    X, y = IRIS
    pipeline = make_pipeline(transformer, classifier()).fit(X[::2], y[::2])
    beyond = np.concatenate([X, 2 * X[::10], -X[::10]])  # clipped, or of no known category
    assert_same_in_tfjs(node, tmp_path, pipeline, beyond)


def test_a_constant_feature(node: NodeSession, tmp_path: Path) -> None:
    X, y = IRIS
    X = np.column_stack([X, np.full(len(X), 7.0)])
    pipeline = make_pipeline(StandardScaler(), MinMaxScaler(), classifier()).fit(X, y)
    assert_same_in_tfjs(node, tmp_path, pipeline, X)


RNG = np.random.default_rng(0)
NUMBERED = np.column_stack(
    [
        RNG.integers(0, 4, 200),
        RNG.choice([-2.5, 0.1, 1e6, 0], 200),
        RNG.choice([1.0, 1.0000001, 3], 200),
        RNG.normal(50, 20, 200),
    ]
)
HALVES = (NUMBERED[:, 0] > 1).astype(int)


@pytest.mark.parametrize("drop", [None, "first", "if_binary"])
def test_categories(node: NodeSession, tmp_path: Path, drop: str | None) -> None:
    encoder = OneHotEncoder(drop=drop)  # sparse, as by default
    pipeline = make_pipeline(encoder, classifier()).fit(NUMBERED[:, :3], HALVES)
    assert_same_in_tfjs(node, tmp_path, pipeline, NUMBERED[:, :3])


def test_unknown_categories_are_zero(node: NodeSession, tmp_path: Path) -> None:
    encoder = OneHotEncoder(handle_unknown="ignore")
    pipeline = make_pipeline(encoder, classifier()).fit(NUMBERED[:, :3], HALVES)
    near = np.nextafter(np.float32(NUMBERED[:, :3]), np.float32(np.inf))
    X = np.concatenate([near[near[:, 1] != np.float32(1e-45)], -near, near + 0.5])
    X = X[np.abs(X[:, :2]).min(axis=1) > 1e-9]  # next to 0 is 0
    X = X[(X[:, 2] != np.float32(1.0000001))]  # the category next to 1
    assert_same_in_tfjs(node, tmp_path, pipeline, X)


def test_columns_go_different_ways(node: NodeSession, tmp_path: Path) -> None:
    frame = pd.DataFrame(NUMBERED, columns=["kind", "code", "near", "size"])
    columns = make_column_transformer(
        (OrdinalEncoder(), ["code"]),
        (OneHotEncoder(), ["kind"]),
        (make_pipeline(StandardScaler(), MinMaxScaler()), ["size", "code"]),
        ("drop", ["near"]),
    )
    pipeline = make_pipeline(columns, classifier()).fit(frame, HALVES)
    assert_same_in_tfjs(node, tmp_path, pipeline, frame)
    assert metadata(tmp_path) == {"classes": [0, 1], "features": list(frame.columns)}


@pytest.mark.parametrize("remainder", ["passthrough", "drop", StandardScaler()], ids=str)
def test_the_other_columns(node: NodeSession, tmp_path: Path, remainder: Any) -> None:
    X, y = IRIS
    columns = make_column_transformer((MinMaxScaler(), [2, 0]), remainder=remainder)
    assert_same_in_tfjs(node, tmp_path, make_pipeline(columns, classifier()).fit(X, y), X)


def single(inputShape: Any) -> Any:
    layer = tf.layers.dense(inputShape=inputShape, units=1, activation="sigmoid")
    return tf.sequential(layers=[layer])


@pytest.mark.parametrize("before", [[], [StandardScaler()]], ids=["alone", "scaled"])
def test_a_single_probability_becomes_two(
    node: NodeSession, tmp_path: Path, before: list[Any]
) -> None:
    X, y = CANCER
    pipeline = make_pipeline(*before, classifier(model=single)).fit(X, np.array(["b", "m"])[y])
    assert_same_in_tfjs(node, tmp_path, pipeline, X)
    assert metadata(tmp_path)["classes"] == ["b", "m"]


def test_several_labels(node: NodeSession, tmp_path: Path) -> None:
    X, y = IRIS
    Y = np.column_stack([y > 0, y == 1, X[:, 0] > 5.5]).astype(int)
    assert_same_in_tfjs(node, tmp_path, make_pipeline(StandardScaler(), classifier()).fit(X, Y), X)


def test_regression_with_scaled_targets(node: NodeSession, tmp_path: Path) -> None:
    X, y = load_diabetes(return_X_y=True, scaled=False)
    net = make_pipeline(StandardScaler(), Regressor(epochs=EPOCHS, random_state=0))
    for transformer in (None, StandardScaler(), MinMaxScaler((-1, 1))):
        scaled = TransformedTargetRegressor(net, transformer=transformer).fit(X, y)
        assert_same_in_tfjs(node, tmp_path, scaled, X)
    several = make_pipeline(StandardScaler(), Regressor(epochs=EPOCHS)).fit(X, np.c_[y, -y] / 100)
    assert_same_in_tfjs(node, tmp_path, several, X)


def test_a_search(node: NodeSession, tmp_path: Path) -> None:
    X, y = IRIS
    pipeline = Pipeline([("scale", StandardScaler()), ("net", classifier())])
    search = GridSearchCV(pipeline, {"net__epochs": [2, 4]}, cv=2).fit(X, y)
    assert_same_in_tfjs(node, tmp_path, search, X)


def test_images(node: NodeSession, tmp_path: Path) -> None:
    X = RNG.random((40, 6, 6, 1))
    layers = [
        tf.layers.conv2d(filters=2, kernelSize=3, activation="relu"),
        tf.layers.flatten(),
        tf.layers.dense(units=2, activation="softmax"),
    ]
    model = classifier(model=layers).fit(X, X[:, 0, 0, 0] > 0.5)
    assert_same_in_tfjs(node, tmp_path, model, X)


GOES_ON = (
    LOAD
    + """
    const before = model.layers.filter(layer => !layer.trainable).flatMap(l => l.getWeights());
    const kept = await Promise.all(before.map(weight => weight.array()));
    const {history} = await model.fit(args.x, args.y, {epochs: 3, batchSize: 150, verbose: 0});
    const after = await Promise.all(before.map(weight => weight.array()));
    return {loss: history.loss, same: JSON.stringify(kept) === JSON.stringify(after)};
"""
)


def test_the_page_can_go_on_training(node: NodeSession, tmp_path: Path) -> None:
    X, y = IRIS
    pipeline = make_pipeline(StandardScaler(), classifier()).fit(X, y)
    path = export(pipeline, tmp_path)
    again = converters.load_keras_model(path)
    once = np.eye(3, dtype=np.float32)[y]
    ours = again.fit(X, once, epochs=3, batch_size=150, shuffle=False, verbose=0).history["loss"]
    theirs = node.evaluate(GOES_ON, path=str(path), folder=str(tmp_path), x=np.float32(X), y=once)
    assert theirs["same"]
    np.testing.assert_allclose(theirs["loss"], ours, rtol=1e-4)


def test_the_estimators_own_method(node: NodeSession, tmp_path: Path) -> None:
    X, y = IRIS
    pipeline = make_pipeline(StandardScaler(), classifier()).fit(X, y)
    pipeline[-1].export(tmp_path / "alone")
    pipeline[-1].export(f"file://{tmp_path}/whole", pipeline)
    expected = pipeline.predict_proba(X)
    scaled = pipeline[0].transform(X)
    for directory, features in (("alone", scaled), ("whole", X)):
        given = in_tfjs(node, tmp_path / directory, features)
        np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-5)


def test_everything_in_the_way_is_said_at_once(tmp_path: Path) -> None:
    frame = pd.DataFrame({"colour": ["red", "blue"] * 20, "x": np.arange(40.0)})
    columns = make_column_transformer(
        (OneHotEncoder(), ["colour"]), (make_pipeline(SimpleImputer(), PowerTransformer()), ["x"])
    )
    pipeline = make_pipeline(columns, FunctionTransformer(np.abs), classifier())
    pipeline.fit(frame, [0, 1] * 20)
    with pytest.raises(ConversionError) as caught:
        export(pipeline, tmp_path / "model")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "columntransformer/onehotencoder (OneHotEncoder)",
        "columntransformer/pipeline/simpleimputer (SimpleImputer)",
        "columntransformer/pipeline/powertransformer (PowerTransformer)",
        "functiontransformer (FunctionTransformer)",
    ]
    assert "['blue', 'red']" in str(caught.value)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("encoder", "said"),
    [
        (OneHotEncoder(min_frequency=2), "infrequent"),
        (OrdinalEncoder(min_frequency=2), "infrequent"),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), "unknown"),
        (OneHotEncoder(), "different in float32"),
    ],
)
def test_encoders_that_are_refused(tmp_path: Path, encoder: Any, said: str) -> None:
    X = np.array([[1.0], [1.0], [2], [2], [1 + 1e-12], [1 + 1e-12]])
    pipeline = make_pipeline(encoder, classifier()).fit(X, [0, 1] * 3)
    with pytest.raises(ConversionError, match=said):
        export(pipeline, tmp_path)


def test_a_transformer_of_ones_own(node: NodeSession, tmp_path: Path) -> None:
    class Halves(TransformerMixin, BaseEstimator):
        def fit(self, X: Any, y: Any = None) -> Any:
            self.n_features_in_ = X.shape[1]
            return self

        def transform(self, X: Any) -> Any:
            return X / 2

    X, y = IRIS
    pipeline = make_pipeline(Halves(), classifier()).fit(X, y)
    with pytest.raises(ConversionError, match=r"tfjsbridge\.sklearn\.writes"):
        export(pipeline, tmp_path)

    @writes(Halves)
    def write_halves(transformer: Halves, columns: Any) -> Any:
        count = columns.shape[1]
        return affine(columns, np.full(count, 0.5), np.zeros(count))

    try:
        assert_same_in_tfjs(node, tmp_path, pipeline, X)
    finally:
        del WRITERS[Halves]


def test_a_feature_that_float32_is_too_coarse_for_is_warned_of(tmp_path: Path) -> None:
    X = np.column_stack([RNG.normal(1.7e9, 1e4, 50), RNG.normal(size=50)])
    pipeline = make_pipeline(StandardScaler(), classifier()).fit(X, X[:, 1] > 0)
    with pytest.warns(UserWarning, match=r"\[0\].* times as large as their spread"):
        export(pipeline, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nearer = X - [1.7e9, 0]
        export(make_pipeline(StandardScaler(), classifier()).fit(nearer, X[:, 1] > 0), tmp_path)


@pytest.mark.parametrize("estimator", [classifier(), make_pipeline(StandardScaler(), Regressor())])
def test_what_is_not_fitted(tmp_path: Path, estimator: Any) -> None:
    with pytest.raises(NotFittedError):
        export(estimator, tmp_path)


def test_the_estimators_method_wants_a_fitted_one(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        classifier().export(tmp_path)


def test_estimators_of_others(tmp_path: Path) -> None:
    X, y = IRIS
    with pytest.raises(TypeError, match="got LogisticRegression"):
        export(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), tmp_path)


def metadata(directory: Path) -> Any:
    return json.loads((directory / "model.json").read_text())["userDefinedMetadata"]
