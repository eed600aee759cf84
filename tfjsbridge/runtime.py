"""TensorFlow, Keras and tensorflowjs, loaded at first use and without their noise.

Everything in the package that needs TensorFlow or Keras imports it from here::

    from tfjsbridge.runtime import keras, tensorflow
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

# What the libraries below write while they load: log lines of TensorFlow, absl and CUDA, their
# follow-up lines, and advertisements. Anything else on the two streams is passed on.
_NOISE = re.compile(
    r"""
    ^\d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d\.\d+:\ [IWEF]\      # TensorFlow's log format
    | ^[IWEF]\d{4}\ \d\d:\d\d:\d\d\.\d+\                 # absl's log format, date as MMDD
    | ^[IWEF]0000\ 00:00:\d+\.\d+\                       # absl's before InitializeLog()
    | ^WARNING:\ All\ log\ messages\ before\ absl::InitializeLog
    | ^To\ enable\ the\ following\ instructions:
    | ^WARNING:(tensorflow|absl|root):
    | try\ https://ydf\.readthedocs\.io
    | ^\s*$
    """,
    re.VERBOSE | re.IGNORECASE,
)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' load-time log lines from the terminal; pass everything else on.

    The lines come from C++ code, so the file descriptors themselves are redirected for the time.
    Warnings are what the libraries say of each other, as of a deprecated pkg_resources.
    """
    with warnings.catch_warnings(), quiet_streams():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def quiet_streams() -> Iterator[None]:
    """Keep TensorFlow's log lines from the terminal; pass on everything else, warnings too."""
    with contextlib.ExitStack() as stack:
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            stack.enter_context(_filtered(number, stream))
        yield


@contextlib.contextmanager
def _filtered(number: int, stream: object) -> Iterator[None]:
    flush = getattr(stream, "flush", lambda: None)
    flush()
    try:
        saved = os.dup(number)
    except OSError:  # no such stream: a GUI program or a daemon
        yield
        return
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), number)
        try:
            yield
        finally:
            flush()
            os.dup2(saved, number)
            os.close(saved)
            captured.seek(0)
            for line in captured.read().decode(errors="replace").splitlines():
                if not _NOISE.search(line):
                    os.write(number, line.encode() + b"\n")


def _load() -> tuple[ModuleType, ModuleType]:
    # Levels below fatal are of no use to a user of this package; one's own setting wins.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet():
        import keras
        import tensorflow

    if keras.config.backend() != "tensorflow":
        raise ImportError(
            "tfjsbridge needs Keras on TensorFlow, but Keras is set to "
            f"{keras.config.backend()!r}. Set KERAS_BACKEND=tensorflow in the environment (or "
            '"backend" in ~/.keras/keras.json) before Python starts.'
        )
    return tensorflow, keras


#: What tensorflowjs imports for routes that this package does not go: from decision forests, which
#: cannot be installed on Python 3.13, and from JAX, which is large.
_OF_OTHER_ROUTES = (
    "tensorflow_decision_forests",
    "jax",
    "jax.experimental",
    "jax.experimental.jax2tf",
)


def load_tensorflowjs() -> ModuleType:
    """The `tensorflowjs` package, whose writers and readers of weights the converters use.

    Raises:
      ImportError: if it is not installed, with the line to type.
    """
    # tensorflow_decision_forests, which it imports, greets with IPython where standard output is
    # no terminal, and fails where there is no IPython.
    os.environ.setdefault("TFDF_DISABLE_WELCOME_MESSAGE", "1")
    if _missing("tensorflowjs"):
        raise ImportError(
            "The converters need tensorflowjs, which is not installed. Type: "
            "pip install --no-deps tensorflowjs==4.22.0"
        )
    with quiet(), _stand_ins(_OF_OTHER_ROUTES):
        import tensorflowjs
    return tensorflowjs


@contextlib.contextmanager
def _stand_ins(names: tuple[str, ...]) -> Iterator[None]:
    """Have an empty module for each that is not installed, and none afterwards.

    Not longer, because others ask `sys.modules` whether there is a JAX.
    """
    made = {}
    try:
        for name in names:
            if name not in sys.modules and _missing(name):
                made[name] = sys.modules[name] = ModuleType(name)
        yield
    finally:
        for name, module in made.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _missing(name: str) -> bool:
    """Whether a module can neither be imported nor has been."""
    if name in sys.modules:
        return False
    try:
        return importlib.util.find_spec(name) is None
    except ModuleNotFoundError:  # what it is in is missing, or is a stand-in
        return True


if TYPE_CHECKING:
    import keras as keras
    import tensorflow as tensorflow
else:
    tensorflow, keras = _load()


def setRandomSeed(seed: int) -> None:
    """Seed initial weights, shuffling and dropout, so that a run can be repeated.

    TensorFlow.js has no such function (there each initializer takes a `seed`); it is
    `keras.utils.set_random_seed` here.
    """
    keras.utils.set_random_seed(seed)
