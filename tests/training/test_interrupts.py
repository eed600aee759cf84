"""Ctrl-C comes after a block, not in it."""

from __future__ import annotations

import signal
import threading

import pytest

from tfjsbridge.training.interrupts import deferred


def test_ctrl_c_comes_after_the_block() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), deferred():  # noqa: PT012
        signal.raise_signal(signal.SIGINT)
        done.append("all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_in_the_block_comes_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError), deferred():
        _ = 1 / 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_programs_own_handler_is_left_alone() -> None:
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append("at once"))
    try:
        with deferred():
            signal.raise_signal(signal.SIGINT)
            assert came == ["at once"]
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_run_without_it() -> None:
    results = []

    def work() -> None:
        with deferred():
            results.append("worked")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == ["worked"]
