"""scikit-learn's transformers as layers: a small function for each.

::

    @writes(StandardScaler)
    def write_standard_scaler(scaler, columns): ...    # a Keras tensor [None, n] to [None, m]

Layers compute in float32, where scikit-learn computes in float64: of a feature whose mean is
hundreds of times its spread, digits are lost, and the export warns of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectorMixin
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from tfjsbridge.runtime import keras

layers = keras.layers

#: A fitted transformer and a Keras tensor [None, n] to the Keras tensor [None, m] that it makes.
Writer = Callable[[Any, Any], Any]

WRITERS: dict[type, Writer] = {}


class CannotExport(ValueError):
    """Why a transformer has no layers that compute the same."""


def writes(*classes: type) -> Callable[[Writer], Writer]:
    """Register how transformers of these classes, and of theirs without a way of their own, become
    layers.
    """

    def register(function: Writer) -> Writer:
        for cls in classes:
            WRITERS[cls] = function
        return function

    return register


def transformed(transformer: Any, columns: Any, path: str, problems: list[str]) -> Any:
    """What a fitted transformer makes of columns.

    Args:
      transformer: scikit-learn's, or "passthrough" or None.
      columns: a Keras tensor [None, n].
      path: where it stands in the pipeline, for messages.
      problems: takes what is in the way; the columns are given back as they are then.
    """
    if transformer is None or (isinstance(transformer, str) and transformer == "passthrough"):
        return columns
    if isinstance(transformer, Pipeline):
        for name, step in transformer.steps:
            columns = transformed(step, columns, f"{path}/{name}", problems)
        return columns
    if isinstance(transformer, ColumnTransformer):
        return _column_transformer(transformer, columns, path, problems)
    if isinstance(transformer, FeatureUnion):
        parts = [
            transformed(part, columns, f"{path}/{name}", problems)
            for name, part in transformer.transformer_list
            if not (isinstance(part, str) and part == "drop")
        ]
        return _side_by_side(parts)
    writer = next((WRITERS[cls] for cls in type(transformer).__mro__ if cls in WRITERS), None)
    try:
        if writer is None:
            known = ", ".join(sorted(cls.__name__ for cls in WRITERS))
            raise CannotExport(
                f"no layers are known for it. Known: {known}; register others with "
                "tfjsbridge.sklearn.writes"
            )
        return writer(transformer, columns)
    except CannotExport as error:
        problems.append(f"{path} ({type(transformer).__name__}): {error}")
        return columns


def _column_transformer(
    transformer: ColumnTransformer, columns: Any, path: str, problems: list[str]
) -> Any:
    count = columns.shape[1]
    parts = []
    for name, part, _ in transformer.transformers_:
        picked = transformer._transformer_to_input_indices.get(name, [])
        if len(picked) and not (isinstance(part, str) and part == "drop"):
            chosen = select(columns, picked) if list(picked) != list(range(count)) else columns
            parts.append(transformed(part, chosen, f"{path}/{name}", problems))
    return _side_by_side(parts)


def _side_by_side(parts: Sequence[Any]) -> Any:
    return layers.Concatenate()(parts) if len(parts) > 1 else parts[0]


def dense(
    columns: Any, kernel: np.ndarray, bias: np.ndarray | None = None, activation: str | None = None
) -> Any:
    """Columns times a kernel [n, m], plus a bias [m], by a layer that training leaves alone."""
    layer = layers.Dense(
        kernel.shape[1], activation=activation, use_bias=bias is not None, trainable=False
    )
    result = layer(columns)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return result


def select(columns: Any, picked: Sequence[int]) -> Any:
    """Some of the columns."""
    return dense(columns, np.eye(columns.shape[1], dtype=np.float32)[:, list(picked)])


def affine(columns: Any, factors: np.ndarray, offsets: np.ndarray) -> Any:
    """Each column times its factor, plus its offset.

    A depthwise convolution has a weight for each column, where a dense layer has n for each, and
    unlike a batch normalization it stays as it is when the page goes on training the model.
    """
    count = columns.shape[1]
    layer = layers.DepthwiseConv2D(1, trainable=False)
    result = layer(layers.Reshape([1, 1, count])(columns))
    layer.set_weights([np.reshape(factors, [1, 1, count, 1]), np.asarray(offsets)])
    return layers.Reshape([count])(result)


def affine_of(scaler: Any) -> tuple[np.ndarray, np.ndarray]:
    """The factors and offsets [n] float64 of a fitted scaler.

    Raises:
      CannotExport: for a scaler that does something else too.
    """
    count = scaler.n_features_in_
    ones, zeros = np.ones(count), np.zeros(count)
    if isinstance(scaler, MinMaxScaler):
        return scaler.scale_, scaler.min_
    if isinstance(scaler, MaxAbsScaler):
        return 1 / scaler.scale_, zeros
    if isinstance(scaler, StandardScaler):
        scale, mean = scaler.scale_, scaler.mean_ if scaler.with_mean else None
    elif isinstance(scaler, RobustScaler):
        scale, mean = scaler.scale_, scaler.center_
    else:
        raise CannotExport("it is not one of scikit-learn's scalers")
    factors = ones if scale is None else 1 / scale
    return factors, zeros if mean is None else -mean * factors


#: How many times its spread the mean of a feature may be, before float32 is too coarse for it.
COARSE = 1000


@writes(StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler)
def write_scaler(scaler: Any, columns: Any) -> Any:
    """A factor and an offset for each column, and limits where it clips."""
    factors, offsets = affine_of(scaler)
    far = np.flatnonzero(np.abs(offsets) > COARSE)
    if far.size:
        names = getattr(scaler, "feature_names_in_", np.arange(len(factors)))
        warnings.warn(
            f"{type(scaler).__name__}: of the features {names[far].tolist()} the values are "
            f"{np.abs(offsets[far]).max():.0f} times as large as their spread; the browser "
            "computes in float32, which has 7 digits, so that it predicts a little differently. "
            "Subtract something near the mean before.",
            stacklevel=2,
        )
    scaled = affine(columns, factors, offsets)
    if not getattr(scaler, "clip", False):
        return scaled
    low, high = scaler.feature_range
    count = columns.shape[1]
    ones = np.ones(count)
    from_zero = layers.ReLU(max_value=float(high - low))(affine(scaled, ones, -low * ones))
    return affine(from_zero, ones, low * ones)


@writes(PCA)
def write_pca(pca: PCA, columns: Any) -> Any:
    """A projection."""
    kernel = pca.components_.T
    if pca.whiten:
        kernel = kernel / np.sqrt(pca.explained_variance_)
    return dense(columns, kernel, -pca.mean_ @ kernel)


@writes(SelectorMixin)
def write_selector(selector: Any, columns: Any) -> Any:
    """The features that it has chosen."""
    return select(columns, selector.get_support(indices=True))


@writes(FunctionTransformer)
def write_function(transformer: FunctionTransformer, columns: Any) -> Any:
    """No layer: a ColumnTransformer passes columns through so. A Python function is refused."""
    if transformer.func is not None:
        raise CannotExport(
            "a Python function cannot be carried into the browser; do the same there, or register "
            "layers for a transformer of your own with tfjsbridge.sklearn.writes"
        )
    return columns


@writes(OneHotEncoder)
def write_one_hot(encoder: OneHotEncoder, columns: Any) -> Any:
    """1 where a column has a category, else 0. An unknown category is 0 in all of them."""
    if getattr(encoder, "_infrequent_enabled", False):
        raise CannotExport("infrequent categories are not exported; do without min_frequency")
    categories = _numbers(encoder.categories_)
    dropped = encoder.drop_idx_ if encoder.drop_idx_ is not None else [None] * len(categories)
    kept = [
        np.delete(c, [] if d is None else [d]) for c, d in zip(categories, dropped, strict=True)
    ]
    return _one_hot(columns, kept)


@writes(OrdinalEncoder)
def write_ordinal(encoder: OrdinalEncoder, columns: Any) -> Any:
    """The number of the category in each column."""
    if getattr(encoder, "_infrequent_enabled", False):
        raise CannotExport("infrequent categories are not exported; do without min_frequency")
    if encoder.handle_unknown != "error":
        raise CannotExport("a value of its own for unknown categories is not exported")
    categories = _numbers(encoder.categories_)
    kernel = np.zeros([sum(map(len, categories)), len(categories)])
    row = 0
    for column, values in enumerate(categories):
        kernel[row : row + len(values), column] = np.arange(len(values))
        row += len(values)
    return dense(_one_hot(columns, categories), kernel)


def _numbers(categories: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The categories as float32, in which the page gives them."""
    result = []
    for number, values in enumerate(categories):
        try:
            floats = np.asarray(values, np.float64)
        except (TypeError, ValueError):
            raise CannotExport(
                f"feature {number} has the categories {_shown(values)}, but tf.js's layers take "
                "numbers alone; give the categories numbers before, and have the page do the same"
            ) from None
        singles = floats.astype(np.float32)
        if not np.isfinite(singles).all() or len(np.unique(singles)) < len(singles):
            raise CannotExport(
                f"feature {number} has the categories {_shown(values)}, which are not finite and "
                "different in float32"
            )
        result.append(singles)
    return result


def _shown(values: np.ndarray) -> str:
    listed = ", ".join(repr(value) for value in values[:4].tolist())
    return f"[{listed}{', ...' if len(values) > 4 else ''}]"


def _one_hot(columns: Any, categories: Sequence[np.ndarray]) -> Any:
    """1 where a column equals a category: 1 - factor · |x - c|, cut off below 0.

    The factor is large enough for the next float32 beside a category to give 0.
    """
    values = np.concatenate(categories)
    kernel = np.zeros([columns.shape[1], len(values)], np.float32)
    column_of = np.repeat(np.arange(len(categories)), [len(c) for c in categories])
    kernel[column_of, np.arange(len(values))] = 1
    above = dense(columns, kernel, -values, "relu")
    below = dense(columns, -kernel, values, "relu")
    factors = 2 / np.maximum(np.abs(np.spacing(values)), np.float32(2**-29))
    near = affine(layers.Add()([above, below]), -factors, np.ones_like(factors))
    return layers.ReLU()(near)
