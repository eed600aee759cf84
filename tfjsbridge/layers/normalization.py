"""Layers / Normalization of the tf.js API.

Follows tfjs-layers/src/layers/normalization.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def batchNormalization(
    *,
    axis: int = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    betaInitializer: Any = "zeros",
    gammaInitializer: Any = "ones",
    movingMeanInitializer: Any = "zeros",
    movingVarianceInitializer: Any = "ones",
    betaConstraint: Any = None,
    gammaConstraint: Any = None,
    betaRegularizer: Any = None,
    gammaRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """Each channel with mean 0 and variance 1 over the batch, then scaled and moved.

    In inference the mean and the variance are moving averages of those of training.

    Args:
      axis: the channels' axis.
      momentum: how slowly the moving averages change.
      epsilon: is added to the variance.
      center: whether `beta` is added.
      scale: whether it is multiplied by `gamma`.
      betaInitializer: how beta, [channels], begins.
      gammaInitializer: how gamma, [channels], begins.
      movingMeanInitializer: how the moving mean, [channels], begins.
      movingVarianceInitializer: how the moving variance, [channels], begins.
      betaConstraint: what beta must meet.
      gammaConstraint: what gamma must meet.
      betaRegularizer: a penalty on beta.
      gammaRegularizer: a penalty on gamma.
    """
    return make_layer(
        keras.layers.BatchNormalization,
        base,
        axis=axis,
        momentum=momentum,
        epsilon=epsilon,
        center=center,
        scale=scale,
        beta_initializer=initializers.get(betaInitializer, "zeros"),
        gamma_initializer=initializers.get(gammaInitializer, "ones"),
        moving_mean_initializer=initializers.get(movingMeanInitializer, "zeros"),
        moving_variance_initializer=initializers.get(movingVarianceInitializer, "ones"),
        beta_constraint=constraints.get(betaConstraint),
        gamma_constraint=constraints.get(gammaConstraint),
        beta_regularizer=regularizers.get(betaRegularizer),
        gamma_regularizer=regularizers.get(gammaRegularizer),
    )


@layer_options
def layerNormalization(
    *,
    axis: int | Sequence[int] = -1,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    betaInitializer: Any = "zeros",
    gammaInitializer: Any = "ones",
    betaRegularizer: Any = None,
    gammaRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """Each example with mean 0 and variance 1 over some axes, then scaled and moved.

    Args:
      axis: the axis or axes.
      epsilon: is added to the variance.
      center: whether `beta` is added.
      scale: whether it is multiplied by `gamma`.
      betaInitializer: how beta begins, of the shape of the axes.
      gammaInitializer: how gamma begins, of the shape of the axes.
      betaRegularizer: a penalty on beta.
      gammaRegularizer: a penalty on gamma.
    """
    return make_layer(
        keras.layers.LayerNormalization,
        base,
        axis=axis if isinstance(axis, int) else list(axis),
        epsilon=epsilon,
        center=center,
        scale=scale,
        beta_initializer=initializers.get(betaInitializer, "zeros"),
        gamma_initializer=initializers.get(gammaInitializer, "ones"),
        beta_regularizer=regularizers.get(betaRegularizer),
        gamma_regularizer=regularizers.get(gammaRegularizer),
    )
