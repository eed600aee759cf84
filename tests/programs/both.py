"""Runs a program in tf.js and here, and compares everything that both give.

A program is written twice: `run` in Python and the body of a function in JavaScript. Both are
called with the same arguments and give a dict of the same keys. A program fills its models with
`knownWeights`, so that both begin at the same place, and shows them with `lines`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import naming
from tfjsbridge.verify import NodeSession

#: One of each class that the programs number: the names say how far tf.js has counted.
_COUNTED = """
    [
        tf.layers.activation({activation: 'relu'}), tf.layers.batchNormalization(),
        tf.layers.concatenate(),
        tf.layers.conv1d({filters: 1, kernelSize: 1}),
        tf.layers.conv2d({filters: 1, kernelSize: 1}), tf.layers.dense({units: 1}),
        tf.layers.depthwiseConv2d({kernelSize: 1}), tf.layers.dot({axes: 1}),
        tf.layers.dropout({rate: 0}),
        tf.layers.embedding({inputDim: 1, outputDim: 1}), tf.layers.flatten(),
        tf.layers.globalMaxPool1d({}), tf.layers.gru({units: 1}), tf.layers.lstm({units: 1}),
        tf.layers.maxPooling2d({}), tf.layers.repeatVector({n: 1}),
        tf.layers.simpleRNN({units: 1}), tf.sequential(),
        tf.layers.bidirectional({layer: tf.layers.lstm({units: 1})}),
        tf.layers.timeDistributed({layer: tf.layers.dense({units: 1})}),
        tf.layers.lstm({units: 1}), tf.layers.dense({units: 1}),
    ].map(layer => layer.name).concat(tf.input({shape: [1]}).name)
"""

_HELPERS = f"""
    const counted = {_COUNTED};
    const knownWeights = model => model.setWeights(model.getWeights().map(weight => {{
        const scale = Math.min(0.5, Math.sqrt(3 / (weight.size / weight.shape.at(-1))));
        const values = Array.from({{length: weight.size}}, (_, i) => scale * Math.sin(i * i + 1));
        // Biases, and variances, are positive.
        return tf.tensor(weight.rank > 1 ? values : values.map(Math.abs), weight.shape);
    }}));
    const lines = model => {{
        const printed = [];
        model.summary(null, null, line => printed.push(line));
        return printed;
    }};
    const numbers = evaluated => [evaluated].flat().map(scalar => scalar.dataSync()[0]);
"""

#: How exact what a program gives must be, by its key: relative and absolute; else (1e-4, 1e-6).
_TOLERANCES = {"weights": (1e-3, 1e-5), "predicted": (1e-3, 1e-5)}


@dataclass(frozen=True)
class Program:
    """A program of the tfjs-examples repository.

    Attributes:
      name: the example's name, and which of its models it is.
      run: the program in Python; takes `arguments` by keyword and gives what is to be compared.
      javascript: the same as the body of a function, of `args`.
      arguments: makes the data, arrays and plain values by name.
      random: whether the training has dropout. Then only that its loss falls is looked at, and
        what comes after it must not be among what `run` gives.
      slow: whether it takes more than two seconds.
    """

    name: str
    run: Callable[..., dict[str, Any]]
    javascript: str
    arguments: Callable[[], dict[str, Any]]
    random: bool = False
    slow: bool = False


def parameters(programs: list[Program]) -> list[Any]:
    """The programs as parameters of a test."""
    return [
        pytest.param(each, id=each.name, marks=[pytest.mark.slow] if each.slow else [])
        for each in programs
    ]


def assert_same(node: NodeSession, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a program in tf.js and here, and compare what it gives.

    Layers without a name count from the same numbers, so that summaries are equal to the letter.
    """
    arguments = program.arguments()
    body = f"{_HELPERS} const result = await (async () => {{{program.javascript}}})();"
    theirs = node.evaluate(f"{body} return {{counted, result}};", **arguments)
    monkeypatch.setattr(naming, "_counts", _counts(theirs["counted"]))
    tf.setRandomSeed(1)  # dropout is to let the loss fall each time
    ours = program.run(**{name: _tensors(value) for name, value in arguments.items()})
    assert list(ours) == list(theirs["result"])
    for key, value in theirs["result"].items():
        if key == "history" and program.random:
            assert list(ours[key]) == list(value)
            assert np.isfinite(ours[key]["loss"]).all()
            assert ours[key]["loss"][-1] < ours[key]["loss"][0]
        else:
            _compare(key, ours[key], value, *_TOLERANCES.get(key, (1e-4, 1e-6)))


def _counts(names: list[str]) -> Counter[str]:
    """How often tf.js has given each name: the highest number of a prefix."""
    counts: Counter[str] = Counter({"model": 0})
    for name in names:
        match = re.search(r"([A-Z]\w*?|input|sequential_)(\d+)(?:_\d+)?$", name)
        assert match, name
        counts[match[1]] = max(counts[match[1]], int(match[2]))
    return counts


def _tensors(value: Any) -> Any:
    """Arrays as Tensors, as JavaScript gets them."""
    if isinstance(value, list):
        return [_tensors(each) for each in value]
    return tf.tensor(value) if isinstance(value, np.ndarray) else value


def _compare(where: str, ours: Any, theirs: Any, rtol: float, atol: float) -> None:
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs), where
        for key in theirs:
            _compare(f"{where}.{key}", ours[key], theirs[key], rtol, atol)
    elif isinstance(theirs, list) and any(isinstance(e, (list, np.ndarray)) for e in theirs):
        assert len(ours) == len(theirs), where
        for i, each in enumerate(theirs):
            _compare(f"{where}[{i}]", ours[i], each, rtol, atol)
    elif isinstance(theirs, np.ndarray) or _are_numbers(theirs):
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol, atol, err_msg=where)
    else:
        assert ours == theirs, where


def _are_numbers(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def knownWeights(model: Any) -> None:
    """Give a model the weights that `knownWeights` gives it in JavaScript."""
    values = []
    for weight in model.getWeights():
        scale = min(0.5, np.sqrt(3 / (weight.size / weight.shape[-1])))
        i = np.arange(weight.size, dtype=np.float64)
        value = scale * np.sin(i * i + 1)
        value = value if len(weight.shape) > 1 else np.abs(value)
        values.append(tf.tensor(value, weight.shape, "float32"))
    model.setWeights(values)


def lines(model: Any) -> list[str]:
    """The lines of `model.summary()`."""
    printed: list[str] = []
    model.summary(None, None, printed.append)
    return printed


def numbers(evaluated: Any) -> list[float]:
    """What `model.evaluate` gives, as numbers."""
    scalars = evaluated if isinstance(evaluated, list) else [evaluated]
    return [float(scalar.dataSync()[0]) for scalar in scalars]
