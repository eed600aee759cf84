"""Datasets of what is in memory, of generators, and of other datasets: array, generator, func, zip.

Follows tfjs-data/src/{dataset,readers}.ts.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.data.dataset import Dataset, dataset_of
from tfjsbridge.data.iterators import LazyIterator, lazy
from tfjsbridge.data.nests import clone
from tfjsbridge.promises import resolved


def array(items: Sequence[Any] | np.ndarray) -> Dataset:
    """A Dataset of the elements of a list, or of the rows of an array or a frame.

    Args:
      items: the elements, each a number, a text, a list of them, a Tensor, or a dict of these.

    Raises:
      TypeError: for anything else.
    """
    given = type(items).__name__
    if not isinstance(items, Sequence) and hasattr(items, "__array__"):
        items = np.asarray(items)
    is_array = isinstance(items, np.ndarray) and items.ndim > 0
    if not is_array and (isinstance(items, (str, bytes)) or not isinstance(items, Sequence)):
        raise TypeError(
            f"array: expected a list of elements, got {given}; tf.data.generator takes a function "
            "that returns an iterator."
        )
    return dataset_of(lambda: lazy(clone(items[i]) for i in range(len(items))), len(items))


def generator(generator: Callable[[], Any]) -> Dataset:
    """A Dataset of a generator function, which is called anew for each iterator.

    Args:
      generator: a function with `yield`, which may be `async`; or one that returns an iterator, or
        an object whose `next()` returns {"value": ..., "done": ...}, as in tf.js.

    Raises:
      TypeError: where it is no function, or returns nothing of these.
    """
    if not callable(generator):
        raise TypeError(
            "generator: expected a function that returns an iterator, got "
            f"{type(generator).__name__}; give the generator function itself."
        )
    return dataset_of(lambda: _told_of_errors(_reader_of(resolved(generator()))))


def func(f: Callable[[], Any]) -> Dataset:
    """A Dataset of a function that gives {"value": ..., "done": ...} at each call.

    There is one iterator: a second time it goes on behind the first.
    """
    if not callable(f):
        raise TypeError(f"func: expected a function, got {type(f).__name__}.")
    iterator = _told_of_errors(lambda: _value(f()))
    return dataset_of(lambda: iterator)


def _reader_of(made: Any) -> Callable[[], Any]:
    """What gives the next value of what a generator function returned."""
    if isinstance(made, AsyncIterator):
        return lambda: _next_of(made)
    following = made.get("next") if isinstance(made, Mapping) else getattr(made, "next", None)
    if not isinstance(made, Iterator) and callable(following):
        return lambda: _value(following())
    if not hasattr(made, "__iter__") or isinstance(made, Mapping):
        raise TypeError(
            "Error thrown while iterating through a dataset: the function must be a generator or "
            f"return an iterator, but it returned {type(made).__name__}."
        )
    iterator = iter(made)
    return lambda: next(iterator)


def _next_of(iterator: AsyncIterator[Any]) -> Any:
    try:
        return resolved(iterator.__anext__())
    except StopAsyncIteration:
        raise StopIteration from None


def _value(result: Any) -> Any:
    result = resolved(result)
    if not isinstance(result, Mapping) or "value" not in result:
        raise TypeError(
            f"the iterator must give {{'value': ..., 'done': ...}}, but gave {result!r:.60}."
        )
    if result.get("done"):
        raise StopIteration
    return result["value"]


def _told_of_errors(read: Callable[[], Any]) -> LazyIterator:
    """An iterator whose errors say where they come from."""

    def next_element() -> Any:
        try:
            return read()
        except StopIteration:
            raise
        except Exception as error:
            if error.args and isinstance(error.args[0], str):
                told = f"Error thrown while iterating through a dataset: {error.args[0]}"
                error.args = (told, *error.args[1:])
            raise

    return LazyIterator(next_element)


def zip(datasets: Any) -> Dataset:
    """A Dataset whose elements hold one of each of several datasets, until one ends.

    Args:
      datasets: a list or dict of Datasets, of any depth; the elements have its structure. A
        Dataset that stands in it twice is read once.

    Raises:
      TypeError: for anything else, or other leaves.
    """
    if not isinstance(datasets, (Mapping, list, tuple)):
        raise TypeError("The argument to zip() must be an object or array.")
    leaves = {id(leaf): leaf for leaf in _leaves(datasets)}
    # tf.js: Math.min, in which an unknown size counts as 0.
    sizes = [leaf.size for leaf in leaves.values()]
    known = [size for size in sizes if size is not None]
    size = min(known, default=0) if len(known) == len(sizes) else None

    def iterate() -> LazyIterator:
        open_ones = {key: lazy(leaf.iterator()) for key, leaf in leaves.items()}
        return LazyIterator(lambda: _next_of_all(datasets, open_ones))

    batched = any(leaf._batched for leaf in leaves.values())
    return dataset_of(iterate, math.inf if size == math.inf else size, batched)


def _leaves(nest: Any) -> Iterator[Dataset]:
    if isinstance(nest, Dataset):
        yield nest
    elif isinstance(nest, (Mapping, list, tuple)):
        for part in nest.values() if isinstance(nest, Mapping) else nest:
            yield from _leaves(part)
    else:
        raise TypeError("Leaves of the structure passed to zip() must be Datasets, not primitives.")


def _next_of_all(nest: Any, open_ones: dict[int, LazyIterator]) -> Any:
    elements = {}
    # As in tf.js all are read on, also where one has ended.
    for key, iterator in open_ones.items():
        results = iterator.next()
        if not results["done"]:
            elements[key] = results["value"]
    if not elements or len(elements) < len(open_ones):
        raise StopIteration
    return _filled(nest, elements)


def _filled(nest: Any, elements: dict[int, Any]) -> Any:
    if isinstance(nest, Dataset):
        return elements[id(nest)]
    if isinstance(nest, Mapping):
        return {key: _filled(part, elements) for key, part in nest.items()}
    return [_filled(part, elements) for part in nest]
