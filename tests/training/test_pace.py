"""How many batches make a call."""

from __future__ import annotations

import pytest

from tfjsbridge.training import pace
from tfjsbridge.training.pace import GROWTH, Pace, paced


def after(*calls: tuple[int, float]) -> int:
    learned = Pace()
    for batches, seconds in calls:
        learned.took(batches, seconds)
    return learned.batches


def test_calls_grow_to_the_time_they_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.1)
    assert after() == 1
    assert after((1, 0.001)) == GROWTH
    assert after((1, 0.001), (GROWTH, 0.008)) == GROWTH**2
    assert after((1, 0.001), (GROWTH, 0.008), (GROWTH**2, 0.064)) == 100


def test_calls_of_slow_batches_are_of_one() -> None:
    assert after((1, 5.0)) == 1


def test_no_time_and_no_batches_break_nothing() -> None:
    assert after((1, 0.0)) == GROWTH
    assert after((0, 1.0)) == 1


@pytest.mark.parametrize("total", [0, 1, 5, 16, 17, 1000])
def test_calls_cover_everything_once(total: int) -> None:
    calls = list(paced(total))
    assert [i for begin, end in calls for i in range(begin, end)] == list(range(total))
