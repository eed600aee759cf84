"""Numbers at the limits of their bins, and words that are not known, in real tf.js."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.cases import layers, sequential
from tfjsbridge.converters import save_keras_model
from tfjsbridge.verify import NodeSession

LIMITS = [-0.25, 0.0, 0.1, 1.0]


def _next(limit: float, towards: float) -> np.float32:
    return np.nextafter(np.float32(limit), np.float32(towards))


#: Each limit, and its two neighbours.
AT_LIMITS = [x for limit in LIMITS for x in (np.float32(limit), _next(limit, 9), _next(limit, -9))]


@pytest.mark.parametrize("backend", ["cpu", "wasm"])
def test_numbers_at_limits_are_in_keras_bins(
    backend: str, node: NodeSession, tmp_path: Path
) -> None:
    # Those beside 0 are no more than 0 to tf.js.
    x = np.array([v if abs(v) > 1e-38 else 0 for v in AT_LIMITS] + [1e9, -1e9], "float32")[:, None]
    model = sequential(layers.Discretization(LIMITS), layers.Embedding(5, 5), shape=(1,))
    _same_in_tfjs(model, x, backend, node, tmp_path)


@pytest.mark.parametrize("backend", ["cpu", "wasm"])
def test_unknown_words_are_unknown_in_tfjs(backend: str, node: NodeSession, tmp_path: Path) -> None:
    words = [7, -3, 2**20, 8]
    x = np.array([*words, 0, 6, 9, -2, 2**20 + 1, 2**24, 2**31 - 1, -(2**31)], "int32")[:, None]
    lookup = layers.IntegerLookup(vocabulary=words, mask_token=0)
    model = sequential(lookup, layers.Embedding(6, 6), shape=(1,), dtype="int64")
    _same_in_tfjs(model, x, backend, node, tmp_path)


def _same_in_tfjs(model: Any, x: Any, backend: str, node: NodeSession, folder: Path) -> None:
    model.layers[-1].embeddings.assign(np.eye(model.layers[-1].input_dim))
    save_keras_model(model, folder, format="layers")
    [got] = node.predict(folder, [x], backend)
    np.testing.assert_array_equal(np.argmax(got, -1), np.argmax(model(x), -1))
