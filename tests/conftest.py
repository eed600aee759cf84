"""One Node process and one browser for all tests, and the same random numbers in each run.

On CI a missing Node or browser is a failure.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verify.models import write_dense
from tfjsbridge.verify import (
    BrowserNotFound,
    BrowserSession,
    NodeNotFound,
    NodeSession,
    NpmInstallFailed,
)
from tfjsbridge.verify.browser import _FLAGS, chromium_executable

#: Of the verifier's flags, all but the one that finds no host at all: tests have servers.
FLAGS = [flag for flag in _FLAGS if not flag.startswith("--host-resolver-rules")]


# A shell has what it runs in the background ignore Ctrl-C, and so would what the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _missing(error: Exception) -> None:
    """A skip on a developer's machine; on CI nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"CI needs it: {error}")
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an exported model; do not change it."""
    return write_dense(tmp_path_factory.mktemp("dense"))


@pytest.fixture(scope="session")
def node() -> Iterator[NodeSession]:
    with NodeSession(timeout=60) as session:
        try:
            session.evaluate("return 1")
        except (NodeNotFound, NpmInstallFailed) as error:
            _missing(error)
        yield session


#: The body that has Math.random, where tf.js takes all its seeds from, follow from a seed.
SEEDED = """
let state = args.seed;
Math.random = () => {  // mulberry32
  state = (state + 0x6D2B79F5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
"""


@pytest.fixture(autouse=True)
def _the_same_numbers_in_each_run(request: pytest.FixtureRequest) -> None:
    """All random numbers follow from the test's name, so that what passes once passes again."""
    seed = zlib.crc32(request.node.nodeid.encode())
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)  # Python's, NumPy's and TensorFlow's
    else:
        random.seed(seed)
    if "node" in request.fixturenames:
        request.getfixturevalue("node").evaluate(SEEDED, seed=seed)


@pytest.fixture(scope="session")
def browser(dense: Path, node: NodeSession) -> Iterator[BrowserSession]:
    import numpy as np

    with BrowserSession(timeout=60) as session:
        try:
            session.predict(dense, [np.zeros((1, 3), np.float32)], "cpu")
        except BrowserNotFound as error:
            _missing(error)
        yield session


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser of Playwright's, for pages of one's own; `browser` is the verifier's.

    One for all, since Playwright does not start twice in a thread.
    """
    from playwright.sync_api import sync_playwright

    executable = chromium_executable()
    if executable is None:
        _missing(FileNotFoundError("There is no Chromium or Chrome on this machine."))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield started
        started.close()
