"""tf.data.array, generator, func and zip, against tf.js."""

from __future__ import annotations

import gc
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tfjsbridge as tf
from tests.data.parity import assert_same, in_tfjs
from tests.tfjs.api import SYMBOLS, problem
from tfjsbridge.verify import NodeSession, TfjsError

SYMBOLS_OF_DATA = [name for name in SYMBOLS if name.startswith("tf.data.")]


@pytest.mark.parametrize("name", SYMBOLS_OF_DATA)
def test_a_symbol_has_the_parameters_of_tfjs(name: str) -> None:
    assert problem(name) is None


def test_all_that_tf_data_has_in_tfjs_is_here(node: NodeSession) -> None:
    names = set(node.evaluate("return Object.keys(tf.data)"))
    assert names - {"default", "version_data"} == set(tf.data.__all__)


# array


@pytest.mark.parametrize(
    "items",
    [[], [1, 2], ["a"], [[1], [2, 3]], [{"a": 1}, 2, "x", [True]], [{"a": {"b": [1, [2]]}}]],
    ids=str,
)
def test_an_array_has_the_elements_of_a_list(node: NodeSession, items: list[Any]) -> None:
    body = "const d = tf.data.array(args.items); return [d.size, await d.toArray()];"
    size, elements = in_tfjs(node, body, items=items)
    dataset = tf.data.array(items)
    assert dataset.size == size
    assert_same(dataset.toArray(), elements)


def test_an_array_takes_numpy_pandas_and_tensors() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    for items in (rows, tf.tensor(rows), pd.DataFrame(rows, columns=["a", "b"]), tuple(rows)):
        dataset = tf.data.array(items)  # type: ignore[arg-type]
        assert dataset.size == 3
        [batch] = dataset.batch(3)
        assert batch.arraySync() == rows.tolist()
    [batch] = tf.data.array(np.arange(4)).batch(4)
    assert (batch.dtype, batch.shape) == ("float32", [4])
    [batch] = tf.data.array(pd.Series(["a", "b"])).batch(4)  # type: ignore[arg-type]
    assert batch.arraySync() == ["a", "b"]


@pytest.mark.parametrize("items", [3, None, {"a": 1}, "abc", {1, 2}, np.float32(1)], ids=str)
def test_an_array_of_anything_else_is_refused(items: Any) -> None:
    # tf.js: reads numbers and dicts without end.
    with pytest.raises(TypeError, match="array: expected a list of elements, got"):
        tf.data.array(items)


def test_tensors_of_an_array_stay_with_their_owner() -> None:
    mine = tf.tensor([1, 2])
    dataset = tf.data.array([mine])
    dataset.forEachAsync(lambda x: None)
    assert not mine.isDisposed
    assert dataset.toArray()[0].arraySync() == [1, 2]


# generator


class Counter:
    """An iterator as JavaScript has it."""

    def __init__(self, end: int):
        self.at, self.end = 0, end

    def next(self) -> dict[str, Any]:
        self.at += 1
        return {"value": self.at - 1, "done": self.at > self.end}


class AsyncCounter(Counter):
    """One whose values are awaited."""

    async def next(self) -> dict[str, Any]:  # type: ignore[override]
        return super().next()


def numbers() -> Iterator[int]:
    yield from range(3)


async def numbers_in_time() -> AsyncIterator[int]:
    for i in range(3):
        yield i


async def made_in_time() -> Iterator[int]:
    return iter(range(3))


def counting(end: int) -> dict[str, Any]:
    counter = Counter(end)
    return {"next": counter.next}


GENERATORS: dict[str, Any] = {
    "generator function": numbers,
    "function that returns an iterator": lambda: iter([0, 1, 2]),
    "function that returns a list": lambda: [0, 1, 2],
    "object with next()": lambda: Counter(3),
    "object with an async next()": lambda: AsyncCounter(3),
    "dict with next": lambda: counting(3),
    "async generator function": numbers_in_time,
    "async function": made_in_time,
    "class": lambda: range(3),
}


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_is_called_for_each_iterator(node: NodeSession, kind: str) -> None:
    body = """
        const d = tf.data.generator(function* () { yield 0; yield 1; yield 2; });
        return [d.size, await d.toArray(), await d.toArray()];
    """
    size, *elements = in_tfjs(node, body)
    dataset = tf.data.generator(GENERATORS[kind])
    assert_same([dataset.size, dataset.toArray(), dataset.toArray()], [size, *elements])


def test_an_error_in_a_generator_says_where_it_was(node: NodeSession) -> None:
    body = """
        return await tf.data.generator(
            function* () { yield 1; throw new Error('no more'); }).toArray();
    """
    with pytest.raises(TfjsError, match="Error thrown while iterating through a dataset: no more"):
        in_tfjs(node, body)

    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("no more")

    with pytest.raises(KeyError, match="Error thrown while iterating through a dataset: no more"):
        tf.data.generator(failing).toArray()


@pytest.mark.parametrize("made", [3, None, {"a": 1}], ids=str)
def test_a_generator_that_returns_no_iterator_is_refused(made: Any) -> None:
    with pytest.raises(TypeError, match=r"must be a generator or return an iterator, but it ret"):
        tf.data.generator(lambda: made).toArray()


def test_a_generator_itself_is_refused() -> None:
    with pytest.raises(TypeError, match=r"expected a function that returns.*got generator; give"):
        tf.data.generator(numbers())  # type: ignore[arg-type]


