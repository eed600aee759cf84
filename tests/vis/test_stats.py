"""The numbers above a histogram, its bins, and the numbers of tables, against tfjs-vis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.vis.tfjs_vis import TfjsVis
from tfjsbridge.vis.bins import bins
from tfjsbridge.vis.numbers import number, percent
from tfjsbridge.vis.render.distributions import stats_table
from tfjsbridge.vis.stats import array_stats, tensor_stats

INF, NAN = math.inf, math.nan
ARRAYS = [
    [2, 3, -400, 500, NAN, -800, 0, 0, 0],
    [-2, -3, -400],
    [0.0, 0, 0],
    [NAN, NAN],
    [10, 4, INF, -INF, NAN],
    [-INF, -INF],
    [INF, NAN],
    [1.5],
]
#: As JavaScript says it, which has no other way from Python.
SPOKEN = "args.words.map(Number)"


def words(values: list[float]) -> list[str]:
    """The numbers as JavaScript writes them."""
    special = {INF: "Infinity", -INF: "-Infinity"}
    return ["NaN" if math.isnan(v) else special.get(v, repr(v)) for v in values]


@pytest.mark.parametrize("values", ARRAYS)
def test_the_numbers_of_an_array(tfjs_vis: TfjsVis, values: list[float]) -> None:
    theirs = tfjs_vis.evaluate(
        f"return load('util/math.js').arrayStats({SPOKEN})", words=words(values)
    )
    assert array_stats(values) == pytest.approx(theirs, nan_ok=True)


def test_the_numbers_of_no_array(tfjs_vis: TfjsVis) -> None:
    theirs = tfjs_vis.call("util/math.js", "arrayStats", [])
    assert array_stats([]) == {key: value for key, value in theirs.items() if value is not None}


@pytest.mark.parametrize("values", [*ARRAYS, []])
def test_the_numbers_of_a_tensor(tfjs_vis: TfjsVis, values: list[float]) -> None:
    array = np.array(values, np.float32)
    theirs = tfjs_vis.call("util/math.js", "tensorStats", array)
    assert tensor_stats(array) == pytest.approx(theirs, nan_ok=True)


NUMBERS = [
    0, 1, -1, 1234567, 0.5, 3.14159265, 0.00004, 0.00005, -0.00001, 0.03125, 1e-9, 12345.6789,
    999.99995, 1e20, 123456789012.3, -7654321.123456, NAN, INF, -INF, 1e21,
]  # fmt: skip


def test_numbers_of_tables(in_page: Callable[..., Any]) -> None:
    theirs = in_page(
        """words => {
          const surface = {name: 'numbers', tab: 'table'};
          tfvis.render.table(surface, {headers: ['n'], values: words.map(w => [Number(w)])});
          const area = tfvis.visor().surface(surface).drawArea;
          return [...area.querySelectorAll('td')].map(cell => cell.innerText);
        }""",
        words(NUMBERS),
    )
    assert [number(value) for value in NUMBERS] == theirs


#: numZeros of numVals.
SHARES = [(1, 1), (1, 2), (1, 3), (2, 3), (1, 7), (1, 103), (1, 12345), (999_999, 1_000_000)]


def test_the_table_above_a_histogram(in_page: Callable[..., Any]) -> None:
    theirs = in_page(
        """async shares => {
          const texts = [];
          for (const [numZeros, numVals] of shares) {
            const surface = {name: `${numZeros} of ${numVals}`, tab: 'stats'};
            const stats = {numVals, min: -0.5, max: 1e6, numZeros, numNans: 0};
            await tfvis.render.histogram(surface, [1], {stats});
            const area = tfvis.visor().surface(surface).drawArea;
            texts.push([[...area.querySelectorAll('th')].map(cell => cell.innerHTML),
                        [...area.querySelectorAll('td')].map(cell => cell.innerHTML.trim())]);
          }
          return texts;
        }""",
        SHARES,
    )
    for (zeros, count), (headings, cells) in zip(SHARES, theirs, strict=True):
        stats = {"numVals": count, "min": -0.5, "max": 1e6, "numZeros": zeros, "numNans": 0}
        assert stats_table(stats) == (headings, cells)
    assert percent(0) == "0%"


RNG = np.random.default_rng(3)
VALUES = {
    "normal": RNG.normal(size=200),
    "small": RNG.uniform(0.001, 0.0013, 50),
    "large": RNG.uniform(-9e6, 1e7, 50),
    "whole": np.array([0.0, 0, 0, 0, 2, 3, 4]),
    "one": np.array([3.0]),
    "zero": np.array([0.0, 0.0]),
    "negative": np.array([-7.0, -7.0]),
    "edges": np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
    "float32": RNG.normal(size=80).astype(np.float32).astype(np.float64),
}


@pytest.mark.parametrize("most", [12, 1, 5, 40])
@pytest.mark.parametrize("name", VALUES)
def test_bins_are_those_of_vega(in_page: Callable[..., Any], name: str, most: int) -> None:
    values = VALUES[name]
    theirs = in_page(
        """async ([values, maxBins]) => {
          const surface = {name: 'bins', tab: 'bins'};
          const drawn = await tfvis.render.histogram(surface, values, {maxBins, stats: false});
          return drawn.view.data('data_0').map(row => {
            const keys = Object.keys(row).filter(key => key.startsWith('bin_'));
            const end = keys.find(key => key.endsWith('_end'));
            return [row[end.slice(0, -4)], row[end], row['__count'] ?? row['count_*']];
          });
        }""",
        [values.tolist(), most],
    )
    edges, counts = bins(values, most)
    ours = [[edges[i], edges[i + 1], count] for i, count in enumerate(counts) if count]
    assert len(ours) == len(theirs)
    assert np.allclose(ours, sorted(theirs), rtol=1e-9, atol=1e-12)
    assert counts.sum() == len(values)
