from __future__ import annotations

import numpy as np
import pytest

from tfjsbridge.verify.inputs import InputSpec, Signature, as_inputs, sample_inputs


def signature(*inputs: InputSpec) -> Signature:
    return Signature(inputs, ("y",))


def test_open_axes_get_a_size_and_fixed_ones_keep_theirs() -> None:
    wanted = signature(InputSpec("a", (None, 3)), InputSpec("b", (2, None, 5)))
    assert [x.shape for x in sample_inputs(wanted, batch=4)] == [(4, 3), (2, 8, 5)]


def test_every_dtype() -> None:
    shape = (None, 100)
    dtypes = ("float32", "int32", "bool")
    floats, ints, bools = sample_inputs(signature(*(InputSpec(d, shape, d) for d in dtypes)))
    assert [x.dtype for x in (floats, ints, bools)] == [np.float32, np.int32, np.bool_]
    assert abs(floats.mean()) < 0.2
    assert abs(floats.std() - 1) < 0.2
    assert set(ints.ravel()) == {0, 1}
    assert set(bools.ravel()) == {False, True}


def test_tokens_stay_within_the_vocabulary() -> None:
    [tokens] = sample_inputs(signature(InputSpec("x", (None, 200), "float32", vocabulary=5)))
    assert tokens.dtype == np.float32
    assert set(tokens.ravel()) == {0, 1, 2, 3, 4}


def test_the_seed_decides() -> None:
    wanted = signature(InputSpec("x", (None, 3)))
    [a], [b], [c] = (sample_inputs(wanted, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_strings_cannot_be_made_up() -> None:
    with pytest.raises(ValueError, match=r"'x' has dtype string.*inputs="):
        sample_inputs(signature(InputSpec("x", (None,), "string")))


def test_one_array_a_list_or_a_mapping() -> None:
    one = signature(InputSpec("x", (None, 2)))
    for given in (np.zeros((4, 2)), [np.zeros((4, 2))], [[0, 0]] * 4, {"x": np.zeros((4, 2))}):
        [array] = as_inputs(given, one)
        assert array.shape == (4, 2)
        assert array.dtype == np.float32
    two = signature(InputSpec("a", (None,)), InputSpec("b", (None,), "int32"))
    a, b = as_inputs({"b": np.ones(3), "a": np.zeros(3)}, two)
    assert (a.sum(), b.sum(), b.dtype) == (0, 3, np.int32)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([np.zeros((4, 2))] * 2, r"1 input\(s\) \['x'\], but 2 array\(s\)"),
        ({"z": np.zeros((4, 2))}, r"inputs are \['x'\], but \['z'\]"),
        (np.zeros((4, 3)), r"'x' wants the shape \(None, 2\).*\(4, 3\)"),
        (np.zeros(4), r"'x' wants the shape \(None, 2\).*\(4,\)"),
    ],
)
def test_wrong_inputs_are_explained(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        as_inputs(given, signature(InputSpec("x", (None, 2))))
