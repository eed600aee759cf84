"""Random tensors: with a seed tf.js's own numbers, without one the same distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call
from tests.tfjs.differences import FAULTS
from tfjsbridge.alea import Alea
from tfjsbridge.verify import NodeSession

SEEDED: list[tuple[Any, ...]] = [
    ("randomUniform", [5], 0, 1, "float32", 42),
    ("randomUniform", [], 0, 1, "float32", 42),
    ("randomUniform", [0, 2], 0, 1, "float32", 42),
    ("randomUniform", [1, 2, 1, 2, 1, 2], -3, 4.5, "float32", 7),
    ("randomUniform", [50], 0, 10, "int32", 42),
    ("randomUniform", [50], -3e9, 3e9, "int32", 42),
    ("randomUniform", [50], 0, 3, "bool", 3),
    ("randomUniform", [5], 0, 10, "float32", "a text, ä日😀"),
    ("randomUniform", [5], 0, 1, "float32", 0),
    ("randomUniform", [5], 0, 1, "float32", -1.5),
    ("randomUniform", [5], 0, 1, "float32", 1e21),
    ("randomUniform", [5], 0, 1, None, 3),
    ("randomUniform", [3000], 0, 1, "float32", 42),
    ("randomUniformInt", [50], -5, 5, 7),
    ("randomUniformInt", [2, 3], 0, 1000, 123),
    ("randomNormal", [5], 0, 1, "float32", 42),
    ("randomNormal", [2, 3], 5, 0.1, None, 42),
    ("randomNormal", [50], 3, 2, "int32", 42),
    ("randomNormal", [3000], 0, 1, "float32", 9),
    ("randomNormal", [3], 0, 1, "float32", "text"),
    ("randomNormal", [3], 0, 1, "float32", 0.1),
    ("randomStandardNormal", [5], None, 42),
    ("randomStandardNormal", [5], "int32", 42),
    ("truncatedNormal", [50], 0, 1, "float32", 42),
    ("truncatedNormal", [3000], 2, 3, "float32", 1),
    ("truncatedNormal", [50], 0, 5, "int32", 42),
    ("truncatedNormal", [3], 1, 0, "float32", 1),
    ("randomGamma", [50], 2, 1, "float32", 42),
    ("randomGamma", [50], 0.5, 3, "float32", 42),
    ("randomGamma", [50], 5, None, None, 42),
    ("randomGamma", [50], 5, 3, "int32", 42),
    ("randomGamma", [2, 2], 1, 2, "float32", "text"),
    ("randomGamma", [3], 0, 1, "float32", 1),
    ("multinomial", [0.1, 0.7, 0.2], 20, 42, True),
    ("multinomial", [[1, 2, 3], [3, 2, 1]], 20, 42),
    ("multinomial", np.int32([1, 2, 3]), 4, 42),
    ("multinomial", np.array([True, False]), 4, 42, True),
    ("multinomial", [[1], [2]], 2, 42),
    ("multinomial", [1, 2], 0, 42),
]

REFUSED: list[tuple[tuple[Any, ...], str]] = [
    (("randomUniform", [-1]), "positive integers"),
    (("randomUniform", [1.5]), "positive integers"),
    (("randomUniform", [2], 0, 1, "complex64"), "complex64"),
    (("randomUniform", [2], 0, 1, "string"), "string"),
    (("randomUniform", [2], 0, 1, "wrong"), "wrong"),
    (("randomUniformInt", [2.5], 0, 1), "positive integers"),
    (("randomNormal", [2.5]), "positive integers"),
    (("randomNormal", [2], 0, 1, "bool"), "bool"),
    (("randomNormal", [2], 0, 1, "wrong"), "wrong"),
    (("randomStandardNormal", [2], "bool"), "bool"),
    (("truncatedNormal", [2], 0, 1, "bool"), "bool"),
    (("truncatedNormal", [-2]), "positive integers"),
    (("randomGamma", [2], 1, 1, "bool"), "bool"),
    (("randomGamma", [2.5], 1), "positive integers"),
    (("multinomial", [1], 2), "at least 2 outcomes"),
    (("multinomial", 3, 2), "at least 2 outcomes"),
    (("multinomial", [[[1, 2]]], 2), "must be 1 or 2"),
    (("multinomial", [1, 2], -1), "positive integers"),
    (("multinomial", ["a", "b"], 1), "string"),
]

#: Of a Tensor of 40,000 numbers without a seed: the distribution is compared.
UNSEEDED: list[tuple[str, tuple[Any, ...], str]] = [
    ("randomUniform", (), "float32"),
    ("randomUniform", (-3, 5), "float32"),
    ("randomUniform", (-3, 5, "int32"), "int32"),
    ("randomUniform", (0, 3, "bool"), "bool"),
    ("randomUniformInt", (-3, 3), "int32"),
    ("randomNormal", (), "float32"),
    ("randomNormal", (5, 3), "float32"),
    ("randomNormal", (0.3, 2, "int32"), "int32"),
    ("randomStandardNormal", (), "float32"),
    ("truncatedNormal", (), "float32"),
    ("truncatedNormal", (5, 3), "float32"),
    ("truncatedNormal", (5, 3, "int32"), "int32"),
    ("randomGamma", (2, 3), "float32"),
    ("randomGamma", (0.5,), "float32"),
    ("randomGamma", (4, 3, "int32"), "int32"),
]


def test_with_a_seed_the_numbers_are_tfjss(node: NodeSession) -> None:
    for call in SEEDED:
        try:
            assert_same_call(node, *call, rtol=1e-6, atol=1e-7)
        except Exception as error:
            raise AssertionError(f"{call}: {error}") from error


@given(
    seed=st.one_of(
        st.integers(1, 2**53),
        st.floats(1e-9, 1e9),
        st.text(st.characters(codec="utf-8"), min_size=1),
    ),
    count=st.sampled_from([1, 7, 1025]),
)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_seed(node: NodeSession, seed: Any, count: int) -> None:
    assert_same_call(node, "randomUniform", [count], 0, 1, "float32", seed)
    assert_same_call(node, "randomNormal", [count], 0, 1, "float32", seed, rtol=1e-6, atol=1e-7)


def test_many_numbers_at_once_are_the_same_as_one_after_another() -> None:
    at_once, single = Alea("seed"), Alea("seed")
    for count in (1, 1023, 1024, 5000):
        np.testing.assert_array_equal(at_once.take(count), [single.next() for _ in range(count)])


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=lambda part: str(part))
def test_what_is_refused(node: NodeSession, call: tuple[Any, ...], words: str) -> None:
    assert words in assert_both_refuse(node, *call)


def test_where_tfjs_would_search_without_end() -> None:
    assert "truncatedNormal of no spread" in FAULTS
    with pytest.raises(ValueError, match="stdDev -1"):
        tf.truncatedNormal([2], 0, -1)
    with pytest.raises(ValueError, match="mean nan"):
        tf.truncatedNormal([2], float("nan"))
    with pytest.raises(ValueError, match="alpha must be at least 0, got -1"):
        tf.randomGamma([2], -1)


def test_rand_calls_the_function_for_each_value(node: NodeSession) -> None:
    body = """
        return [undefined, 'float32', 'int32', 'bool'].map(dtype => {
            let i = -2;
            const t = tf.rand([2, 3], () => i += 0.7, dtype);
            return [t.dtype, t.shape, Array.from(t.dataSync())];
        });
    """
    for dtype, theirs in zip([None, "float32", "int32", "bool"], node.evaluate(body), strict=True):
        numbers = iter(-2 + 0.7 * (i + 1) for i in range(6))
        ours = tf.rand([2, 3], lambda numbers=numbers: next(numbers), dtype)
        assert [ours.dtype, ours.shape] == theirs[:2]
        # tf.js keeps -1 in a bool Tensor as 255.
        data = [x != 0 for x in theirs[2]] if dtype == "bool" else theirs[2]
        np.testing.assert_allclose(ours.dataSync(), data, 1e-6)
    for dtype in ("string", "complex64"):
        with pytest.raises(ValueError, match=dtype):
            tf.rand([2], lambda: 1, dtype)
    with pytest.raises(ValueError, match="positive integers"):
        tf.rand([-2], lambda: 1)


@pytest.mark.parametrize(("name", "parameters", "dtype"), UNSEEDED, ids=str)
def test_without_a_seed_the_distribution_is_tfjss(
    node: NodeSession, name: str, parameters: tuple[Any, ...], dtype: str
) -> None:
    body = "return tf[args.name]([40000], ...args.parameters)"
    theirs = node.evaluate(body, name=name, parameters=parameters).astype(np.float64)
    tf.setRandomSeed(3)
    ours = getattr(tf, name)([40000], *parameters)
    assert ours.dtype == dtype
    # tf.js's numbers are others at each run: one in ten million fails without a cause.
    assert ks_2samp(ours.numpy().astype(np.float64), theirs).pvalue > 1e-7


def test_multinomial_without_a_seed(node: NodeSession) -> None:
    tf.setRandomSeed(3)
    for logits, normalized in (([[0.2, 0.5, 0.3], [1, 0, 0]], True), ([[1.0, 2, 3]], False)):
        drawn = tf.multinomial(logits, 20000, None, normalized).numpy()
        body = "return tf.multinomial(args.logits, 20000, null, args.normalized)"
        theirs = node.evaluate(body, logits=logits, normalized=normalized)
        assert drawn.shape == theirs.shape
        for ours, other in zip(drawn, theirs, strict=True):
            shares = [np.bincount(x, minlength=3) / 20000 for x in (ours, other)]
            np.testing.assert_allclose(shares[0], shares[1], atol=0.02)
    assert tf.multinomial([1, 2], 3).shape == [3]


RANDOM: list[tuple[str, tuple[Any, ...]]] = [
    ("randomUniform", ([4],)),
    ("randomUniformInt", ([40], 0, 100)),
    ("randomNormal", ([4],)),
    ("randomStandardNormal", ([4],)),
    ("truncatedNormal", ([4],)),
    ("randomGamma", ([4], 2)),
    ("randomGamma", ([40], 20, 1, "int32")),
    ("multinomial", ([1, 1, 1, 1], 40)),
]


@pytest.mark.parametrize(("name", "parameters"), RANDOM, ids=str)
def test_set_random_seed_repeats_what_has_no_seed(name: str, parameters: tuple[Any, ...]) -> None:
    def drawn() -> list[float]:
        return getattr(tf, name)(*parameters).arraySync()

    tf.setRandomSeed(5)
    first, second = drawn(), drawn()
    tf.setRandomSeed(5)
    assert [first, second] == [drawn(), drawn()]
    assert first != second


def test_a_traced_function_draws_anew_at_each_call() -> None:
    @tensorflow.function(autograph=False)
    def drawn() -> Any:
        return tf.randomUniform([3]).tensor, tf.randomNormal([3], seed=1).tensor

    first, second = drawn(), drawn()
    assert not np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_one_tensor_is_left_of_each() -> None:
    for name, parameters in RANDOM:
        before = tf.memory()["numTensors"]
        getattr(tf, name)(*parameters)
        assert tf.memory()["numTensors"] == before + 1, name
