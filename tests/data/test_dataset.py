"""Datasets of tf.data, element by element against tf.js."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.data.parity import assert_same, elements_in_tfjs, in_tfjs
from tfjsbridge.verify import NodeSession, TfjsError

FIVE = [1, 2, 3, 4, 5]

#: The same expression in both: `a` has five elements, `u` two and no size, `i` no end.
PIPELINES: list[tuple[str, str]] = [
    ("a", "a"),
    ("a.batch(2)", "a.batch(2)"),
    ("a.batch(2, false)", "a.batch(2, False)"),
    ("a.batch(5)", "a.batch(5)"),
    ("a.batch(1.5)", "a.batch(1.5)"),
    ("a.batch(7)", "a.batch(7)"),
    ("a.batch(7, false)", "a.batch(7, False)"),
    ("a.concatenate(u)", "a.concatenate(u)"),
    ("a.concatenate(a).concatenate(u.batch(1))", "a.concatenate(a).concatenate(u.batch(1))"),
    ("a.filter(x => x % 2 == 1)", "a.filter(lambda x: x % 2 == 1)"),
    ("a.filter(x => false)", "a.filter(lambda x: False)"),
    ("a.map(x => ({x, y: [x, x * x]}))", "a.map(lambda x: {'x': x, 'y': [x, x * x]})"),
    ("a.map(x => tf.scalar(x)).batch(2)", "a.map(lambda x: tf.scalar(x)).batch(2)"),
    ("a.mapAsync(async x => x + 1)", "a.mapAsync(added)"),
    ("a.prefetch(2)", "a.prefetch(2)"),
    ("a.prefetch(20)", "a.prefetch(20)"),
    ("a.repeat(2)", "a.repeat(2)"),
    ("a.repeat(0)", "a.repeat(0)"),
    ("a.repeat(1.5)", "a.repeat(1.5)"),
    ("a.repeat().take(12)", "a.repeat().take(12)"),
    ("a.repeat(-1).take(7)", "a.repeat(-1).take(7)"),
    ("a.skip(2)", "a.skip(2)"),
    ("a.skip(7)", "a.skip(7)"),
    ("a.skip(-1)", "a.skip(-1)"),
    ("a.skip()", "a.skip(None)"),
    ("a.take(2)", "a.take(2)"),
    ("a.take(0)", "a.take(0)"),
    ("a.take(7)", "a.take(7)"),
    ("a.take(-1)", "a.take(-1)"),
    ("a.take()", "a.take(None)"),
    ("a.batch(2).repeat(2)", "a.batch(2).repeat(2)"),
    ("a.repeat(2).batch(4).skip(1)", "a.repeat(2).batch(4).skip(1)"),
    ("i.skip(3).take(4)", "i.skip(3).take(4)"),
    ("i.filter(x => x > 3).take(4)", "i.filter(lambda x: x > 3).take(4)"),
    ("u.repeat(2).prefetch(3)", "u.repeat(2).prefetch(3)"),
    ("tf.data.array([]).repeat(3)", "tf.data.array([]).repeat(3)"),
    ("tf.data.array([]).batch(3)", "tf.data.array([]).batch(3)"),
]
SETUP = """
    const a = tf.data.array([1, 2, 3, 4, 5]);
    const u = tf.data.generator(function* () { yield 1; yield 2; });
    const i = a.repeat();
