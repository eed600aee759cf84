"""A small model of each kind that the gallery shows, trained in a moment."""

# ruff: noqa: RUF001 (Chinese has punctuation of its own)

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn import datasets, metrics
from sklearn.preprocessing import StandardScaler

import tfjsbridge as tf
from models.exported import Card, finish
from models.words import Words

SEED = 3


def _same(*texts: str) -> list[Words]:
    return [Words(text, text) for text in texts]


def _plane() -> None:
    random = np.random.default_rng(SEED)
    xs = random.normal(size=(150, 2))
    ys = ((xs**2).sum(axis=1, keepdims=True) < 0.8).astype(float)
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=6, activation="tanh"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.02), loss="binaryCrossentropy", metrics=["accuracy"])
    model.fit(xs, ys, epochs=60, batchSize=50, verbose=0)
    card = Card(
        "plane",
        Words("A circle", "圆"),
        Words("Inside or outside?", "在圆内还是圆外？"),
        features=_same("x1", "x2"),
        classes=[Words("outside", "圆外"), Words("inside", "圆内")],
        batchSize=50,
    )
    finish("circle", model, xs, ys, "acc", _accuracy, card)


def _line() -> None:
    random = np.random.default_rng(SEED)
    xs = np.linspace(-1, 1, 80)[:, np.newaxis]
    ys = 1.2 * xs + 0.5 + random.normal(scale=0.1, size=xs.shape)
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[1], units=1))
    model.compile(optimizer=tf.train.sgd(0.05), loss="meanSquaredError", metrics=["mse"])
    model.fit(xs, ys, epochs=10, batchSize=20, verbose=0)
    card = Card(
        "line",
        Words("A line", "直线"),
        Words("One neuron is a line.", "一个神经元就是一条直线。"),
        features=[Words("height", "身高")],
        batchSize=20,
    )
    finish("line", model, xs, ys, "mse", metrics.mean_squared_error, card)


def _band() -> None:
    xs = np.linspace(-2, 2, 80)[:, np.newaxis]
    ys = (np.abs(xs) < 0.7).astype(float)
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[1], units=4, activation="tanh"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.05), loss="binaryCrossentropy", metrics=["accuracy"])
    model.fit(xs, ys, epochs=100, batchSize=20, verbose=0)
    card = Card(
        "line",
        Words("A band", "区间"),
        Words("Two lines make a band.", "两条曲线围出一个区间。"),
        features=_same("x"),
        classes=[Words("outside", "区间外"), Words("inside", "区间内")],
        batchSize=20,
    )
    finish("band", model, xs, ys, "acc", _accuracy, card)


def _binary() -> None:
    loaded = datasets.load_breast_cancer()
    xs = StandardScaler().fit_transform(loaded.data)
    ys = (loaded.target == 0).astype(float)[:, np.newaxis]
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[30], units=1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binaryCrossentropy", metrics=["accuracy"])
    model.fit(xs, ys, epochs=15, batchSize=64, verbose=0)
    card = Card(
        "binary",
        Words("Tumours", "肿瘤"),
        Words("Where to put the threshold?", "阈值应该取多少？"),
        features=_same(*loaded.feature_names),
        classes=[Words("benign", "良性"), Words("malignant", "恶性")],
        batchSize=64,
    )
    finish("tumours", model, xs, ys, "acc", _accuracy, card)


def _multiclass() -> None:
    loaded = datasets.load_iris()
    ys = np.eye(3)[loaded.target]
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[4], units=8, activation="relu"))
    model.add(tf.layers.dense(units=3, activation="softmax"))
    model.compile(
        optimizer=tf.train.adam(0.01), loss="categoricalCrossentropy", metrics=["accuracy"]
    )
    model.fit(loaded.data, ys, epochs=40, batchSize=32, verbose=0)
    card = Card(
        "multiclass",
        Words("Irises", "鸢尾花"),
        Words("Three kinds by four measures.", "根据四个测量值区分三个品种。"),
        features=[
            Words("sepal length (cm)", "萼片长（厘米）"),
            Words("sepal width (cm)", "萼片宽（厘米）"),
            Words("petal length (cm)", "花瓣长（厘米）"),
            Words("petal width (cm)", "花瓣宽（厘米）"),
        ],
        classes=[
            Words("setosa", "山鸢尾"),
            Words("versicolor", "变色鸢尾"),
            Words("virginica", "维吉尼亚鸢尾"),
        ],
    )
    finish("irises", model, loaded.data, ys, "acc", _classes_accuracy, card)


def _regression() -> None:
    loaded = datasets.load_diabetes()
    xs = StandardScaler().fit_transform(loaded.data)
    ys = loaded.target[:, np.newaxis] / 100
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[10], units=1))
    model.compile(optimizer=tf.train.momentum(0.01, 0.9), loss="meanSquaredError", metrics=["mse"])
    model.fit(xs, ys, epochs=10, batchSize=64, verbose=0)
    card = Card(
        "regression",
        Words("Diabetes", "糖尿病"),
        Words("A number from ten features.", "根据十个特征预测一个数值。"),
        features=_same(*loaded.feature_names),
        batchSize=64,
        rows=200,
    )
    finish("diabetes", model, xs, ys, "mse", metrics.mean_squared_error, card)


def _digits() -> None:
    loaded = datasets.load_digits()
    xs = loaded.images[..., np.newaxis] / 16
    ys = np.eye(10)[loaded.target]
    model = tf.sequential()
    model.add(tf.layers.conv2d(inputShape=[8, 8, 1], filters=16, kernelSize=3, activation="relu"))
    model.add(tf.layers.maxPooling2d(poolSize=2))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense(units=10, activation="softmax"))
    model.compile(
        optimizer=tf.train.adam(0.01), loss="categoricalCrossentropy", metrics=["accuracy"]
    )
    model.fit(xs, ys, epochs=12, batchSize=64, verbose=0)
    card = Card(
        "digits",
        Words("Digits", "手写数字"),
        Words("A convolutional network.", "卷积神经网络。"),
        classes=_same(*"0123456789"),
        batchSize=64,
        rows=200,
    )
    finish("digits", model, xs, ys, "acc", _classes_accuracy, card, tolerance=1e-5)


def _accuracy(y: np.ndarray, p: np.ndarray) -> float:
    return metrics.accuracy_score(y, p > 0.5)


def _classes_accuracy(y: np.ndarray, p: np.ndarray) -> float:
    return metrics.accuracy_score(y.argmax(axis=1), p.argmax(axis=1))


#: A model's name to what trains and exports it.
MODELS: dict[str, Callable[[], None]] = {
    "circle": _plane,
    "line": _line,
    "band": _band,
    "tumours": _binary,
    "irises": _multiclass,
    "diabetes": _regression,
    "digits": _digits,
}


def export_all() -> None:
    """Train and export all of them into models.exported.EXPORTS."""
    tf.setRandomSeed(SEED)
    for export in MODELS.values():
        export()
