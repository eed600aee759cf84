"""tensorflowjs is imported without the packages of other routes, and without leaving a trace."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tfjsbridge import runtime

HIDES = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Hidden())
from tfjsbridge import runtime
"""


def run(program: str, *hidden: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python where some packages are not installed."""
    program = HIDES.format(names=hidden) + program
    # TensorFlow sets it in this process; a user's has it from nobody.
    inherited = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=inherited
    )


def test_tensorflowjs_without_the_packages_of_other_routes(tmp_path: Path) -> None:
    done = run(
        f"folder = {str(tmp_path)!r}\n"
        "from tfjsbridge import converters\n"
        "from tfjsbridge.runtime import keras\n"
        "model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])\n"
        "converters.save_keras_model(model, folder)\n"
        "assert (converters.load_keras_model(folder).get_weights()[0]\n"
        "        == model.get_weights()[0]).all()\n"
        "converters.save_keras_model(model, folder, format='graph')\n"
        "print({'jax', 'tensorflow_decision_forests'} & set(sys.modules))\n"
        "import importlib.util\n"
        "try: import jax\n"
        "except ModuleNotFoundError: print('no jax')\n",
        "jax",
        "tensorflow_decision_forests",
    )
    assert (done.stdout, done.stderr) == ("set()\nno jax\n", "")


def test_without_tensorflowjs_the_line_to_type_is_said() -> None:
    done = run("runtime.load_tensorflowjs()", "tensorflowjs")
    assert done.returncode != 0
    assert "ImportError: The converters need tensorflowjs" in done.stderr
    assert "pip install --no-deps tensorflowjs==4.22.0" in done.stderr


def test_stand_ins_go_when_the_import_fails() -> None:
    names = ("tfjsbridge_no_such", "tfjsbridge_no_such.part")

    def fail() -> None:
        with runtime._stand_ins(names):
            from tfjsbridge_no_such import part  # type: ignore[import-not-found]

            assert part
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not set(names) & set(sys.modules)


def test_what_is_installed_is_not_replaced() -> None:
    assert importlib.util.find_spec("json.tool")
    with runtime._stand_ins(("json", "json.tool")):
        import json.tool

        assert json.tool.main
        assert json.dumps
