"""tf.js's constraints and Keras's, which are the same four.

Follows tfjs-layers/src/constraints.ts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.runtime import keras

CONSTRAINTS = {
    "MaxNorm": keras.constraints.MaxNorm,
    "MinMaxNorm": keras.constraints.MinMaxNorm,
    "NonNeg": keras.constraints.NonNeg,
    "UnitNorm": keras.constraints.UnitNorm,
}


def to_tfjs(constraint: Any, weight: np.ndarray) -> dict[str, Any] | None:
    """A Keras constraint as the configuration in a model.json.

    None for one that tf.js has not, and for one that `weight` does not meet yet: Keras applies a
    constraint only after a training step, but tf.js as it loads the weights, which would change
    what the model predicts.
    """
    entry = described(constraint)
    if entry is None:
        return None
    applied = np.asarray(constraint(keras.ops.convert_to_tensor(weight)))
    return entry if np.allclose(applied, weight, rtol=1e-5, atol=1e-6) else None


def described(constraint: Any) -> dict[str, Any] | None:
    """A Keras constraint as a configuration, whatever the weight is; None for one of its own."""
    name = next((n for n, cls in CONSTRAINTS.items() if type(constraint) is cls), None)
    return None if name is None else {"class_name": name, "config": constraint.get_config()}


def from_tfjs(entry: dict[str, Any] | None) -> Any:
    """The Keras constraint of a configuration in a model.json."""
    if entry is None:
        return None
    if entry["class_name"] not in CONSTRAINTS:
        raise ValueError(
            f"unknown constraint {entry['class_name']!r}; tf.js has {', '.join(CONSTRAINTS)}"
        )
    return CONSTRAINTS[entry["class_name"]](**(entry.get("config") or {}))
