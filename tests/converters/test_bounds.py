"""A model.json of some bytes cannot fill the memory, whatever sizes it speaks of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.converters.bounds import MAX_STATE_VALUES, MAX_STEPS
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras

HUGE = 10**9


def layer(class_name: str, shape: list[Any] | None = None, **config: Any) -> dict[str, Any]:
    given = {} if shape is None else {"batch_input_shape": [None, *shape]}
    return {"class_name": class_name, "config": {"name": "x", **given, **config}}


def dense(shape: list[Any] | None = None, units: int = 2, **config: Any) -> dict[str, Any]:
    return layer("Dense", shape, units=units, **config)


def initialized(name: str, **config: Any) -> dict[str, Any]:
    initializer = {"class_name": name, "config": config}
    return dense([10**5], 10**5, kernel_initializer=initializer)


def lstm(shape: list[Any] | None = None, units: int = 2, **config: Any) -> dict[str, Any]:
    return layer("LSTM", shape, units=units, **config)


#: Layers of a sequential model that would take more than the limit below, at least 4 GB each.
TOO_LARGE: dict[str, list[dict[str, Any]]] = {
    "units": [dense([4], HUGE)],
    "beyond any memory": [dense([2**40], 2**62)],
    "beyond 64 bits": [dense([4], 10**30)],
    "orthogonal": [initialized("Orthogonal")],
    "identity": [initialized("Identity")],
    "constant": [initialized("Constant", value=1)],
    "rows": [layer("Embedding", [4], input_dim=HUGE, output_dim=8)],
    "filters": [layer("Conv2D", [8, 8, 3], filters=HUGE, kernel_size=3)],
    "kernel": [layer("Conv2D", [8, 8, 3], filters=3, kernel_size=HUGE, padding="same")],
    "transposed": [layer("Conv2DTranspose", [8, 8, 3], filters=HUGE, kernel_size=3)],
    "depthwise": [layer("DepthwiseConv2D", [8, 8, 3], kernel_size=3, depth_multiplier=HUGE)],
    "flattened": [layer("Flatten", [10**5, 10**5]), dense(name="y")],
    "repeated": [layer("RepeatVector", [4], n=HUGE), layer("Flatten", name="y"), dense(name="z")],
    "normalized": [layer("BatchNormalization", [HUGE])],
    "PReLU": [layer("PReLU", [10**5, 10**5])],
    "recurrent": [lstm([5, 4], HUGE)],
    "recurrent features": [lstm([5, HUGE])],
    "bidirectional": [layer("Bidirectional", [5, 4], layer=lstm(units=HUGE), merge_mode="sum")],
    "distributed": [layer("TimeDistributed", [5, 4], layer=dense(units=HUGE))],
    "unrolled": [lstm([HUGE, 4], unroll=True)],
    "distributed steps": [layer("TimeDistributed", [HUGE, 4], layer=dense())],
    "distributed in distributed": [
        layer("TimeDistributed", [MAX_STEPS, 2, 4], layer=layer("TimeDistributed", layer=dense()))
    ],
    "states": [lstm(units=HUGE, batch_input_shape=[2, 5, 4], stateful=True)],
}  # fmt: skip


def sequential(layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}


LOADS = """
import json, resource, sys
from tfjsbridge.converters import load_keras_model
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import load_tensorflowjs

load_tensorflowjs()
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, -1))
for name in sys.argv[1:]:
    try:
        load_keras_model(name)
        print("loaded")
    except ModelFileError as error:
        print(str(error).replace("\\n", " "))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits its memory as Linux does")
def test_models_that_do_not_fit_into_memory_are_refused(tmp_path: Path) -> None:
    for number, layers in enumerate(TOO_LARGE.values()):
        description = {"modelTopology": sequential(layers), "weightsManifest": []}
        (tmp_path / f"{number}.json").write_text(json.dumps(description))
    files = [str(tmp_path / f"{number}.json") for number in range(len(TOO_LARGE))]
    done = subprocess.run(
        [sys.executable, "-c", LOADS, *files], capture_output=True, text=True, timeout=300
    )
    said = dict(zip(TOO_LARGE, done.stdout.splitlines(), strict=False))
    assert done.returncode == 0, (said, done.stderr)
    steps = {"unrolled", "distributed steps", "distributed in distributed"}
    for name in TOO_LARGE:
        expected = "is written out for" if name in steps else "is missing"
        assert expected in said[name], (name, said[name])


def edit(path: Path, **change: Any) -> None:
    description = json.loads(path.read_text())
    config = description["modelTopology"]["model_config"]["config"]["layers"][-1]["config"]
    config.update(change)
    path.write_text(json.dumps(description))


