"""perClassAccuracy: how well each class is predicted, as a table.

Follows tfjs-vis/src/show/quality.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.vis.render.tables import draw_table
from tfjsbridge.vis.surfaces import surface_of


def perClassAccuracy(
    container: Any,
    classAccuracy: Sequence[Mapping[str, float]],
    classLabels: Sequence[str] | None = None,
) -> Any:
    """A table of the classes with their accuracy and number of examples.

    Args:
      container: where it is shown, as {"name": "Accuracy", "tab": "Evaluation"}.
      classAccuracy: what `tf.vis.metrics.perClassAccuracy` gives.
      classLabels: the names of the classes; their numbers without them.

    Returns:
      The table as a plotly figure.

    Raises:
      ValueError: where there are fewer names than classes.
    """
    if classLabels is not None and len(classLabels) < len(classAccuracy):
        raise ValueError(
            f"perClassAccuracy: expected {len(classAccuracy)} classLabels, got {len(classLabels)}."
        )
    rows = [
        [
            str(number) if classLabels is None else str(classLabels[number]),
            each["accuracy"],
            each["count"],
        ]
        for number, each in enumerate(classAccuracy)
    ]
    return draw_table(surface_of(container), ["Class", "Accuracy", "# Samples"], rows)
