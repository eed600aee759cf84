"""What is said of the engine, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.measured import Measured
from benchmarks.names import ENGINE, ENGINE_AGAIN, ENGINE_EXACT, ENGINE_JIT, KERAS
from benchmarks.trainings import BY_NAME

#: At least so many times faster than Keras's fit and than tf.js's best backend in Node: the
#: engine's defaults, the whole first call on the first model of its kind. Of the large trainings a
#: later call is compared too.
FASTER = {
    "linear": (60.0, 15.0),
    "circle": (60.0, 15.0),
    "petal": (60.0, 15.0),
    "spiral": (60.0, 15.0),
    "unary_regression": (20.0, 4.0),
    "cnn": (2.0, 5.0),
    "wide_mlp": (1.3, 3.0),
    "lstm": (1.5, 3.0),
}

#: The same with an onEpochEnd callback.
FASTER_WATCHED = dict.fromkeys(("linear", "circle", "petal", "spiral"), (20.0, 4.0))

#: At most so far from Keras's weights.
CLOSE = {ENGINE: 1e-5, ENGINE_EXACT: 0.0}

#: What XLA compiles by default where it trains long, but not in the few epochs that are compared.
CLOSE_COMPILED = dict.fromkeys(FASTER_WATCHED, 1e-5)


@dataclass(frozen=True)
class Claim:
    """Something that must hold; `said` is it and what was found."""

    said: str
    holds: bool


def check(results: Iterable[Measured]) -> list[Claim]:
    """All claims on what was measured."""
    return [claim for result in results for claim in (*_speed(result), *_weights(result))]


def _speed(result: Measured) -> Iterator[Claim]:
    for watched, table in ((False, FASTER), (True, FASTER_WATCHED)):
        if result.name not in table:
            continue
        what = f"{result.name} with a callback" if watched else result.name
        keras, tfjs = table[result.name]
        if BY_NAME[result.name].large:
            later = result.times_faster(KERAS, ENGINE_AGAIN)
            yield at_least(keras, later, f"{what}: Keras fit, a later call of both")
        yield at_least(keras, result.times_faster(KERAS, watched=watched), f"{what}: Keras fit")
        best = result.best_tfjs(watched)
        yield at_least(
            tfjs, result.times_faster(best, watched=watched), f"{what}: {best or 'tf.js'}"
        )


def _weights(result: Measured) -> Iterator[Claim]:
    most_of = dict(CLOSE)
    if result.name in CLOSE_COMPILED:
        most_of[ENGINE_JIT] = CLOSE_COMPILED[result.name]
    for name, most in most_of.items():
        found = result.differences.get(name, float("nan"))
        need = f"at most {most:g}" if most else "none"
        said = f"{result.name}: {name}, difference from Keras's weights {found:.1e}, needed {need}"
        yield Claim(said, found <= most)


def at_least(needed: float, found: float, what: str) -> Claim:
    """That something is so many times faster."""
    return Claim(f"{what}: {found:.1f} times faster, needed {needed:g}", found >= needed)
