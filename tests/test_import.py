"""Importing is fast and silent, and the libraries' log lines do not reach the user."""

from __future__ import annotations

import os
import subprocess
import sys

#: Of the wall clock, with room for a busy machine; the import itself takes about 0.01 s.
IMPORT_SECONDS = 0.1


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # TensorFlow sets it in this process; a user's has it from nobody.
    inherited = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**inherited, **environment},
    )


def test_import_is_silent_and_loads_no_tensorflow() -> None:
    done = run(
        "import sys, tfjsbridge\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'rich', 'click', 'sklearn', 'tensorflowjs'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_import_takes_less_than_a_tenth_of_a_second() -> None:
    program = (
        "import time; start = time.process_time(); import tfjsbridge; "
        "print(time.process_time() - start)"
    )
    assert min(float(run(program).stdout) for _ in range(3)) < IMPORT_SECONDS


def test_every_name_can_be_reached() -> None:
    done = run(
        "import tfjsbridge as tf\n"
        "for name in tf.__all__: getattr(tf, name)\n"
        "print(callable(tf.tensor), callable(tf.layers.dense), callable(tf.verify.verify))"
    )
    assert (done.stdout, done.stderr) == ("True True True\n", "")


TRAINS_AND_EXPORTS = """
import sys, tempfile
import tfjsbridge as tf
for _ in range(6):
    model = tf.sequential(layers=[tf.layers.dense(inputShape=[2], units=3, activation="relu"),
                                  tf.layers.dropout(rate=0.5), tf.layers.dense(units=1)])
    model.compile(optimizer="adam", loss="meanSquaredError", metrics=["accuracy"])
    model.fit([[0, 1], [1, 0], [1, 1]], [[1], [0], [1]], epochs=3, batchSize=2, verbose=0,
              validationSplit=0.4)
    model.evaluate([[0, 1]], [[1]])
    model.predict([[0, 1]])
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder)
        tf.loadLayersModel(folder)
"""


def test_training_and_exporting_print_nothing() -> None:
    done = run(TRAINS_AND_EXPORTS)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_users_own_warnings_come_through() -> None:
    done = run(
        "import warnings, logging, sys\n"
        "import tfjsbridge as tf\n"
        "tf.tensor([1])\n"
        "warnings.warn('mind the gap')\n"
        "logging.warning('logged')\n"
    )
    assert "mind the gap" in done.stderr
    assert "WARNING:root:logged" in done.stderr


def test_output_while_tensorflow_loads_is_passed_on_but_for_log_lines() -> None:
    done = run(
        "import os, sys\n"
        "from tfjsbridge import runtime\n"
        "with runtime.quiet():\n"
        "    os.write(2, b'2024-01-01 00:00:00.123456: W tensorflow/x.cc:1] noise\\n')\n"
        "    os.write(2, b'a line of mine\\n')\n"
        "    print('printed')\n"
    )
    assert (done.stdout, done.stderr) == ("printed\n", "a line of mine\n")


def test_another_keras_backend_is_refused_with_the_remedy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import tfjsbridge as tf; tf.tensor([1])"],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "numpy"},
    )
    assert done.returncode != 0
    assert "Set KERAS_BACKEND=tensorflow" in done.stderr
