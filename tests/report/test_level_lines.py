"""Lines on which a function has a value."""

from __future__ import annotations

import numpy as np

from tfjsbridge.report.level_lines import level_line

X = np.linspace(-2, 2, 81)
Y = np.linspace(-1.5, 1.5, 61)


def ends(x: list[float | None], y: list[float | None]) -> np.ndarray:
    """[pieces, 2 ends, 2 coordinates]."""
    assert x[2::3] == y[2::3] == [None] * (len(x) // 3)
    return np.array([[p for p in axis if p is not None] for axis in (x, y)]).T.reshape(-1, 2, 2)


def test_a_circle() -> None:
    z = X[None, :] ** 2 + Y[:, None] ** 2
    pieces = ends(*level_line(X, Y, z, 0.987, digits=9))
    radii = np.sqrt((pieces**2).sum(axis=2))
    np.testing.assert_allclose(radii, np.sqrt(0.987), atol=2e-3)
    length = np.sqrt(((pieces[:, 0] - pieces[:, 1]) ** 2).sum(axis=1)).sum()
    assert abs(length - 2 * np.pi * np.sqrt(0.987)) < 0.01
    # It is closed: every end is another piece's end too.
    _, counts = np.unique(pieces.reshape(-1, 2).round(6), axis=0, return_counts=True)
    assert (counts == 2).all()


def test_a_line_is_exact() -> None:
    z = 2 * X[None, :] - Y[:, None]
    pieces = ends(*level_line(X, Y, z, 0.3, digits=9))
    np.testing.assert_allclose(2 * pieces[..., 0] - pieces[..., 1], 0.3, atol=1e-8)


def test_none_and_nan() -> None:
    flat = np.zeros((61, 81))
    assert level_line(X, Y, flat, 0.5) == ([], [])
    assert level_line(X, Y, flat, 0.0) == ([], [])
    broken = np.where(X[None, :] > 0, np.nan, Y[:, None] + 0 * X)
    pieces = ends(*level_line(X, Y, broken, 0.1))
    assert len(pieces)
    assert (pieces[..., 0] <= 0).all()