def test_a_generator_that_is_not_read_on_is_closed() -> None:
    closed = []

    def careful() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    assert tf.data.generator(careful).take(1).toArray() == [1]
    gc.collect()
    assert closed == [True]


# func


def test_a_function_is_read_once(node: NodeSession) -> None:
    body = """
        let i = 0;
        const d = tf.data.func(() => ({value: i++, done: i > 5}));
        return [d.size, await d.take(2).toArray(), await d.toArray(), await d.toArray()];
    """
    counter = Counter(5)
    dataset = tf.data.func(counter.next)
    ours = [dataset.size, dataset.take(2).toArray(), dataset.toArray(), dataset.toArray()]
    assert_same(ours, in_tfjs(node, body))
    assert tf.data.func(AsyncCounter(2).next).toArray() == [0, 1]


def test_what_a_function_must_give() -> None:
    # tf.js: undefined without end.
    with pytest.raises(TypeError, match=r"must give \{'value': .*'done': .*\}, but gave 3"):
        tf.data.func(lambda: 3).toArray()
    with pytest.raises(TypeError, match="func: expected a function, got int"):
        tf.data.func(3)  # type: ignore[arg-type]


# zip

ZIPS: list[tuple[str, str]] = [
    ("[a, b]", "[a, b]"),
    ("{x: a, y: b}", "{'x': a, 'y': b}"),
    ("{x: a, y: {z: b, w: a}}", "{'x': a, 'y': {'z': b, 'w': a}}"),
    ("[[a], {b}]", "[[a], {'b': b}]"),
    ("[a, a]", "[a, a]"),
    ("[a]", "[a]"),
    ("[]", "[]"),
    ("[a, b.take(0)]", "[a, b.take(0)]"),
    ("{x: a, y: a.repeat()}", "{'x': a, 'y': a.repeat()}"),
    ("{f, g: f}", "{'f': f, 'g': f}"),
]


@pytest.mark.parametrize(("theirs", "ours"), ZIPS, ids=[theirs for theirs, _ in ZIPS])
def test_zipped_datasets_end_with_the_shortest(node: NodeSession, theirs: str, ours: str) -> None:
    setup = """
        const a = tf.data.array([1, 2, 3]), b = tf.data.array(['x', 'y']);
        let i = 0;
        const f = tf.data.func(() => ({value: i++, done: i > 5}));
    """
    expected = in_tfjs(node, f"{setup} return await tf.data.zip({theirs}).toArray();")
    a, b = tf.data.array([1, 2, 3]), tf.data.array(["x", "y"])
    names = {"a": a, "b": b, "f": tf.data.func(Counter(5).next)}
    assert_same(tf.data.zip(eval(ours, names)).toArray(), expected)


def test_zipped_vectors_and_numbers_are_batched(node: NodeSession) -> None:
    body = """
        const xs = tf.data.array([[1, 2], [3, 4], [5, 6]]), ys = tf.data.array([7, 8, 9]);
        return await tf.data.zip(%s).batch(2).toArray();
    """
    xs, ys = tf.data.array([[1, 2], [3, 4], [5, 6]]), tf.data.array([7, 8, 9])
    ours = tf.data.zip({"xs": xs, "ys": ys}).batch(2)
    assert_same(ours.toArray(), in_tfjs(node, body % "{xs, ys}"))
    ours = tf.data.zip([ys, ys]).batch(2)
    assert_same(ours.toArray(), in_tfjs(node, body % "[ys, ys]"))
    # tf.js: makes a broken tensor.
    with pytest.raises(ValueError, match="should have"):
        tf.data.zip([xs, ys]).batch(2).toArray()


def test_the_size_of_zipped_datasets_is_known_where_all_are() -> None:
    a, u = tf.data.array([1, 2, 3]), tf.data.generator(numbers)
    # tf.js: 0 for one of these and 3 for the other.
    assert [tf.data.zip(x).size for x in ([a, u], [u, a])] == [None, None]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("3", 3), ("'ab'", "ab"), ("[tf.data.array([1]), 3]", [tf.data.array([1]), 3])],
    ids=str,
)
def test_what_cannot_be_zipped(node: NodeSession, theirs: str, ours: Any) -> None:
    with pytest.raises(TfjsError) as error:
        in_tfjs(node, f"return await tf.data.zip({theirs}).toArray();")
    with pytest.raises(TypeError) as raised:
        tf.data.zip(ours)
    assert str(raised.value) in str(error.value)


# webcam, microphone


def test_a_page_is_needed_for_camera_and_microphone() -> None:
    with pytest.raises(NotImplementedError, match=r"page's <video> element.*tf\.data\.generator"):
        tf.data.webcam(None, {"resizeWidth": 3, "resizeHeight": 3})
    with pytest.raises(NotImplementedError, match=r"page's audio.*tf\.data\.generator"):
        tf.data.microphone({"sampleRateHz": 44100})
    with pytest.raises(TypeError, match="unknown option 'width'"):
        tf.data.webcam(None, width=3)  # type: ignore[call-overload]


def test_datasets_are_let_go_of() -> None:
    dataset = tf.data.array([np.zeros(3)]).map(lambda x: x).batch(2)
    alive = weakref.ref(dataset)
    dataset.toArray()
    del dataset
    gc.collect()
    assert alive() is None