"""


def two() -> Iterator[int]:
    yield 1
    yield 2


async def added(x: int) -> int:
    return x + 1


def here(expression: str) -> tf.data.Dataset:
    a = tf.data.array(FIVE)
    names = {"tf": tf, "a": a, "u": tf.data.generator(two), "i": a.repeat(), "added": added}
    result = eval(expression, names)
    assert isinstance(result, tf.data.Dataset)
    return result


@pytest.mark.parametrize(("theirs", "ours"), PIPELINES, ids=[theirs for theirs, _ in PIPELINES])
def test_elements_are_those_of_tfjs(node: NodeSession, theirs: str, ours: str) -> None:
    expected = in_tfjs(node, SETUP + f"return await ({theirs}).toArray();")
    dataset = here(ours)
    assert_same(dataset.toArray(), expected)
    assert_same(list(dataset), expected)
    assert_same(dataset.toArrayForTest(), expected)


SIZES: list[tuple[str, str]] = [
    *PIPELINES,
    ("u.batch(2)", "u.batch(2)"),
    ("i.batch(2)", "i.batch(2)"),
    ("a.concatenate(i)", "a.concatenate(i)"),
    ("u.concatenate(i)", "u.concatenate(i)"),
    ("i.filter(x => x)", "i.filter(lambda x: x)"),
    ("u.repeat(2)", "u.repeat(2)"),
    ("u.repeat()", "u.repeat()"),
    ("u.repeat(0)", "u.repeat(0)"),
    ("i.repeat(2)", "i.repeat(2)"),
    ("i.repeat(0)", "i.repeat(0)"),
    ("u.skip(1)", "u.skip(1)"),
    ("i.skip(3)", "i.skip(3)"),
    ("u.take(2)", "u.take(2)"),
    ("i.take(2)", "i.take(2)"),
    ("a.shuffle(2)", "a.shuffle(2)"),
    ("i.shuffle(2)", "i.shuffle(2)"),
    ("tf.data.zip([a, i])", "tf.data.zip([a, i])"),
    ("tf.data.zip({a, b: a.take(2)})", "tf.data.zip({'a': a, 'b': a.take(2)})"),
    ("tf.data.zip([i, i])", "tf.data.zip([i, i])"),
    ("tf.data.func(() => 1)", "tf.data.func(lambda: 1)"),
]
#: tf.js gives a size here that the elements do not have.
WRONG_SIZES = {
    "a.skip(-1)": 5,
    "a.skip()": 5,
    "a.take(-1)": 5,
    "a.take()": 5,
    "a.repeat(1.5)": 10,
}


@pytest.mark.parametrize(("theirs", "ours"), SIZES, ids=[theirs for theirs, _ in SIZES])
def test_sizes_are_those_of_tfjs(node: NodeSession, theirs: str, ours: str) -> None:
    expected = in_tfjs(node, SETUP + f"return ({theirs}).size;")
    size: Any = "$none" if here(ours).size is None else here(ours).size
    if theirs in WRONG_SIZES:
        assert size != expected
        assert size == WRONG_SIZES[theirs]
    else:
        assert size == (math.inf if expected == "$Infinity" else expected)


BATCHED: dict[str, tuple[str, Any]] = {
    "numbers": ("[1, 2.5, 3]", [1, 2.5, 3]),
    "booleans": ("[true, false, true]", [True, False, True]),
    "booleans and numbers": ("[true, 2, 0]", [True, 2, 0]),
    "numbers and booleans": ("[1, true]", [1, True]),
    "texts": ("['a', 'b']", ["a", "b"]),
    "texts and numbers": ("['a', 1, 2.5]", ["a", 1, 2.5]),
    "texts and booleans": ("['a', true]", ["a", True]),
    "numbers and texts": ("[1, 'a', '2', ' 3 ', '', '0x10']", [1, "a", "2", " 3 ", "", "0x10"]),
    "not a number": ("[NaN, 1, Infinity]", [math.nan, 1, math.inf]),
    "lists": ("[[1, 2], [3, 4], [5, 6]]", [[1, 2], [3, 4], [5, 6]]),
    "lists of lists": ("[[[1], [2]], [[3], [4]]]", [[[1], [2]], [[3], [4]]]),
    "lists of texts": ("[['a', 'b'], ['c', 'd']]", [["a", "b"], ["c", "d"]]),
    "lists of numbers and texts": ("[[1, 'b'], ['3', 'd']]", [[1, "b"], ["3", "d"]]),
    "empty lists": ("[[], []]", [[], []]),
    "dicts": (
        "[{a: 1, b: [1, 2]}, {a: 2, b: [3, 4]}]",
        [{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}],
    ),
    "nested dicts": (
        "[{a: {b: 1, c: {d: 'x'}}}, {a: {b: 2, c: {d: 'y'}}}]",
        [{"a": {"b": 1, "c": {"d": "x"}}}, {"a": {"b": 2, "c": {"d": "y"}}}],
    ),
    "dicts of other keys": (
        "[{a: 1}, {b: 2}, {a: 3, c: 4}]",
        [{"a": 1}, {"b": 2}, {"a": 3, "c": 4}],
    ),
    "empty dicts": ("[{}, {}]", [{}, {}]),
    "a dict and a number": ("[{a: 1}, 2]", [{"a": 1}, 2]),
    "float arrays": (
        "[new Float32Array([1, 2]), new Float32Array([3, 4])]",
        [np.float32([1, 2]), np.float32([3, 4])],
    ),
    "int arrays": (
        "[new Int32Array([1, 2]), new Int32Array([3, 4])]",
        [np.int32([1, 2]), np.int32([3, 4])],
    ),
}


@pytest.mark.parametrize("kind", BATCHED)
def test_a_batch_has_the_values_of_tfjs(node: NodeSession, kind: str) -> None:
    theirs, ours = BATCHED[kind]
    expected = elements_in_tfjs(node, f"tf.data.array({theirs}).batch(10)")
    assert_same(tf.data.array(ours).batch(10).toArray(), expected)


def test_tensors_are_stacked(node: NodeSession) -> None:
    theirs = "tf.data.array([0, 1, 2]).map(i => ({t: tf.tensor2d([[i, 2]], [1, 2], 'int32')}))"
    expected = elements_in_tfjs(node, theirs + ".batch(2)")
    ours = tf.data.array([0, 1, 2]).map(lambda i: {"t": tf.tensor2d([[i, 2]], [1, 2], "int32")})
    assert_same(ours.batch(2).toArray(), expected)


def test_what_is_missing_is_nan_or_no_text(node: NodeSession) -> None:
    pairs: list[tuple[str, list[Any]]] = [
        ("yield 1; yield undefined;", [1, None]),
        ("yield 'a'; yield undefined;", ["a", None]),
        ("yield {a: 1}; yield {a: undefined};", [{"a": 1}, {"a": None}]),
        ("yield [1, 2]; yield [3, undefined];", [[1, 2], [3, None]]),
    ]
    for theirs, ours in pairs:
        expected = elements_in_tfjs(node, f"data.generator(function* () {{ {theirs} }}).batch(2)")
        assert_same(tf.data.array(ours).batch(2).toArray(), expected)
    # tf.js: null in an array is 0, which nobody would notice.
    zeros = elements_in_tfjs(node, "tf.data.array([1, null]).batch(2)")
    assert zeros[0]["values"] == [1, 0]
    assert np.isnan(tf.data.array([1, None]).batch(2).toArray()[0].arraySync()[1])


def test_a_batch_of_different_shapes_is_refused() -> None:
    # tf.js makes a broken tensor of the lists.
    with pytest.raises(ValueError, match=r"Element arr\[1\] should have 2 elements, but has 1"):
        tf.data.array([[1, 2], [3]]).batch(2).toArray()
    with pytest.raises(ValueError, match="matching shapes"):
        tf.data.array([tf.tensor([1]), tf.tensor([1, 2])]).batch(2).toArray()
    with pytest.raises(TypeError, match=r"cannot hold Tensors when it is batched. Use a dict"):
        tf.data.array([[tf.scalar(1)], [tf.scalar(2)]]).batch(2).toArray()
    with pytest.raises(TypeError, match="cannot hold dicts"):
        tf.data.array([[{"a": 1}]]).batch(2).toArray()
    with pytest.raises(TypeError, match="Can't recurse into non-iterable type: object"):
        tf.data.array([object()]).batch(2).toArray()


# shuffle

SHUFFLES: list[tuple[int, Any, int]] = [
    (1, 1, 10),
    (3, 42, 10),
    (4, "seed", 10),
    (10, 7, 10),
    (100, 0.5, 10),
    (100, -3, 1),
    (2, 1e21, 50),
    (3, 1, 0),
]


@pytest.mark.parametrize(("window", "seed", "count"), SHUFFLES)
@pytest.mark.parametrize("reshuffle", [True, False])
def test_a_seed_gives_the_order_of_tfjs(
    node: NodeSession, window: int, seed: Any, count: int, reshuffle: bool
) -> None:
    body = """
        const items = Array.from({length: args.count}, (_, i) => i);
        const dataset = tf.data.array(items).shuffle(args.window, args.seed, args.reshuffle);
        const orders = [];
        for (let i = 0; i < 3; i++) orders.push(await dataset.toArray());
        return orders;
    """
    theirs = in_tfjs(node, body, count=count, window=window, seed=seed, reshuffle=reshuffle)
    dataset = tf.data.array(list(range(count))).shuffle(window, seed, reshuffle)
    assert [dataset.toArray() for _ in range(3)] == theirs


def test_a_shuffled_pipeline_has_the_order_of_tfjs(node: NodeSession) -> None:
    theirs = "tf.data.array([1, 2, 3, 4, 5, 6, 7]).shuffle(3, 5).repeat(2).batch(4).shuffle(2, 9)"
    ours = tf.data.array([1, 2, 3, 4, 5, 6, 7]).shuffle(3, 5).repeat(2).batch(4).shuffle(2, 9)
    assert_same(ours.toArray(), elements_in_tfjs(node, theirs))


def test_without_a_seed_setRandomSeed_decides() -> None:
    def order() -> list[Any]:
        return tf.data.array(list(range(30))).shuffle(30).toArray()

    tf.setRandomSeed(1)
    first = order()
    tf.setRandomSeed(1)
    assert order() == first
    assert order() != first
    assert sorted(first) == list(range(30))


# What is read when


@pytest.mark.parametrize(
    ("method", "arguments", "read"),
    [("prefetch", (3,), 3), ("shuffle", (4, 1), 5), ("batch", (2,), 2), ("map", (str,), 1)],
)
def test_no_more_is_read_than_needed(
    node: NodeSession, method: str, arguments: tuple[Any, ...], read: int
) -> None:
    body = """
        let read = 0;
        const source = tf.data.generator(function* () { while (true) { read++; yield read; } });
        const iterator = await source[args.method](...args.rest).iterator();
        const before = read;
        await iterator.next();
        return [before, read];
    """
    rest = list(arguments) if method != "map" else None
    if rest is not None:
        assert in_tfjs(node, body, method=method, rest=rest) == [0, read]
    count = 0

    def source() -> Iterator[int]:
        nonlocal count
        while True:
            count += 1
            yield count

    iterator = getattr(tf.data.generator(source), method)(*arguments).iterator()
    assert count == 0
    next(iterator)
    assert count == read


def test_a_long_dataset_takes_no_memory() -> None:
    numbers = tf.data.generator(lambda: iter(range(10**9)))
    long = numbers.map(lambda x: x + 1).filter(lambda x: x % 2).skip(1000).batch(3).prefetch(2)
    assert long.take(1).toArray()[0].arraySync() == [2001, 2003, 2005]
    gc.collect()


def test_each_iterator_begins_anew() -> None:
    dataset = tf.data.array(FIVE).map(lambda x: x * 2)
    one, other = dataset.iterator(), dataset.iterator()
    assert [next(one), next(one), next(other)] == [2, 4, 2]
    assert one.next() == {"value": 6, "done": False}
    assert one.toArray() == [8, 10]
    assert one.next() == {"value": None, "done": True}
    other.resolveFully()
    assert other.toArray() == []


# Tensors

LEAKS: list[tuple[str, str]] = [
    ("t.forEachAsync(x => {})", "t.forEachAsync(lambda x: None)"),
    ("t.map(x => x.add(1)).forEachAsync(x => {})", "t.map(lambda x: x.add(1)).forEachAsync(no)"),
    ("t.map(x => x.add(1).mul(2)).toArray()", "t.map(lambda x: x.add(1).mul(2)).toArray()"),
    ("t.mapAsync(async x => x.add(1).mul(2)).toArray()", "t.mapAsync(more).toArray()"),
    ("t.map(x => ({x, y: x})).toArray()", "t.map(lambda x: {'x': x, 'y': x}).toArray()"),
    ("t.filter(x => x.sum().dataSync()[0] > 3).toArray()",
     "t.filter(lambda x: x.sum().dataSync()[0] > 3).toArray()"),
    ("t.skip(2).toArray()", "t.skip(2).toArray()"),
    ("t.take(2).toArray()", "t.take(2).toArray()"),
    ("t.batch(2).toArray()", "t.batch(2).toArray()"),
    ("t.batch(2).map(x => 1).toArray()", "t.batch(2).map(lambda x: 1).toArray()"),
    ("t.repeat(2).toArray()", "t.repeat(2).toArray()"),
    ("t.shuffle(3, 1).toArray()", "t.shuffle(3, 1).toArray()"),
    ("tf.data.zip({a: t, b: t}).toArray()", "tf.data.zip({'a': t, 'b': t}).toArray()"),
]  # fmt: skip


@pytest.mark.parametrize(("theirs", "ours"), LEAKS, ids=[theirs for theirs, _ in LEAKS])
def test_as_many_tensors_are_left_as_in_tfjs(node: NodeSession, theirs: str, ours: str) -> None:
    body = f"""
        const t = tf.data.array([1, 2, 3, 4, 5].map(x => tf.tensor1d([x])));
        const before = tf.memory().numTensors;
        const kept = await {theirs};
        return tf.memory().numTensors - before;
    """
    expected = in_tfjs(node, body)
    t = tf.data.array([tf.tensor1d([x]) for x in FIVE])

    async def more(x: tf.Tensor) -> tf.Tensor:
        return x.add(1).mul(2)

    before = tf.memory()["numTensors"]
    eval(ours, {"tf": tf, "t": t, "more": more, "no": lambda x: None})
    assert tf.memory()["numTensors"] - before == expected


def test_the_elements_given_are_left_as_they_are(node: NodeSession) -> None:
    items = [{"a": [1]}, {"a": [2]}]
    dataset = tf.data.array(items)
    for element in dataset:
        element["a"].append(3)
    assert items == [{"a": [1]}, {"a": [2]}]
    body = """
        const items = [{a: [1]}], dataset = tf.data.array(items);
        await dataset.forEachAsync(e => { e.a.push(3); });
        return items;
    """
    assert in_tfjs(node, body) == [{"a": [1]}]


# Errors

REFUSED: list[tuple[str, str, str]] = [
    ("a.batch(0)", "a.batch(0)", "batchSize needs to be positive, but it is"),
    ("a.batch(-1)", "a.batch(-1)", "batchSize needs to be positive, but it is"),
    ("a.batch(null)", "a.batch(None)", "batchSize needs to be positive, but it is"),
    ("a.prefetch(null)", "a.prefetch(None)", "`Dataset.prefetch()` requires bufferSize to be"),
    ("a.prefetch(0)", "a.prefetch(0)", "Can't create ring buffer of capacity < 1."),
    ("a.shuffle(0)", "a.shuffle(0)", "Can't create ring buffer of capacity < 1."),
    ("a.shuffle(-1)", "a.shuffle(-1)", "setting bufferSize to the dataset size (5 elements)"),
    ("a.shuffle()", "a.shuffle(None)", "`Dataset.shuffle()` requires bufferSize to be specified."),
    ("u.shuffle()", "u.shuffle(None)", "`Dataset.shuffle()` requires bufferSize to be specified."),
    ("i", "i", "Can not convert infinite data stream to array."),
    ("a.map(x => { throw new Error('no'); })", "a.map(fail)", "no"),
    ("a.filter(x => { throw new Error('no'); })", "a.filter(fail)", "no"),
]  # fmt: skip


@pytest.mark.parametrize(("theirs", "ours", "said"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_tfjs_refuses_is_refused(node: NodeSession, theirs: str, ours: str, said: str) -> None:
    with pytest.raises(TfjsError) as error:
        in_tfjs(node, SETUP + f"return await ({theirs}).toArray();")
    assert said.removeprefix("setting ") in str(error.value).replace("\n", " ")

    def fail(x: Any) -> Any:
        raise ValueError("no")

    a = tf.data.array(FIVE)
    names = {"a": a, "u": tf.data.generator(two), "i": a.repeat(), "fail": fail}
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        eval(ours, names).toArray()
    assert said in str(raised.value)


def test_what_is_no_function_or_dataset_is_refused_at_once() -> None:
    a = tf.data.array(FIVE)
    for method in ("map", "mapAsync", "filter", "forEachAsync"):
        with pytest.raises(TypeError, match=f"{method}: expected a function, got int"):
            getattr(a, method)(3)
    with pytest.raises(TypeError, match="concatenate: expected a Dataset, got list"):
        a.concatenate([1])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Cannot return a Promise inside of tidy"):
        a.map(added).toArray()


def test_an_error_leaves_the_rest_to_be_read() -> None:
    def failing(x: int) -> int:
        if x == 2:
            raise ValueError("two")
        return x

    iterator = tf.data.array(FIVE).map(failing).prefetch(2).iterator()
    assert next(iterator) == 1
    with pytest.raises(ValueError, match="two"):
        next(iterator)
    assert iterator.toArray() == [3, 4, 5]


def test_stop_iteration_in_a_function_ends_nothing_silently() -> None:
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        tf.data.array(FIVE).map(lambda x: next(iter([]))).toArray()


def test_a_class_of_ones_own() -> None:
    class Countdown(tf.data.Dataset):
        def iterator(self) -> Any:
            return iter([3, 2, 1])

    dataset = Countdown()
    assert dataset.size is None
    assert dataset.map(lambda x: x * 2).toArray() == [6, 4, 2]
    assert [batch.arraySync() for batch in dataset.batch(2)] == [[3, 2], [1]]
    assert tf.data.zip([dataset, dataset]).toArray() == [[3, 3], [2, 2], [1, 1]]
    with pytest.raises(NotImplementedError, match=r"Dataset must have a method iterator"):
        tf.data.Dataset().toArray()


def test_a_dataset_says_its_size() -> None:
    a = tf.data.array(FIVE)
    assert [repr(d) for d in (a, a.repeat(), a.filter(bool))] == [
        "<Dataset, size 5>", "<Dataset, size Infinity>", "<Dataset, size unknown>",
    ]  # fmt: skip
