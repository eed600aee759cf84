"""Which batches an epoch has."""

from __future__ import annotations

from typing import Any

import pytest

from tfjsbridge.training.plan import Plan, Span, check_validation_freq


def spans(epochs: int, **options: Any) -> list[tuple[int, int, int]]:
    plan = Plan(**options)
    numbers = range(plan.first, plan.first + epochs)
    return [(s.cycle, s.begin, s.end) for s in map(plan.epoch, numbers)]


def test_an_epoch_is_a_pass_over_the_data() -> None:
    assert spans(3, batches=5, steps_per_epoch=5) == [(0, 0, 5), (1, 0, 5), (2, 0, 5)]


def test_fewer_steps_go_on_and_the_last_of_a_pass_may_be_shorter() -> None:
    assert spans(4, batches=5, steps_per_epoch=2) == [(0, 0, 2), (0, 2, 4), (0, 4, 5), (1, 0, 2)]


def test_passes_count_from_the_first_epoch() -> None:
    assert spans(2, batches=5, steps_per_epoch=5, first=7) == [(7, 0, 5), (8, 0, 5)]


def test_an_epoch_validates_as_often_as_asked() -> None:
    def validated(frequency: Any) -> list[int]:
        plan = Plan(5, 5, validation_batches=3, validation_freq=frequency)
        return [plan.epoch(number).validation_end for number in range(4)]

    assert validated(1) == [3, 3, 3, 3]
    assert validated(2) == [0, 3, 0, 3]
    assert validated([1, 4]) == [3, 0, 0, 3]


def test_a_span_counts_its_batches() -> None:
    assert Span(0, True, 2, 5, 0, 4).batches == 7


@pytest.mark.parametrize("frequency", [0, -1, 1.5, "2", None])
def test_another_frequency_is_refused(frequency: Any) -> None:
    with pytest.raises(ValueError, match="validationFreq must be a positive integer"):
        check_validation_freq(frequency)
