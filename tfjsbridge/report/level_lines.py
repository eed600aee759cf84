"""level_line: where a function of two variables, known on a grid, has a value."""

from __future__ import annotations

from typing import Any

import numpy as np


def level_line(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, level: float, digits: int = 3
) -> tuple[list[Any], list[Any]]:
    """The line on which z is `level`, in pieces.

    Each square of the grid is two triangles, in which z is taken as linear: a straight piece goes
    through a triangle with corners above and below.

    Args:
      x: the grid's columns, [columns].
      y: its rows, [rows].
      z: the function's values, [rows, columns].
      level: the value.
      digits: how many the coordinates have behind the point.

    Returns:
      The x and the y coordinates: begin and end of a piece, then None, and so on.
    """
    columns, rows = np.meshgrid(x, y)
    corners = np.stack([columns, rows, z - level], axis=-1)
    a, b, c, d = corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]
    triangles = np.concatenate(
        [np.stack(each, axis=2).reshape(-1, 3, 3) for each in ((a, b, c), (b, d, c))]
    )
    following = np.roll(triangles, -1, axis=1)
    heights, next_heights = triangles[:, :, 2], following[:, :, 2]
    crossed = (heights > 0) != (next_heights > 0)  # [triangles, edges]
    crossed &= np.isfinite(heights - next_heights)
    cut = crossed.sum(axis=1) == 2
    share = heights[cut] / np.where(crossed[cut], heights[cut] - next_heights[cut], 1)
    points = triangles[cut] + share[:, :, None] * (following[cut] - triangles[cut])
    ends = points[crossed[cut]].reshape(-1, 2, 3)
    return tuple(  # type: ignore[return-value]
        [
            place
            for begin, end in np.round(ends[:, :, axis], digits).tolist()
            for place in (begin, end, None)
        ]
        for axis in (0, 1)
    )
