"""Models in half precision, which tf.js computes in float32."""

from __future__ import annotations

import warnings
from typing import Any

#: What a value is rounded to at most, by dtype.
ROUNDING = {"float16": "0.0005", "bfloat16": "0.004"}


def warn_of_half_precision(model: Any) -> None:
    """Say that a model predicts what its weights mean, and not what Keras makes of them rounded."""
    dtypes = {
        layer.compute_dtype for layer in model._flatten_layers() if layer.compute_dtype in ROUNDING
    }
    for dtype in sorted(dtypes):
        warnings.warn(
            f"{model.name!r} computes in {dtype}, tf.js in float32: its predictions are those of "
            f"float32, and Keras's differ by their rounding, which is {ROUNDING[dtype]} of a value "
            "in each layer.",
            stacklevel=3,
        )
