"""tf.util, against tf.js."""

from __future__ import annotations

import http.server
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

#: (function, arguments): the values are the same, or both refuse.
CALLS: list[tuple[str, list[Any]]] = [
    ("flatten", [[[1, 2], [3, [4, [5]]]]]),
    ("flatten", [[[True, "a"], None]]),
    ("flatten", [5]),
    ("flatten", ["abc"]),
    ("flatten", [None]),
    ("flatten", [[]]),
    ("flatten", [[[1]], [7]]),
    ("flatten", [{"0": 1, "1": [2, 3], "3": 4, "a": 5, "01": 6}]),
    *(("sizeFromShape", [shape]) for shape in ([], [3], [2, 3, 4], [2, 0], [2, 2.5])),
    *(("computeStrides", [shape]) for shape in ([], [3], [2, 3], [2, 3, 4, 5], [2, 0, 3])),
    ("locToIndex", [[], 0, []]),
    ("locToIndex", [[2], 1, []]),
    ("locToIndex", [[1, 2, 3], 3, [12, 4]]),
    ("indexToLoc", [0, 0, []]),
    ("indexToLoc", [2, 1, []]),
    ("indexToLoc", [23, 3, [12, 4]]),
    ("toNestedArray", [[], [5]]),
    ("toNestedArray", [[2, 3], [1, 2, 3, 4, 5, 6]]),
    ("toNestedArray", [[2, 2], [1, 2, 3, 4, 5, 6, 7, 8], True]),
    ("toNestedArray", [[2, 0], []]),
    ("toNestedArray", [[2, 2], [1, 2, 3]]),
    ("inferFromImplicitShape", [[2, -1, 3], 24]),
    ("inferFromImplicitShape", [[2, 3], 6]),
    ("inferFromImplicitShape", [[2, 3], 5]),
    ("inferFromImplicitShape", [[-1, -1], 5]),
    ("inferFromImplicitShape", [[-2, 1], 5]),
    ("inferFromImplicitShape", [[0, -1], 0]),
    ("inferFromImplicitShape", [[4, -1], 6]),
    ("parseAxisParam", [None, [2, 3, 4]]),
    ("parseAxisParam", [-1, [2, 3, 4]]),
    ("parseAxisParam", [[0, -2], [2, 3, 4]]),
    ("parseAxisParam", [3, [2, 3, 4]]),
    ("parseAxisParam", [0.5, [2, 3, 4]]),
    ("assertShapesMatch", [[1, 2], [1, 2]]),
    ("assertShapesMatch", [[1, 2], [1, 3], "In this:"]),
    ("assertNonNegativeIntegerDimensions", [[1, 0, 3]]),
    ("assertNonNegativeIntegerDimensions", [[1, -1]]),
    ("assertNonNegativeIntegerDimensions", [[1.5]]),
    ("arraysEqual", [[1, 2], [1, 2]]),
    ("arraysEqual", [[1, 2], [1, 3]]),
    ("arraysEqual", [[1], [1, 3]]),
    ("arraysEqual", [None, [1]]),
    ("isInt", [2]),
    ("isInt", [2.5]),
    ("isInt", [float("nan")]),
    ("isScalarShape", [[]]),
    ("isScalarShape", [[1]]),
    ("isString", ["a"]),
    ("isString", [1]),
    ("isValidDtype", ["int32"]),
    ("isValidDtype", ["int64"]),
    *(("inferDtype", [value]) for value in (1, [1.5], True, [[True]], "a", [["a"]], [])),
    ("clamp", [0, 5, 3]),
    ("clamp", [0, -5, 3]),
    ("nearestLargerEven", [3]),
    ("nearestLargerEven", [4]),
    ("sum", [[1, 2, 3.5]]),
    ("distSquared", [[1, 2], [3, 5]]),
    ("sizeToSquarishShape", [10]),
    ("sizeToSquarishShape", [9]),
    ("rightPad", ["a", 3]),
    ("rightPad", ["abcd", 3]),
    ("assert", [True, "said"]),
    ("assert", [False, "said"]),
    ("getArrayFromDType", ["wrong", 2]),
]


def test_values_are_tfjss_or_both_refuse(node: NodeSession) -> None:
    body = """
        return args.calls.map(([name, values]) => {
            try { return {value: tf.util[name](...values) ?? null}; }
            catch (e) { return {error: e.message}; }
        });
    """
    for (name, values), theirs in zip(CALLS, node.evaluate(body, calls=CALLS), strict=True):
        function = getattr(tf.util, name)
        if "error" in theirs:
            with pytest.raises(ValueError, match=r"\w"):
                function(*values)
        else:
            assert function(*values) == theirs["value"], (name, values)


def test_assert_under_both_names() -> None:
    check = getattr(tf.util, "assert")
    assert check is tf.util.assert_
    check(1 < 2, "said")
    with pytest.raises(ValueError, match=r"^said$"):
        check(False, lambda: "said")


def test_flatten_of_arrays_and_into_a_list(node: NodeSession) -> None:
    body = """
        return [tf.util.flatten([new Float32Array([1, 2]), [3]]),
                tf.util.flatten([new Float32Array([1, 2]), [3]], [], true).length];
    """
    flat, count = node.evaluate(body)
    values = [np.float32([1, 2]), [3]]
    assert tf.util.flatten(values) == flat
    assert len(tf.util.flatten(values, [], True)) == count
    result = [0]
    assert tf.util.flatten([1, [2]], result) is result
    assert result == [0, 1, 2]