def test_the_shapes_are_compared_before_memory_is_taken(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, name="d")])
    path = save_keras_model(model, tmp_path)
    edit(path, units=10**15)
    with pytest.raises(ModelFileError, match=r"d/kernel has shape \[4, 3\], but .* \[4, 10{15}\]"):
        load_keras_model(path)


def test_nothing_waits_for_memory_after_a_refusal(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
    path = save_keras_model(model, tmp_path)
    edit(path, units=10**15)
    with pytest.raises(ModelFileError):
        load_keras_model(path)
    with keras.StatelessScope():
        variable = keras.Variable("ones", shape=(2,))
    np.testing.assert_array_equal(variable, [1, 1])


def functional(layers: list[dict[str, Any]], output: list[Any]) -> dict[str, Any]:
    config = {"name": "f", "layers": layers, "input_layers": [["i", 0, 0]], "output_layers": output}
    return {"class_name": "Functional", "config": config}


def called(what: dict[str, Any], name: str, *inputs: list[Any]) -> dict[str, Any]:
    what["config"]["name"] = name
    return {**what, "name": name, "inbound_nodes": [[[*each, {}]] for each in inputs]}


def test_a_layer_that_no_output_needs_takes_no_memory(tmp_path: Path) -> None:
    model = functional(
        [
            called(layer("InputLayer", [4], dtype="float32"), "i"),
            called(layer("ReLU"), "a", ["i", 0, 0]),
            called(dense(units=10**15), "b", ["i", 0, 0]),
        ],
        [["a", 0, 0]],
    )
    (tmp_path / "model.json").write_text(json.dumps({"modelTopology": model}))
    assert load_keras_model(tmp_path).count_params() == 0


def test_models_that_call_models_that_call_models_are_refused(tmp_path: Path) -> None:
    model = sequential([layer("ReLU", [4])])
    for _ in range(12):
        inputs = called(layer("InputLayer", [4], dtype="float32"), "i")
        calls = [["i", 0, 0], *(["m", call, 0] for call in range(1, 5))]
        model = functional([inputs, called(model, "m", *calls)], [["m", 5, 0]])
    (tmp_path / "model.json").write_text(json.dumps({"modelTopology": model}))
    with pytest.raises(ModelFileError, match="are called more than 100000 times"):
        load_keras_model(tmp_path)


def stateful(inner: Any) -> Any:
    """A model of a batch size that is known, as layers need that keep their states."""
    return keras.Sequential([keras.layers.Input(batch_shape=(2, 5, 4)), inner])


@pytest.mark.parametrize("both_ways", [False, True])
def test_stateful_layers_keep_their_states(both_ways: bool, tmp_path: Path) -> None:
    made = [keras.layers.LSTM(3, stateful=keeps, name="inner") for keeps in (False, True)]
    if both_ways:
        made = [keras.layers.Bidirectional(inner, name="outer") for inner in made]
    plain, expected = map(stateful, made)
    path = save_keras_model(plain, tmp_path)
    edit(path, stateful=True)
    if both_ways:
        description = json.loads(path.read_text())
        config = description["modelTopology"]["model_config"]["config"]["layers"][-1]["config"]
        for key in ("layer", "backward_layer"):
            if key in config:
                config[key]["config"]["stateful"] = True
        path.write_text(json.dumps(description))
    model = load_keras_model(path)
    expected.set_weights(plain.get_weights())
    x = np.random.default_rng(0).normal(size=(2, 5, 4)).astype(np.float32)
    first, second = model.predict(x, verbose=0), model.predict(x, verbose=0)
    assert np.ptp(second - first)
    np.testing.assert_allclose(expected.predict(x, verbose=0), first, atol=1e-6)
    np.testing.assert_allclose(expected.predict(x, verbose=0), second, atol=1e-6)


def test_too_many_states_are_refused(tmp_path: Path) -> None:
    path = save_keras_model(stateful(keras.layers.SimpleRNN(3)), tmp_path)
    description = json.loads(path.read_text())
    first, last = description["modelTopology"]["model_config"]["config"]["layers"]
    last["config"]["stateful"] = True
    first["config"]["batch_input_shape"] = [MAX_STATE_VALUES, 5, 4]
    path.write_text(json.dumps(description))
    with pytest.raises(ModelFileError, match=f"keep {MAX_STATE_VALUES * 3} values"):
        load_keras_model(path)


def test_inside_of_a_strategy(tmp_path: Path) -> None:
    from tfjsbridge.runtime import tensorflow

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
    save_keras_model(model, tmp_path)
    with tensorflow.distribute.OneDeviceStrategy("/cpu:0").scope():
        loaded = load_keras_model(tmp_path)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
