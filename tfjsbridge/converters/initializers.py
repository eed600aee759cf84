"""tf.js's initializers and Keras's, both ways.

Follows tfjs-layers/src/initializers.ts. Initial weights play no part in a model that is loaded with
its weights; they are kept so that a model means the same after a round trip.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras

#: tf.js draws from a truncated normal distribution whose standard deviation before truncation is
#: sqrt(scale / fan); Keras corrects for what truncation takes away. Multiplying Keras's scale by
#: this square undoes the correction.
TRUNCATION = 0.87962566103423978**2

_DISTRIBUTIONS = {"normal": "truncated_normal", "uniform": "uniform"}

#: tf.js class name to the Keras class with the same configuration and meaning.
SAME = {
    "Zeros": keras.initializers.Zeros,
    "Ones": keras.initializers.Ones,
    "Constant": keras.initializers.Constant,
    "RandomNormal": keras.initializers.RandomNormal,
    "RandomUniform": keras.initializers.RandomUniform,
    "TruncatedNormal": keras.initializers.TruncatedNormal,
    "Identity": keras.initializers.Identity,
    "Orthogonal": keras.initializers.Orthogonal,
    "GlorotUniform": keras.initializers.GlorotUniform,
    "HeUniform": keras.initializers.HeUniform,
    "LeCunUniform": keras.initializers.LecunUniform,
}

#: The members of the variance-scaling family that draw from a normal distribution: scale and mode.
NORMAL_FAMILY = {
    "GlorotNormal": (1.0, "fan_avg"),
    "HeNormal": (2.0, "fan_in"),
    "LeCunNormal": (1.0, "fan_in"),
}


def variance_scaling(scale: float, mode: str, distribution: str, seed: int | None = None) -> Any:
    """tf.js's VarianceScaling (mode in snake case, distribution "normal" or "uniform") in Keras."""
    return keras.initializers.VarianceScaling(
        scale=scale * (TRUNCATION if distribution == "normal" else 1.0),
        mode=mode,
        distribution=_DISTRIBUTIONS[distribution],
        seed=seed,
    )


def to_tfjs(initializer: Any) -> dict[str, Any]:
    """A Keras initializer as the configuration in a model.json."""
    config = initializer.get_config() if hasattr(initializer, "get_config") else {}
    seed = config.get("seed")
    seed = seed if isinstance(seed, int) else None
    for name, cls in SAME.items():
        if type(initializer) is cls:
            # Keras 3 has options that tf.js does not know (input_axes, ...).
            known = ("value", "mean", "stddev", "minval", "maxval", "gain")
            seeded = {"seed": seed} if "seed" in config else {}
            return _entry(name, {key: config[key] for key in known if key in config} | seeded)
    if isinstance(initializer, keras.initializers.VarianceScaling):
        uniform = config.get("distribution", initializer.distribution) == "uniform"
        return _entry(
            "VarianceScaling",
            {
                "scale": initializer.scale / (1.0 if uniform else TRUNCATION),
                "mode": initializer.mode,
                "distribution": "uniform" if uniform else "normal",
                "seed": seed,
            },
        )
    # A function or class of the user's own: tf.js has no such thing, and needs none to load.
    return _entry("Zeros", {})


def from_tfjs(entry: dict[str, Any] | None) -> Any:
    """The Keras initializer of a configuration in a model.json; None for one that is absent."""
    if entry is None:
        return None
    name, config = entry["class_name"], dict(entry.get("config") or {})
    seed = config.get("seed")
    if name in NORMAL_FAMILY:
        return variance_scaling(*NORMAL_FAMILY[name], "normal", seed)
    if name == "VarianceScaling":
        return variance_scaling(
            config.get("scale", 1.0),
            _snake_mode(config.get("mode", "fan_in")),
            "uniform" if config.get("distribution") == "uniform" else "normal",
            seed,
        )
    if name in SAME:
        return SAME[name](**config)
    return keras.initializers.get(entry)


def _snake_mode(mode: str) -> str:
    return {"fanIn": "fan_in", "fanOut": "fan_out", "fanAvg": "fan_avg"}.get(mode, mode)


def _entry(name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": name, "config": config}