def test_strings_and_bytes(node: NodeSession) -> None:
    texts = ["", "hello", "äöü", "日本語😀", "\x00'"]
    body = """
        return args.texts.map(text => {
            const bytes = tf.util.encodeString(text);
            return [Array.from(bytes), tf.util.decodeString(bytes)];
        });
    """
    for text, (encoded, decoded) in zip(texts, node.evaluate(body, texts=texts), strict=True):
        assert list(tf.util.encodeString(text)) == encoded
        assert tf.util.decodeString(tf.util.encodeString(text)) == decoded == text
        assert tf.util.decodeString(np.uint8(encoded)) == text
    body = "return tf.util.decodeString(new Uint8Array([65, 0, 228, 0]), 'utf-16le')"
    assert tf.util.decodeString(bytes([65, 0, 228, 0]), "utf-16le") == node.evaluate(body)
    body = "return tf.util.decodeString(new Uint8Array([65, 255, 66]))"
    assert tf.util.decodeString(bytes([65, 255, 66])) == node.evaluate(body)
    with pytest.raises(TfjsError, match="utf-16"):
        node.evaluate("return tf.util.encodeString('a', 'utf-16')")
    with pytest.raises(ValueError, match="utf-16"):
        tf.util.encodeString("a", "utf-16")


def test_get_array_from_dtype(node: NodeSession) -> None:
    body = """
        return [null, 'float32', 'int32', 'bool'].map(
            dtype => tf.util.getArrayFromDType(dtype, 2).constructor.name);
    """
    kinds = {"Float32Array": np.float32, "Int32Array": np.int32, "Uint8Array": np.uint8}
    for dtype, name in zip([None, "float32", "int32", "bool"], node.evaluate(body), strict=True):
        array = tf.util.getArrayFromDType(dtype, 2)
        assert array.dtype == kinds[name]
        assert array.tolist() == [0, 0]
    assert len(tf.util.getArrayFromDType("string", 3)) == 3


def test_now_counts_milliseconds(node: NodeSession) -> None:
    first = tf.util.now()
    assert 0 <= tf.util.now() - first < 1000
    assert type(first) is type(node.evaluate("return tf.util.now() + 0.5"))


def test_shuffling(node: NodeSession) -> None:
    body = """
        const a = [1, 2, 3, 4], b = [10, 20, 30, 40];
        tf.util.shuffleCombo(a, b);
        const i = tf.util.createShuffledIndices(5);
        return [a.map((x, j) => b[j] / x), i.constructor.name, Array.from(i).sort()];
    """
    assert node.evaluate(body) == [[10] * 4, "Uint32Array", [0, 1, 2, 3, 4]]
    tf.setRandomSeed(1)
    orders: Counter[tuple[int, ...]] = Counter()
    for _ in range(1200):
        a, b = [1, 2, 3], np.array([[10, 10], [20, 20], [30, 30]])
        tf.util.shuffleCombo(a, b)
        assert (b / np.array(a)[:, None] == 10).all()
        orders[tuple(a)] += 1
    assert len(orders) == 6
    assert max(orders.values()) < 2 * min(orders.values())
    indices = tf.util.createShuffledIndices(50)
    assert indices.dtype == np.uint32
    assert sorted(indices.tolist()) == list(range(50)) != indices.tolist()
    array = np.arange(20)
    tf.util.shuffle(array)
    assert sorted(array.tolist()) == list(range(20)) != array.tolist()
    for call in ("tf.util.shuffleCombo([1], [1, 2])",):
        with pytest.raises(TfjsError, match="Array sizes must match"):
            node.evaluate(call)
    with pytest.raises(ValueError, match="Array sizes must match"):
        tf.util.shuffleCombo([1], [1, 2])
    assert 2 <= tf.util.randUniform(2, 3) <= 3


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what was asked, as JSON; /missing is not there."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        text = f'{{"method": "{self.command}", "body": "{self.rfile.read(size).decode()}"}}'
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("X-Said", self.headers.get("X-Say", ""))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


REQUESTS: list[tuple[str, dict[str, Any] | None]] = [
    ("/", None),
    ("/", {"method": "POST", "body": "text", "headers": {"X-Say": "this"}}),
    ("/missing", None),
]


@pytest.mark.parametrize(("path", "options"), REQUESTS, ids=str)
def test_fetch(node: NodeSession, url: str, path: str, options: dict[str, Any] | None) -> None:
    body = """
        const r = await tf.util.fetch(args.url, args.options ?? undefined);
        const text = await r.text();
        return [r.status, r.ok, r.statusText, r.headers.get('x-said'), text, JSON.parse(text)];
    """
    r = tf.util.fetch(url + path, options)
    ours = [r.status, r.ok, r.statusText, r.headers.get("x-said"), r.text(), r.json()]
    assert ours == node.evaluate(body, url=url + path, options=options)
    assert r.arrayBuffer() == r.text().encode()
    assert r.url == url + path
    assert str(r.status) in repr(r)


def test_what_fetch_refuses(node: NodeSession) -> None:
    with pytest.raises(TfjsError):
        node.evaluate("await tf.util.fetch('http://127.0.0.1:1/')")
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:1/ failed"):
        tf.util.fetch("http://127.0.0.1:1/")
    with pytest.raises(ValueError, match=r"file\.txt"):
        tf.util.fetch("file.txt")
