"""One Node process and one Chromium for all tests; on CI a missing one is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify.models import write_dense
from tfjsbridge.verify import (
    BrowserNotFound,
    BrowserSession,
    NodeNotFound,
    NodeSession,
    NpmInstallFailed,
)


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


@pytest.fixture(scope="session")
def browser(dense: Path, node: NodeSession) -> Iterator[BrowserSession]:
    import numpy as np

    with BrowserSession(timeout=60) as session:
        try:
            session.predict(dense, [np.zeros((1, 3), np.float32)], "cpu")
        except BrowserNotFound as error:
            _missing(error)
        yield session
