"""LazyIterator: what a Dataset is read with, an element at a time.

Follows tfjs-data/src/iterators/lazy_iterator.ts. Each function below makes an iterator of another
one; none reads further than it must, and none holds more than a batch, a window or a buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfjsbridge.alea import Alea
from tfjsbridge.data.nests import batch_of, dispose_replaced
from tfjsbridge.performance import dispose, tidy
from tfjsbridge.promises import resolved


class LazyIterator(Iterator[Any]):
    """The elements of a dataset, once. An error leaves it at the next element."""

    def __init__(self, read: Callable[[], Any]):
        """Of a function that gives the next element or raises StopIteration."""
        self._read = read

    def __next__(self) -> Any:
        return self._read()

    def next(self) -> dict[str, Any]:
        """The next element as tf.js gives it: {"value": ..., "done": False}."""
        try:
            return {"value": next(self), "done": False}
        except StopIteration:
            return {"value": None, "done": True}

    def toArray(self) -> list[Any]:
        """All elements that are left."""
        return list(self)

    def resolveFully(self) -> None:
        """Read all elements that are left and keep none."""
        for _ in self:
            pass

    def forEachAsync(self, f: Callable[[Any], Any]) -> None:
        """Call a function with each element that is left; its Tensors are disposed of then."""
        mapped(self, f).resolveFully()


def lazy(iterator: Iterator[Any]) -> LazyIterator:
    """A LazyIterator of any iterator."""
    if isinstance(iterator, LazyIterator):
        return iterator
    iterator = iter(iterator)
    return LazyIterator(lambda: next(iterator))


def mapped(upstream: LazyIterator, transform: Callable[[Any], Any]) -> LazyIterator:
    """What a function makes of each element. Tensors that it does not return are disposed of."""

    def read() -> Any:
        element = next(upstream)
        result = resolved(_call(transform, element))
        dispose_replaced(element, result)
        return result

    return LazyIterator(read)


def filtered(upstream: LazyIterator, predicate: Callable[[Any], Any]) -> LazyIterator:
    """The elements of which a function says True."""

    def read() -> Any:
        while True:
            element = next(upstream)
            if _call(lambda e: tidy(lambda: predicate(e)), element):
                return element
            dispose(element)

    return LazyIterator(read)


def _call(function: Callable[[Any], Any], element: Any) -> Any:
    try:
        return function(element)
    except StopIteration as error:  # which would end the dataset without a word
        raise RuntimeError(f"{function!r} raised StopIteration") from error


def taken(upstream: LazyIterator, count: float) -> LazyIterator:
    """The first `count` elements."""
    left = count

    def read() -> Any:
        nonlocal left
        if left <= 0:
            raise StopIteration
        left -= 1
        return next(upstream)

    return LazyIterator(read)


def skipped(upstream: LazyIterator, count: float) -> LazyIterator:
    """All but the first `count` elements."""
    left = count

    def read() -> Any:
        nonlocal left
        while left > 0:
            left -= 1
            dispose(next(upstream))
        return next(upstream)

    return LazyIterator(read)


def batched(upstream: LazyIterator, size: float, small_last: bool) -> LazyIterator:
    """Batches of `size` elements; of fewer at the end, or none then."""

    def read() -> Any:
        rows: list[Any] = []
        while len(rows) < size:
            try:
                rows.append(next(upstream))
            except StopIteration:
                if not rows or not small_last:
                    raise
                break
        result = batch_of(rows)
        dispose_replaced(rows, result)
        return result

    return LazyIterator(read)


def chained(iterators: Iterator[LazyIterator]) -> LazyIterator:
    """The elements of one iterator after the other."""
    current: LazyIterator | None = None

    def read() -> Any:
        nonlocal current
        while True:
            if current is None:
                current = next(iterators)
            try:
                return next(current)
            except StopIteration:
                current = None

    return LazyIterator(read)


def repeated(iterate: Callable[[], LazyIterator], count: float) -> LazyIterator:
    """The elements of what `iterate` gives, `count` times over."""
    empty = False

    def rounds() -> Iterator[LazyIterator]:
        nonlocal empty
        done = 0
        # tf.js: reads an empty dataset over and over without end.
        while done < count and not empty:
            done += 1
            empty = True
            yield watched(iterate())

    def watched(upstream: LazyIterator) -> LazyIterator:
        def read() -> Any:
            nonlocal empty
            element = next(upstream)
            empty = False
            return element

        return LazyIterator(read)

    return chained(rounds())


class _Buffer:
    """What was read ahead, the end and errors too, which are told when their turn comes."""

    def __init__(self, upstream: LazyIterator, capacity: int):
        if capacity < 1:
            raise ValueError("Can't create ring buffer of capacity < 1.")
        self.upstream = upstream
        self.capacity = capacity
        self.outcomes: list[tuple[Any, BaseException | None]] = []

    def fill(self) -> None:
        """Read until there are as many as fit."""
        while len(self.outcomes) < self.capacity:
            try:
                self.outcomes.append((next(self.upstream), None))
            except Exception as error:
                self.outcomes.append((None, error))


def prefetched(upstream: LazyIterator, size: int) -> LazyIterator:
    """The same elements, of which `size` are read ahead."""
    buffer = _Buffer(upstream, size)

    def read() -> Any:
        buffer.fill()
        element, error = buffer.outcomes.pop(0)
        if error is not None:
            raise error
        return element

    return LazyIterator(read)


def shuffled(upstream: LazyIterator, window: int, seed: str) -> LazyIterator:
    """The elements in an order that is drawn from a window of so many; tf.js's for a seed."""
    buffer = _Buffer(upstream, window)
    outcomes = buffer.outcomes
    random = Alea(seed)
    exhausted = False

    def read() -> Any:
        nonlocal exhausted
        if not exhausted:
            buffer.fill()
        while outcomes:
            # The ends that fill the window up are drawn too, as in tf.js.
            place = int(random.next() * len(outcomes))
            element, error = outcomes[place]
            outcomes[place] = outcomes[-1]
            outcomes.pop()
            if isinstance(error, StopIteration):
                exhausted = True
                continue
            if error is not None:
                raise error
            buffer.fill()
            return element
        raise StopIteration

    return LazyIterator(read)
