"""valuesDistribution: how the values of a tensor are distributed.

Follows tfjs-vis/src/show/tensor.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.tensors import tensor_from
from tfjsbridge.vis.render.distributions import histogram
from tfjsbridge.vis.stats import tensor_stats


def valuesDistribution(container: Any, tensor: Any) -> Any:
    """A histogram of all values of a tensor, with their number and limits.

    Args:
      container: where it is shown, as {"name": "Values", "tab": "Model"}.
      tensor: of numbers, of any shape. With a NaN in it, the limits are NaN.

    Returns:
      The plotly figure.
    """
    values = tensor_from(tensor)
    return histogram(container, values, stats=tensor_stats(values))
