"""Arguments for convolutions and poolings, drawn by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.ops.parity import DEFAULT, assert_same_outcome, here
from tfjsbridge.verify import NodeSession

ROUNDING = ["ceil", "round", "floor"]


def sizes(count: int, highest: int = 3) -> st.SearchStrategy[Any]:
    """Strides or a filter's size: a number, or one for each axis."""
    number = st.integers(1, highest)
    return number | st.lists(number, min_size=count, max_size=count)


@st.composite
def padding(draw: st.DrawFn, channels_first: bool = False) -> tuple[Any, str]:
    """A `pad` for two axes, and a `dimRoundingMode` that goes with it."""
    if draw(st.booleans()):
        return draw(st.sampled_from(["same", "valid"])), DEFAULT
    rounding = draw(st.sampled_from([DEFAULT, *ROUNDING]))
    if draw(st.booleans()):
        return draw(st.integers(0, 2)), rounding
    amount = st.integers(0, 2)
    pairs = [[draw(amount), draw(amount)] for _ in range(2)]
    none = [0, 0]
    return [none, none, *pairs] if channels_first else [none, *pairs, none], rounding


@st.composite
def padding3d(draw: st.DrawFn) -> tuple[Any, str]:
    """A `pad` for three axes, and a `dimRoundingMode` that goes with it."""
    pad = draw(st.sampled_from(["same", "valid", 0, 1, 2]))
    return pad, DEFAULT if isinstance(pad, str) else draw(st.sampled_from([DEFAULT, *ROUNDING]))


def spatial(count: int, highest: int = 6) -> st.SearchStrategy[list[int]]:
    """The sizes of an image or a volume."""
    return st.lists(st.integers(2, highest), min_size=count, max_size=count)


#: Of a batch: none, one, several.
BATCHES = st.sampled_from([[], [1], [2]])
EXAMPLES = {"derandomize": True, "deadline": None, "database": None}


def assert_same_windows(node: NodeSession, name: str, *arguments: Any) -> None:
    """Both give the same, or both refuse.

    Where the result would have a negative size we refuse, and tf.js does or, if another size is
    0 or negative, makes a tensor of a negative size, which no further operation takes.
    """
    try:
        here(name, *arguments)
    except ValueError as error:
        if "negative size" in str(error):
            return
    assert_same_outcome(node, name, *arguments, rtol=1e-5, atol=1e-5)
