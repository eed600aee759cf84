"""A graph-model's file with anything changed is loaded, or refused in a message: nothing else."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tfjsbridge as tf
from tests.converters.test_graph_load import made, signature_of
from tfjsbridge.converters.graph import save_graph_model
from tfjsbridge.verify import sample_inputs

VALUES = [None, 0, -1, 2**31, "x", "", [], {}, [1], True, 1e30, "DT_INT32", "DT_STRING", "AAA="]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to every part of a JSON value."""
    if path:
        yield path
    if not isinstance(value, (dict, list)):
        return
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(part, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("name", ["convolutions", "transformer", "integers", "dicts"])
def test_damage(name: str, tmp_path: Path) -> None:
    path = save_graph_model(made(name), tmp_path)
    whole = json.loads(path.read_text())
    inputs = sample_inputs(signature_of(tf.loadGraphModel(path)))
    choice = random.Random(name)
    everywhere = [each for each in places(whole) if each[0] in ("modelTopology", "signature")]
    ran = 0
    for _ in range(60):
        damaged = copy.deepcopy(whole)
        *outer, key = choice.choice(everywhere)
        other = at(whole, choice.choice(everywhere))
        at(damaged, tuple(outer))[key] = choice.choice([copy.deepcopy(other), *VALUES])
        path.write_text(json.dumps(damaged))
        with contextlib.suppress(ValueError):
            tf.loadGraphModel(path).predict(inputs)
            ran += 1
    assert 0 < ran < 60
