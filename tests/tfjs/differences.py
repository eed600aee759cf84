"""Where a signature is not that of TensorFlow.js, and why; one that has gone is a failure."""

from __future__ import annotations

#: By symbol, or by `Tensor.name` for a method that operations are chained with.
DIFFERENCES: dict[str, str] = {}
