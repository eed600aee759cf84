"""tf.initializers: how a layer's weights begin.

Follows tfjs-layers/src/exports_initializers.ts and initializers.ts. Each function returns a Keras
initializer; `seed` makes it repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.converters.initializers import NORMAL_FAMILY, SAME, from_tfjs, variance_scaling
from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.pythonic import pythonic_entry
from tfjsbridge.runtime import keras

_MODES = {"fanIn": "fan_in", "fanOut": "fan_out", "fanAvg": "fan_avg"}


def zeros() -> Any:
    """All zeros."""
    return keras.initializers.Zeros()


def ones() -> Any:
    """All ones."""
    return keras.initializers.Ones()


@options
def constant(*, value: float) -> Any:
    """Every weight is `value`."""
    return keras.initializers.Constant(value)


@options
def randomUniform(*, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> Any:
    """Uniform between `minval` and `maxval`."""
    return keras.initializers.RandomUniform(minval, maxval, seed)


@options
def randomNormal(*, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> Any:
    """Normal."""
    return keras.initializers.RandomNormal(mean, stddev, seed)


@options
def truncatedNormal(*, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> Any:
    """Normal, drawn again beyond two standard deviations."""
    return keras.initializers.TruncatedNormal(mean, stddev, seed)


@options
def identity(*, gain: float = 1.0) -> Any:
    """`gain` times the identity matrix, for a square matrix."""
    return keras.initializers.Identity(gain)


@options
def varianceScaling(
    *,
    scale: float = 1.0,
    mode: str = "fanIn",
    distribution: str = "normal",
    seed: int | None = None,
) -> Any:
    """Scaled by the number of inputs ("fanIn"), outputs ("fanOut") or their mean ("fanAvg").

    tf.js: the "normal" distribution is truncated and not corrected for it, so that its standard
    deviation is 0.88 of Keras's of the same name.
    """
    if mode not in _MODES:
        raise unknown_name("mode", mode, _MODES)
    if distribution not in ("normal", "uniform"):
        raise unknown_name("distribution", distribution, ["normal", "uniform"])
    return variance_scaling(scale, _MODES[mode], distribution, seed)


@options
def glorotUniform(*, seed: int | None = None) -> Any:
    """Glorot uniform."""
    return keras.initializers.GlorotUniform(seed)


@options
def glorotNormal(*, seed: int | None = None) -> Any:
    """Glorot normal, the default of dense and convolution kernels in tf.js."""
    return variance_scaling(*NORMAL_FAMILY["GlorotNormal"], "normal", seed)


@options
def heUniform(*, seed: int | None = None) -> Any:
    """He uniform."""
    return keras.initializers.HeUniform(seed)


@options
def heNormal(*, seed: int | None = None) -> Any:
    """He normal."""
    return variance_scaling(*NORMAL_FAMILY["HeNormal"], "normal", seed)


@options
def leCunUniform(*, seed: int | None = None) -> Any:
    """LeCun uniform."""
    return keras.initializers.LecunUniform(seed)


@options
def leCunNormal(*, seed: int | None = None) -> Any:
    """LeCun normal."""
    return variance_scaling(*NORMAL_FAMILY["LeCunNormal"], "normal", seed)


@options
def orthogonal(*, gain: float = 1.0, seed: int | None = None) -> Any:
    """A random orthogonal matrix."""
    return keras.initializers.Orthogonal(gain, seed)


_BY_NAME: dict[str, Callable[[], Any]] = {
    "glorotNormal": glorotNormal,
    "glorotUniform": glorotUniform,
    "heNormal": heNormal,
    "heUniform": heUniform,
    "identity": identity,
    "leCunNormal": leCunNormal,
    "leCunUniform": leCunUniform,
    "ones": ones,
    "orthogonal": orthogonal,
    "randomNormal": randomNormal,
    "randomUniform": randomUniform,
    "truncatedNormal": truncatedNormal,
    "varianceScaling": varianceScaling,
    "zeros": zeros,
}


def get(identifier: Any, default: str = "glorotNormal") -> Any:
    """The Keras initializer of a tf.js name, or of what `layer.getConfig()` says of one.

    A Keras initializer is returned as it is.
    """
    identifier = default if identifier is None else identifier
    if isinstance(identifier, Mapping):
        known = [*SAME, *NORMAL_FAMILY, "VarianceScaling"]
        return from_tfjs(pythonic_entry("initializer", identifier, known))
    if not isinstance(identifier, str):
        return identifier
    name = identifier[:1].lower() + identifier[1:]  # tf.js takes class names, too
    if name not in _BY_NAME:
        raise unknown_name("initializer", identifier, _BY_NAME)
    return _BY_NAME[name]()
