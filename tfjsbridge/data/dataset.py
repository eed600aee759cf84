"""Dataset: elements that are read when they are needed, and what can be made of them.

Follows tfjs-data/src/dataset.ts. What tf.js gives as a Promise is given directly.
"""

from __future__ import annotations

import math
import random as python_random
from collections.abc import Callable, Iterator
from typing import Any

from tfjsbridge.alea import Alea
from tfjsbridge.data import iterators
from tfjsbridge.data.iterators import LazyIterator, lazy
from tfjsbridge.performance import tidy
from tfjsbridge.tensor_format import js_number


class Dataset:
    """A list of elements that may be long or without end; each goes over it anew.

    An element is a number, a text, a list of them, a Tensor, or a dict of these. A class of your
    own needs one method, `iterator`.

    Attributes:
      size: how many elements there are: math.inf, or None where it is not known.
    """

    MAX_BUFFER_SIZE = 10000

    size: float | None = None
    #: Whether the elements are batches, so that their first axis may differ.
    _batched = False

    def iterator(self) -> LazyIterator:
        """A new iterator over all elements."""
        raise NotImplementedError(f"{type(self).__name__} must have a method iterator(self).")

    def __iter__(self) -> Iterator[Any]:
        return self.iterator()

    def batch(self, batchSize: float, smallLastBatch: bool = True) -> Dataset:
        """Batches of elements, as Tensors with a first axis for them; dicts stay dicts.

        A list is an array of numbers or texts. None becomes NaN among numbers and "" among texts,
        as the empty fields of a CSV file do in tf.js, where a null in an array becomes 0.

        Args:
          batchSize: how many elements make a batch.
          smallLastBatch: whether there is a smaller last batch of what is left.

        Raises:
          ValueError: where `batchSize` is not positive; later, for elements of different shapes.
          TypeError: later, for elements that no Tensor can be made of.
        """
        if not _is_number(batchSize) or not batchSize > 0:
            raise ValueError(f"batchSize needs to be positive, but it is {batchSize!r}")
        size = self.size
        if size is not None and size != math.inf:
            size = math.ceil(size / batchSize) if smallLastBatch else size // batchSize
        return dataset_of(
            lambda: iterators.batched(_of(self), batchSize, smallLastBatch), size, batched=True
        )

    def concatenate(self, dataset: Dataset) -> Dataset:
        """The elements of this Dataset, then those of another one."""
        if not isinstance(dataset, Dataset):
            raise TypeError(f"concatenate: expected a Dataset, got {type(dataset).__name__}.")
        sizes = (self.size, dataset.size)
        if math.inf in sizes:
            size: float | None = math.inf
        else:
            size = None if None in sizes else sum(s for s in sizes if s is not None)
        return dataset_of(
            lambda: iterators.chained(_of(each) for each in (self, dataset)),
            size,
            self._batched or dataset._batched,
        )

    def filter(self, predicate: Callable[[Any], Any]) -> Dataset:
        """The elements of which a function says True."""
        _check_function("filter", predicate)
        size = math.inf if self.size == math.inf else None
        return self._like(lambda: iterators.filtered(_of(self), predicate), size)

    def forEachAsync(self, f: Callable[[Any], Any]) -> None:
        """Call a function, which may be `async`, with each element."""
        _check_function("forEachAsync", f)
        _of(self).forEachAsync(f)

    def map(self, transform: Callable[[Any], Any]) -> Dataset:
        """What a function makes of each element; its Tensors but those it returns are tidied."""
        _check_function("map", transform)
        return self._like(
            lambda: iterators.mapped(_of(self), lambda x: tidy(lambda: transform(x))), self.size
        )

    def mapAsync(self, transform: Callable[[Any], Any]) -> Dataset:
        """`map` with a function that may be `async`; what it makes besides is not tidied."""
        _check_function("mapAsync", transform)
        return self._like(lambda: iterators.mapped(_of(self), transform), self.size)

    def prefetch(self, bufferSize: int) -> Dataset:
        """The same elements, of which so many are read ahead.

        They are read in the same thread, as in tf.js: `.tensorflow()` has a prefetch of its own.

        Raises:
          ValueError: where `bufferSize` is None or, once it is read, less than 1.
        """
        if bufferSize is None:
            raise ValueError("`Dataset.prefetch()` requires bufferSize to be specified.")
        return self._like(lambda: iterators.prefetched(_of(self), bufferSize), self.size)

    def repeat(self, count: float | None = None) -> Dataset:
        """The elements `count` times over; without end for None or a negative count."""
        endless = count is None or count < 0 or count == math.inf
        size = self.size
        if count == 0:
            size = 0
        elif size is not None:
            # tf.js: 7.5 for 5 elements 1.5 times, which are read twice.
            size = math.inf if endless else size * math.ceil(count)  # type: ignore[arg-type]
        rounds = math.inf if endless else count
        return self._like(lambda: iterators.repeated(lambda: _of(self), rounds), size)  # type: ignore[arg-type]

    def skip(self, count: float | None) -> Dataset:
        """All but the first `count` elements; all of them for None or a negative count."""
        if count is None or count < 0:
            # tf.js: its size is 0 then, though it has all elements.
            return self._like(lambda: _of(self), self.size)
        size = None if self.size is None else max(0, self.size - count)
        return self._like(lambda: iterators.skipped(_of(self), count), size)

    def shuffle(
        self, bufferSize: int, seed: float | str | None = None, reshuffleEachIteration: bool = True
    ) -> Dataset:
        """The elements in a random order, each drawn from the next `bufferSize` ones.

        Args:
          bufferSize: how many elements are held at a time; the size of the whole for a full mix.
          seed: a number other than 0 or a text, from which the order follows, which is tf.js's.
            Without it, `tf.setRandomSeed` makes the order the same in each run.
          reshuffleEachIteration: whether the order is another one each time. It is in any case,
            as in tf.js, whose documentation says otherwise.

        Raises:
          ValueError: where `bufferSize` is None or negative or, once it is read, 0.
        """
        if bufferSize is None or bufferSize < 0:
            raise ValueError(_no_buffer_size(self.size))
        random = Alea(seed or python_random.random())

        def iterate() -> LazyIterator:
            number = _int32(random) + (_int32(random) if reshuffleEachIteration else 0)
            return iterators.shuffled(_of(self), bufferSize, str(number))

        return self._like(iterate, self.size)

    def take(self, count: float | None) -> Dataset:
        """The first `count` elements; all of them for None or a negative count."""
        if count is None or count < 0:
            # tf.js: its size is null or negative then.
            return self._like(lambda: _of(self), self.size)
        size = None if self.size is None else min(self.size, count)
        return self._like(lambda: iterators.taken(_of(self), count), size)

    def toArray(self) -> list[Any]:
        """All elements as a list.

        Raises:
          ValueError: where there is no end to them.
        """
        if self.size == math.inf:
            raise ValueError("Can not convert infinite data stream to array.")
        return _of(self).toArray()

    def toArrayForTest(self) -> list[Any]:
        """`toArray`, with 100 elements read ahead."""
        return self.prefetch(100).toArray()

    def tensorflow(self, output_signature: Any = None) -> Any:
        """A `tf.data.Dataset` of TensorFlow with the same elements, for Keras and its like.

        {"xs": x, "ys": y} becomes (x, y), which Keras's `fit` takes. tf.js has no such method.

        Args:
          output_signature: a nest of `tf.TensorSpec` for the elements. Without it the first
            element is read to see; the first axis of batches is left open then.

        Raises:
          ValueError: where there is no element to see.
        """
        from tfjsbridge.data.tensorflow_dataset import tensorflow_dataset

        return tensorflow_dataset(self, output_signature, self._batched)

    def __repr__(self) -> str:
        size = "unknown" if self.size is None else js_number(self.size)
        return f"<{type(self).__name__}, size {size}>"

    def _like(self, iterate: Callable[[], LazyIterator], size: float | None) -> Dataset:
        return dataset_of(iterate, size, self._batched)


