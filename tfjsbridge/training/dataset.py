"""Training on a stream of batches: a tf.data.Dataset, a PyDataset, a generator."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tfjsbridge.runtime import keras
from tfjsbridge.training.cached import cached
from tfjsbridge.training.data import Data, prepare
from tfjsbridge.training.onestep import OneStep, TestStep, TrainStep, batch_specs
from tfjsbridge.training.plan import Span

Logs = dict[str, Any]


class Stream:
    """The batches of a dataset, one at a time.

    Attributes:
      limit: how many make an epoch, or None for all that there are.
    """

    def __init__(
        self,
        model: Any,
        dataset: Any,
        limit: int | None,
        class_weight: Mapping[int, float] | None = None,
        what: str = "",
        anew: bool = False,
    ):
        """For `what` in messages; `anew` begins at its first batch each time."""
        self.model = model
        self.dataset = dataset
        self.limit = limit
        self.class_weight = class_weight
        self.what = what
        self.anew = anew
        self.taken = 0
        self._iterator: Iterator[Any] | None = None
        self._ahead: Data | None = None
        self._ended = False

    def begin(self) -> None:
        """Begin an epoch: behind the last one where a number of batches makes one."""
        if self.taken and (self.anew or self.limit is None):
            self._iterator = self._ahead = None
        self.taken = 0
        self._ended = False

    def more(self) -> bool:
        """Whether the epoch has another batch; it is read ahead."""
        if self.limit is not None and self.taken >= self.limit:
            return False
        if self._ahead is None and not self._ended:
            self._ahead = self._read()
            if self._ahead is None and not self.taken:
                self._ahead = self._read()  # the last epoch ended with the data
                if self._ahead is None:
                    raise ValueError(
                        f"The {self.what}dataset holds no batches, or none any more: an iterator "
                        "can be gone over once. Give a function that returns a new one."
                    )
            self._ended = self._ahead is None
        return self._ahead is not None

    def next(self) -> Data:
        """The batch that `more` has found."""
        data, self._ahead = self._ahead, None
        assert data is not None
        self.taken += 1
        return data

    def _read(self) -> Data | None:
        if self._iterator is None:
            self._iterator = iter(_batches(self.dataset))
        try:
            batch = next(self._iterator)
        except StopIteration:
            self._iterator = None
            if self.limit is not None and self.taken:
                warnings.warn(
                    f"The {self.what}dataset ran out of data after {self.taken} of "
                    f"{self.limit} batches of an epoch; the epoch ends with them. The dataset "
                    "must hold batchesPerEpoch * epochs batches: dataset.repeat() makes it do so.",
                    stacklevel=2,
                )
            return None
        x, y, weight = _parts(batch)
        what = f"{self.what}batch {self.taken} of the dataset: "
        return prepare(self.model, x, y, weight, self.class_weight, what=what, training=True)


class DatasetLoop:
    """A model's training on streams, a call for each batch. It stands where a Loop does."""

    def __init__(self, model: Any, train: Stream, validation: Stream | None):
        """The first batch is read, to build what is not built yet.

        Raises:
          ValueError: where there is none.
        """
        self.model = model
        self.train_stream = train
        self.validation_stream = validation
        self._length = 0
        train.begin()
        train.more()
        assert train._ahead is not None
        self._step_for(TrainStep, train._ahead)

    def begin(self, span: Span, trained: int = 0) -> None:
        """Take up an epoch."""
        self.model.reset_metrics()
        self.train_stream.begin()
        self._validates = span.validation_end > 0
        self._tests = 0

    def more(self) -> bool:
        """Whether the epoch has further batches to train."""
        return self.train_stream.more()

    def train(self, limit: int) -> tuple[int, Logs]:
        """Train further batches, at most `limit`; how many they were, and the epoch's logs."""
        return self._run(TrainStep, self.train_stream, limit)

    def more_validation(self) -> bool:
        """Whether the epoch has further batches to validate on."""
        if self.validation_stream is None or not self._validates:
            return False
        if self._tests == 0:
            self.validation_stream.begin()
        return self.validation_stream.more()

    def validate(self, limit: int) -> tuple[int, Logs]:
        """Validate on further batches, at most `limit`; how many, and the validation's logs."""
        assert self.validation_stream is not None
        if self._tests == 0:
            self.model.reset_metrics()
        count, logs = self._run(TestStep, self.validation_stream, limit)
        self._tests += count
        return count, logs

    def batch_length(self) -> int:
        """How many examples the batch had that was trained last."""
        return self._length

    def release(self) -> None:
        """Let go of the data."""

    def _run(self, kind: Callable[..., OneStep], stream: Stream, limit: int) -> tuple[int, Logs]:
        count = 0
        row: Any = None
        while count < limit and stream.more():
            data = stream.next()
            self._length = data.size
            step = self._step_for(kind, data)
            row = step.run(data)
            count += 1
        return count, step.read(row)

    def _step_for(self, kind: Callable[..., OneStep], data: Data) -> OneStep:
        return cached(kind, self.model, batch_specs(self.model, data.tensors))


def _batches(dataset: Any) -> Iterable[Any]:
    """What to iterate over: a function gives a new iterator at every call."""
    if isinstance(dataset, keras.utils.PyDataset):
        return _of_py_dataset(dataset)
    return dataset() if callable(dataset) and not hasattr(dataset, "__iter__") else dataset


def _of_py_dataset(dataset: Any) -> Iterator[Any]:
    dataset.on_epoch_begin()
    count = dataset.num_batches
    for index in itertools.count() if count is None else range(count):
        yield dataset[index]
    dataset.on_epoch_end()


def _parts(batch: Any) -> tuple[Any, Any, Any]:
    """x, y and sample weights of a batch as Keras or tf.js has it."""
    if isinstance(batch, Mapping) and set(batch) == {"xs", "ys"}:
        return batch["xs"], batch["ys"], None
    if isinstance(batch, (tuple, list)) and 1 <= len(batch) <= 3:
        x, y, weight = [*batch, None, None][:3]
        return x, y, weight
    if isinstance(batch, (tuple, list)):
        raise ValueError(
            "A batch of a dataset must be (x, y), (x, y, sample_weight) or {'xs': x, 'ys': y}; "
            f"got a {type(batch).__name__} of {len(batch)}."
        )
    return batch, None, None
