"""Damaged model.json files are refused with an error of ours; nothing else happens."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.converters.cases import build
from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras

# The state of an optimizer cannot go along where the weights stand otherwise in tf.js.
pytestmark = pytest.mark.filterwarnings("ignore:.*cannot take up all")

#: Models whose files are damaged, 10,000 in all, of a quick one more; between them they have most
#: kinds of layers.
DAMAGED = {
    "convolutional network": 600,
    "nested models": 700,
    "two inputs and outputs": 1200,
    "recurrent: Bidirectional": 1200,
    "recurrent: words": 1200,
    "recurrent: TimeDistributed": 2200,
    "network: residual network": 800,
    "merge: Concatenate along axis 1": 2100,
}

OPTIMIZERS = (keras.optimizers.Adam, keras.optimizers.RMSprop, keras.optimizers.SGD)

#: What a value may become; a layer of a billion units must not be built either.
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 3, 10**9, 2**62, 10**30, 2.5, 1e300, "", "relu", "../../etc/passwd",
    "/etc/passwd", [], {}, [[]], [None], {"class_name": "Dense"},
    {"class_name": "Lambda", "config": {"function": "os"}},
)  # fmt: skip


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a JSON value with every key in it."""
    keys: Any = value if isinstance(value, dict) else range(len(value))
    found = []
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], (dict, list)):
            found += _places(value[key])
    return found


def damaged(description: Any, rng: random.Random) -> Any:
    """The same with one to three places changed, removed, doubled or swapped."""
    description = copy.deepcopy(description)
    for _ in range(rng.randint(1, 3)):
        container, key = rng.choice(_places(description))
        other, its = rng.choice(_places(description))
        match rng.randrange(4):
            case 0:
                container[key] = copy.deepcopy(rng.choice(VALUES))
            case 1:
                del container[key]
            case 2 if isinstance(container, list):
                container.insert(key, copy.deepcopy(container[key]))
            case _:
                container[key] = copy.deepcopy(other[its])
        if not description:
            break
    return description


def _compiled(name: str) -> Any:
    """A model with an optimizer, whose state is mostly written too, and all else to train it."""
    model = build(name)
    one = len(model.outputs) == 1
    optimizer = OPTIMIZERS[list(DAMAGED).index(name) % len(OPTIMIZERS)]()
    model.compile(optimizer, "mse" if one else ["mse", "mae"], ["mse", "accuracy"] if one else None)
    model.optimizer.build(model.trainable_variables)
    return model


def _refused(path: Path, description: Any, case: str) -> bool:
    """Whether a model.json is refused; any error that is not ours is a failure."""
    path.write_text(json.dumps(description))
    try:
        load_keras_model(path)
    except ModelFileError:
        return True
    except Exception as error:
        raise AssertionError(f"{case}: {error!r}") from error
    return False


def _load_damaged(folder: Path, name: str, count: int) -> None:
    path = save_keras_model(_compiled(name), folder)
    whole = json.loads(path.read_text())
    refused = 0
    for seed in range(count):
        description = damaged(whole, random.Random(f"{name} {seed}"))
        refused += _refused(path, description, f"{name}, seed {seed}")
    assert refused > count / 2, "most damage must be noticed"


def _load_damaged_training(folder: Path, name: str, count: int) -> bool:
    """Whether there is a state of the optimizer that may be damaged, too."""
    path = save_keras_model(_compiled(name), folder)
    whole = json.loads(path.read_text())
    for seed in range(count):
        rng = random.Random(f"{name} {seed}")
        part = rng.choice(["trainingConfig", "weightsManifest"])
        _refused(path, {**whole, part: damaged(whole[part], rng)}, f"{name}, seed {seed}")
    return any("group" in entry for entry in whole["weightsManifest"][0]["weights"])


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_refused(name: str, tmp_path: Path) -> None:
    _load_damaged(tmp_path, name, 50)


def test_damaged_training_is_refused_or_left_out(tmp_path: Path) -> None:
    with_state = [_load_damaged_training(tmp_path / name, name, 50) for name in DAMAGED]
    assert sum(with_state) > 2


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGED)
def test_ten_thousand_damaged_files_are_refused(name: str, tmp_path: Path) -> None:
    assert sum(DAMAGED.values()) == 10_000
    trainings = DAMAGED[name] // 4
    _load_damaged(tmp_path, name, DAMAGED[name] - trainings)
    _load_damaged_training(tmp_path, name, trainings)
