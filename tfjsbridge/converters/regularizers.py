"""tf.js's one regularizer, L1L2, and Keras's L1, L2 and L1L2.

Follows tfjs-layers/src/regularizers.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras


def of(layer: Any, part: str) -> Any:
    """The regularizer of a part of a layer, as "kernel"; also one that is kept without effect."""
    kept = getattr(layer, "tfjs_regularizers", {})
    return kept.get(part) or getattr(layer, f"{part}_regularizer")


def to_tfjs(regularizer: Any) -> dict[str, Any] | None:
    """A Keras regularizer as the configuration in a model.json.

    None for one that tf.js has not: it plays no part in predictions, and tf.js would refuse the
    whole model because of it.
    """
    # exact classes: a subclass may compute something else
    if type(regularizer) in (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2):
        # A zero must be written: tf.js reads an absent value as 0.01.
        config = {
            "l1": float(getattr(regularizer, "l1", 0.0)),
            "l2": float(getattr(regularizer, "l2", 0.0)),
        }
        return {"class_name": "L1L2", "config": config}
    return None


def from_tfjs(entry: dict[str, Any] | None) -> Any:
    """The Keras regularizer of a configuration in a model.json."""
    if entry is None:
        return None
    if entry["class_name"] != "L1L2":
        raise ValueError(f"unknown regularizer {entry['class_name']!r}; tf.js has L1L2 only")
    config = entry.get("config") or {}
    return keras.regularizers.L1L2(l1=config.get("l1", 0.01), l2=config.get("l2", 0.01))