class _Made(Dataset):
    """A Dataset of a function that gives a new iterator."""

    def __init__(self, iterate: Callable[[], LazyIterator], size: float | None, batched: bool):
        self._iterate = iterate
        self.size = size
        self._batched = batched

    def iterator(self) -> LazyIterator:
        return self._iterate()

    def __repr__(self) -> str:
        return super().__repr__().replace("_Made", "Dataset")


def dataset_of(
    iterate: Callable[[], LazyIterator], size: float | None = None, batched: bool = False
) -> Dataset:
    """A Dataset of a function that gives a new iterator (`datasetFromIteratorFn`)."""
    return _Made(iterate, size, batched)


def _of(dataset: Dataset) -> LazyIterator:
    """A new iterator over a dataset, which may be of a user's own class."""
    return lazy(dataset.iterator())


def _int32(random: Alea) -> int:
    """A number of 32 bits with a sign, as seedrandom's `int32` draws it."""
    number = int(random.next() * 2**32)
    return number - 2**32 if number >= 2**31 else number


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_function(method: str, function: Any) -> None:
    if not callable(function):
        raise TypeError(f"{method}: expected a function, got {type(function).__name__}.")


def _no_buffer_size(size: float | None) -> str:
    text = "`Dataset.shuffle()` requires bufferSize to be specified."
    if size is None:
        return text
    return (
        f"{text}  If your data fits in main memory, consider setting bufferSize to the dataset "
        f"size ({js_number(size)} elements)"
    )
