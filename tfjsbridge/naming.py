"""The names that tf.js gives to layers and models: dense_Dense1, input1, sequential_1, model1.

Follows tfjs-layers/src/backend/state.ts (`getUid`) and engine/topology.ts.
"""

from __future__ import annotations

import re
from collections import Counter

_counts: Counter[str] = Counter()


def uid(prefix: str) -> str:
    """The prefix and how often it was asked for: `input1`, `input2`."""
    _counts[prefix] += 1
    return f"{prefix}{_counts[prefix]}"


def layer_name(class_name: str) -> str:
    """`dense_Dense1` for the first layer of class Dense."""
    return f"{snake_case(class_name)}_{uid(class_name)}"


def snake_case(class_name: str) -> str:
    """`MaxPooling2D` as `max_pooling2d`, as tf.js's toSnakeCase (generic_utils.ts) does."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", class_name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
