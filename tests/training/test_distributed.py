"""Models made under a tensorflow.distribute strategy, which needs devices of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, warnings
import numpy as np
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow

cpu = tensorflow.config.list_physical_devices("CPU")[0]
two = [tensorflow.config.LogicalDeviceConfiguration()] * 2
tensorflow.config.set_logical_device_configuration(cpu, two)
strategy = tensorflow.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
y = x[:, :1]

def build():
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", metrics=["mae"])
    return model

options = dict(epochs=2, batch_size=8, shuffle=False, verbose=0, validation_split=0.2)
theirs, ours = build(), build()
expected = theirs.fit(x, y, **options).history
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    history = training.fit(ours, x, y, **options)
assert ["Keras's own fit" in str(w.message) for w in told].count(True) == 1, told
assert history.history == expected and ours.history is history
assert all(map(np.array_equal, theirs.get_weights(), ours.get_weights()))
try:
    training.fit(ours, x, y, backup_dir=sys.argv[1])
except ValueError as error:
    assert "BackupAndRestore" in str(error)
else:
    raise AssertionError("a backup was promised")
"""


@pytest.mark.slow
def test_keras_trains_what_is_spread_over_devices(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
