"""Which batches each epoch of a training trains and validates on."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from numbers import Integral
from typing import Any, NamedTuple

from tfjsbridge.training.data import positive_integer


class Span(NamedTuple):
    """A piece of an epoch, as the numbers of the batches it begins with and ends before.

    Attributes:
      cycle: the number of the pass over the data, which decides the order of the examples.
      fresh: whether the epoch begins here.
      begin, end: of training.
      validation_begin, validation_end: of validation, which comes after it.
    """

    cycle: int
    fresh: bool
    begin: int
    end: int
    validation_begin: int = 0
    validation_end: int = 0

    @property
    def batches(self) -> int:
        """How many batches there are in it."""
        return self.end - self.begin + self.validation_end - self.validation_begin


def check_validation_freq(value: Any) -> Any:
    """How often to validate, checked.

    Raises:
      ValueError: if it is neither a positive integer nor a collection of epochs.
    """
    if isinstance(value, Container) and not isinstance(value, (str, bytes)):
        return value
    return positive_integer("validationFreq", value)


def check_initial_epoch(value: Any) -> None:
    """Refuse a first epoch that is no number of one.

    Raises:
      ValueError: if it is not an integer from 0 on.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 0:
        raise ValueError(f"initialEpoch must be an integer from 0 on, got {value!r}.")


@dataclass(frozen=True)
class Plan:
    """How the epochs of a training go over its data.

    Attributes:
      batches: how many there are in the training data.
      steps_per_epoch: how many of them make an epoch. The next epoch goes on behind them; where
        fewer are left, an epoch ends with them, and the next one begins the data anew.
      first: the number of the first epoch.
      validation_batches: how many to validate on.
      validation_freq: each how many epochs to do so, or the epochs after which to, counted from 1.
    """

    batches: int
    steps_per_epoch: int
    first: int = 0
    validation_batches: int = 0
    validation_freq: int | Container[int] = 1

    def epoch(self, number: int) -> Span:
        """The whole of an epoch."""
        epochs_per_cycle = -(-self.batches // self.steps_per_epoch)
        cycle, epoch_in_cycle = divmod(number - self.first, epochs_per_cycle)
        begin = epoch_in_cycle * self.steps_per_epoch
        end = min(begin + self.steps_per_epoch, self.batches)
        validated = self.validation_batches if self.validates(number) else 0
        return Span(self.first + cycle, True, begin, end, 0, validated)

    def validates(self, number: int) -> bool:
        """Whether an epoch ends with a validation."""
        if isinstance(self.validation_freq, int):
            return (number + 1) % self.validation_freq == 0
        return number + 1 in self.validation_freq


class StreamPlan(Plan):
    """How epochs go over a stream of batches, whose number is known where it is given alone."""

    def __init__(
        self,
        steps_per_epoch: int | None,
        first: int,
        validation: bool,
        validation_freq: int | Container[int],
    ):
        count = steps_per_epoch or 0
        super().__init__(count, count, first, int(validation), validation_freq)

    def epoch(self, number: int) -> Span:
        """The whole of an epoch; what validates has an end that is not 0."""
        validated = self.validation_batches if self.validates(number) else 0
        return Span(number, True, 0, self.batches, 0, validated)
