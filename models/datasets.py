"""The data of the larger models: from the network where it allows, else what scikit-learn brings.

The network is asked once for each data set, with a short limit of time; what scikit-learn or Keras
have downloaded before is in their caches, and needs no network. Without an answer a line on the
terminal says which data is used instead.
"""

from __future__ import annotations

import functools
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.features import BOSTON, CANCER, DIABETES, PHISHING, named
from models.words import Words

#: How long OpenML, and Keras's server with the 11 MB of MNIST, may take, in seconds.
OPENML_SECONDS = 10.0
MNIST_SECONDS = 20.0


@dataclass(frozen=True)
class Table:
    """A data set of many features.

    Attributes:
      source: what it is and whence it came.
      xs: [rows, features].
      ys: what to predict, [rows, 1].
      features: what the columns of xs are.
      target: what ys is, with its unit.
      classes: what 0 and 1 of ys are; none for numbers.
    """

    source: str
    xs: np.ndarray
    ys: np.ndarray
    features: tuple[Words, ...]
    target: Words
    classes: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Digits:
    """Pictures of digits written by hand.

    Attributes:
      source: what they are and whence they came.
      xs: [pictures, height, width, 1], from 0, paper, to 1, ink.
      labels: the digits, [pictures].
    """

    source: str
    xs: np.ndarray
    labels: np.ndarray


@functools.cache
def housing() -> Table:
    """Houses in Boston; offline: patients with diabetes. Numbers to predict of about 1."""
    loaded = asked(
        "Boston's housing data (OpenML)",
        functools.partial(openml, 531),
        OPENML_SECONDS,
        "scikit-learn's diabetes data",
    )
    if loaded is not None:
        columns, xs, prices = loaded
        return Table(
            f"Boston's housing data, {len(xs)} districts, from OpenML",
            xs,
            prices[:, np.newaxis] / 10,
            named(columns, BOSTON),
            Words("median price, in 10,000 $", "房价中位数（万美元）"),
        )
    from sklearn.datasets import load_diabetes

    diabetes = load_diabetes()
    return Table(
        f"scikit-learn's diabetes data, {len(diabetes.data)} patients",
        diabetes.data,
        diabetes.target[:, np.newaxis] / 100,
        named(diabetes.feature_names, DIABETES),
        Words("progression after a year, in hundreds", "一年后的病情指标（百）"),
    )


@functools.cache
def phishing() -> Table:
    """Web sites that steal passwords, or not; offline: tumours, malignant or not. 1 is the evil."""
    loaded = asked(
        "the phishing web sites (OpenML)",
        functools.partial(openml, 4534),
        OPENML_SECONDS,
        "scikit-learn's breast cancer data",
    )
    if loaded is not None:
        columns, xs, honest = loaded
        return Table(
            f"{len(xs):,} web sites, from OpenML",
            xs,
            (honest[:, np.newaxis] < 0).astype(float),  # -1 is phishing there, and 1 is not
            named(columns, PHISHING),
            Words("phishing", "钓鱼网站"),
            (Words("honest", "正常网站"), Words("phishing", "钓鱼网站")),
        )
    from sklearn.datasets import load_breast_cancer

    cancer = load_breast_cancer()
    return Table(
        f"scikit-learn's breast cancer data, {len(cancer.data)} tumours",
        cancer.data,
        (cancer.target[:, np.newaxis] == 0).astype(float),  # 0 is malignant there
        named(cancer.feature_names, CANCER),
        Words("malignant", "恶性肿瘤"),
        (Words("benign", "良性"), Words("malignant", "恶性")),
    )


@functools.cache
def digits() -> Digits:
    """6,000 of MNIST's digits, 28×28; offline: scikit-learn's 1,797 digits, 8×8."""
    loaded = asked("MNIST (Keras)", mnist, MNIST_SECONDS, "scikit-learn's digits")
    if loaded is not None:
        images, labels = loaded
        images, labels = images[:6000] / 255, labels[:6000]
        return Digits("6,000 digits of MNIST", images[..., np.newaxis], labels)
    from sklearn.datasets import load_digits

    found = load_digits()
    images = found.images[..., np.newaxis] / 16
    return Digits(f"scikit-learn's {len(images):,} digits", images, found.target)


def openml(number: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """A data set of OpenML by its number: the columns' names, [rows, columns] and the target."""
    from sklearn.datasets import fetch_openml

    # Read without pandas, columns of words hold a word's place in the column's list of words.
    bunch = fetch_openml(data_id=number, as_frame=False, parser="liac-arff", n_retries=1, delay=0.1)
    xs = np.array(bunch.data, dtype=float)
    for column, name in enumerate(bunch.feature_names):
        if words := (bunch.categories or {}).get(name):
            xs[:, column] = np.array(words, dtype=float)[xs[:, column].astype(int)]
    return list(bunch.feature_names), xs, np.array(bunch.target, dtype=float)


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """MNIST's training pictures, [60000, 28, 28] from 0 to 255, and their digits."""
    from tfjsbridge.runtime import keras

    keras.config.disable_interactive_logging()  # of this thread: no progress bar of the download
    return keras.datasets.mnist.load_data()[0]


def asked(what: str, load: Callable[[], Any], seconds: float, instead: str) -> Any:
    """What the network answers, or None after a line that says what is used instead.

    Args:
      what: what is asked for.
      load: loads it; it is left alone where it takes too long.
      seconds: how long it may take.
      instead: what is used without an answer.
    """
    answers: list[Any] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(load())
        except Exception as error:  # whatever goes wrong, there is other data
            errors.append(error)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of data sets that OpenML has notes about
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(seconds)
    if answers:
        return answers[0]
    why = f"no answer in {seconds:g} s"
    if errors:
        why = (str(errors[0]).splitlines() or [type(errors[0]).__name__])[0].rstrip(".")
    print(f"Not to be had: {what}: {why}. Using {instead}.", file=sys.stderr, flush=True)
    return None
