"""tf.string, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import STRINGS, array, ids
from tfjsbridge.verify import NodeSession

REPLACE, NGRAMS = "string.staticRegexReplace", "string.stringNGrams"
SPLIT, HASH = "string.stringSplit", "string.stringToHashBucketFast"
TEXTS = np.array(
    ["", "aab", "b a", "a.b+c", "line\nnext", "2024-05-17", "tab\tend", "éß", "[x]{y}", "abcabc",
     "no\u00a0break", "A_z9", "(a)", "$5 \\ /", "a\u2028b"]
)  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    [
        "a", "a(.?)", "x*", "a*", "^a", "b$", "$", ".", "[ab]", "[^ab]", "[^]", "[]", "[[]",
        "[\\]x]",
        "\\d+", "\\D", "\\w+", "\\W", "\\s", "\\S", "[\\s]", "\\b", "\\B", "[\\w.]+", "(a)|(b)",
        "(\\d+)-(\\d+)-(\\d+)", "(?<y>\\d+)-(?<m>\\d+)", "(?:a)(b)?", "a(?=b)", "a(?!b)", "(?<=a)b",
        "(?<!a)b", "(a)(b)(c)\\1", "(?<q>a)b.*\\k<q>", "\\x61", "\\u0061", "\\cI", "\\0", "\\/",
        "\\.",
        "\\$", "\\-", "\\a", "\\Z", "\\A", "a{2}", "a{1,}", "a{,2}", "a{", "{y}", "}", "]", "a+?",
        "a??",
        "[a&&b]", "[a-c]", "[a\\-c]", "\\n", "[\\b]", "é", "a|", "\\\\", "(?:)", "[^\\n]+",
    ],
)  # fmt: skip
def test_patterns(node: NodeSession, pattern: str) -> None:
    assert_same_call(node, REPLACE, TEXTS, pattern, "<$&>")
    assert_same_call(node, REPLACE, TEXTS, pattern, "-", False)


@pytest.mark.parametrize(
    "rewrite",
    [
        "", "x", "$1", "$2$1", "$&$&", "$$", "$$1", "[$`]", "[$']", "$0", "$3", "$9", "$10", "$11",
        "$01", "$<m>", "$<none>", "$<", "$", "$a", "\\1", "\\", "\\n", "\n",
    ],
)  # fmt: skip
def test_replacements(node: NodeSession, rewrite: str) -> None:
    assert_same_call(node, REPLACE, TEXTS, "(a|\\d+)(b)?", rewrite)
    assert_same_call(node, REPLACE, TEXTS, "(?<y>\\d+)-(?<m>\\d+)", rewrite)
    assert_same_call(node, REPLACE, TEXTS, "c", rewrite, False)


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "*", "+a", "a**", "a++", "a{1}+", "(?i)a", "(?P<n>a)", "\\", "a{2,1}", "(?<n"],
)
def test_what_is_no_regular_expression(node: NodeSession, pattern: str) -> None:
    message = assert_both_refuse(node, REPLACE, TEXTS, pattern, "x")
    assert "Invalid regular expression" in message
    assert pattern in message


def test_staticRegexReplace_of_shapes_and_what_it_refuses(node: NodeSession) -> None:
    assert_same_call(node, REPLACE, STRINGS, "b", "x")
    assert_same_call(node, REPLACE, "abc", "b", "x")
    assert_same_call(node, REPLACE, np.array([], "str"), "b", "x")
    assert "string tensor" in assert_both_refuse(node, REPLACE, [1], "a", "x")


WORDS = np.array(["a", "b", "c", "d", "e", "f"])


@pytest.mark.parametrize("pad", [-1, 0, 1, 5])
def test_stringNGrams(node: NodeSession, pad: int) -> None:
    for splits in ([0, 4, 6], [0, 0, 6], [0, 2, 3, 6], [0, 6]):
        for widths in ([1], [2], [3], [1, 2], [4, 2], [6]):
            for preserve in (False, True):
                arguments = ids(*splits), "|", widths, "LP", "R", pad, preserve
                assert_same_call(node, NGRAMS, WORDS, *arguments)
    assert_same_call(node, NGRAMS, WORDS, ids(0, 6), "", [2], "", "", pad, False)


def test_stringNGrams_of_nothing_and_what_it_refuses(node: NodeSession) -> None:
    empty = np.array([], "str")
    rest = "|", [2], "L", "R", 0, False
    assert_same_call(node, NGRAMS, empty, ids(0, 0), *rest)
    assert_same_call(node, NGRAMS, empty, ids(), *rest)
    assert_same_call(node, NGRAMS, ["a", "é"], ids(0, 2), *rest)
    for data, splits, words in [
        (WORDS, ids(1, 6), "First split value must be 0, got 1"),
        (WORDS, ids(0, 5), "Last split value must be data size. Expected 6, got 5"),
        (WORDS, ids(0, 9, 6), "Invalid split value 9, must be in [0, 6]"),
        (WORDS, ids(0, 4, 3, 6), "Invalid split value 3"),
        (WORDS, [0, 6], "int32"),
        ([["a"]], ids(0, 1), "vector"),
        ([1, 2], ids(0, 2), "string tensor"),
    ]:
        assert words in assert_both_refuse(node, NGRAMS, data, splits, *rest)


@pytest.mark.parametrize("skip", [True, False])
def test_stringSplit(node: NodeSession, skip: bool) -> None:
    texts = np.array(["a b  c", "", " d", "x,y;z ", "é ü"])
    for delimiter in (" ", ",; ", "x", "none"):
        assert_same_call(node, SPLIT, texts, delimiter, skip)
    assert_same_call(node, SPLIT, ["abc", "", "d"], "", skip)
    assert_same_call(node, SPLIT, np.array([], "str"), " ", skip)


def test_stringSplit_refuses(node: NodeSession) -> None:
    assert_same_call(node, SPLIT, ["a b"], " ")
    for text, delimiter in (
        ([["a"]], " "), ("a", " "), (["a"], [" "]), ([1], " "), (["a"], 1),
    ):  # fmt: skip
        assert "stringSplit" in assert_both_refuse(node, SPLIT, text, delimiter)


@pytest.mark.parametrize("buckets", [1, 2, 10, 1000, 2**31 - 1, 2**31, 2**33])
def test_stringToHashBucketFast(node: NodeSession, buckets: int) -> None:
    lengths = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 200]
    texts = np.array([("abcdefghijk" * 20)[:length] for length in lengths])
    assert_same_call(node, HASH, texts, buckets)
    assert_same_call(node, HASH, STRINGS, buckets)
    assert_same_call(node, HASH, "one", buckets)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=90), min_size=1, max_size=8))
def test_any_text(node: NodeSession, texts: list[str]) -> None:
    assert_same_outcome(node, HASH, texts, 12345)
    assert_same_outcome(node, SPLIT, texts, " e")


def test_stringToHashBucketFast_refuses(node: NodeSession) -> None:
    for value, buckets in ((["a"], 0), (["a"], -1), ([1], 2), (array([1]), 2)):
        assert "stringToHashBucketFast" in assert_both_refuse(node, HASH, value, buckets)


def test_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], "string")])
    def made(raw: Any) -> Any:
        x = tf.tensor(raw)
        return [
            tf.string.staticRegexReplace(x, "b", "$&$&").tensor,
            tf.string.stringToHashBucketFast(x, 10).tensor,
            tf.string.stringSplit(x, " ")["values"].tensor,
        ]

    replaced, hashed, parts = made(np.array(["a b", "b"]))
    assert [text.decode() for text in replaced.numpy()] == ["a bb", "bb"]
    assert hashed.shape == [2]
    assert [text.decode() for text in parts.numpy()] == ["a", "b", "b"]
