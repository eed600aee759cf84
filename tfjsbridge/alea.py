"""The seeded random numbers of tf.js, number for number.

tf.js takes them from the npm package seedrandom, which has Johannes Baagøe's generator Alea: a
multiply-with-carry of the last three outputs, which are multiples of 2**-32.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tfjsbridge.tensor_format import js_number

_FACTOR = 2091639
_BASE = 2**32
#: Many numbers are drawn from this many places of the sequence at once.
_LANES = 1024
# The whole state as one number, a * (s0 + s1 b + s2 b**2) + carry, is divided by b at each step,
# modulo this; so any number of steps is one power.
_MODULUS = _FACTOR * _BASE**3 - 1
_STEP = _FACTOR * _BASE**2  # 1 / b


class Alea:
    """Random numbers from 0 to 1 that depend on the seed only."""

    __slots__ = ("carry", "s0", "s1", "s2")

    def __init__(self, seed: float | str):
        """The sequence of a seed, a number or a text."""
        text = seed if isinstance(seed, str) else js_number(seed)
        mash = Mash()
        states = [mash.add(" ") for _ in range(3)]
        self.s0, self.s1, self.s2 = ((state - mash.add(text)) % _BASE for state in states)
        self.carry = 1

    def next(self) -> float:
        """One number."""
        total = _FACTOR * self.s0 + self.carry
        self.s0, self.s1, self.s2 = self.s1, self.s2, total % _BASE
        self.carry = total >> 32
        return self.s2 / _BASE

    def take(self, count: int) -> np.ndarray:
        """The next `count` numbers, of float64."""
        if count < _LANES:
            return np.array([self.next() for _ in range(count)], np.float64)
        length = -(-count // _LANES)
        state = self._state()
        jump = pow(_STEP, length, _MODULUS)
        lanes = []
        at = state
        for _ in range(_LANES):
            lanes.append(_split(at))
            at = at * jump % _MODULUS
        s0, s1, s2, carry = np.array(lanes, np.uint64).T.copy()
        drawn = np.empty((length, _LANES), np.uint64)
        for row in drawn:
            total = s0 * np.uint64(_FACTOR) + carry
            np.bitwise_and(total, np.uint64(_BASE - 1), out=row)
            carry = total >> np.uint64(32)
            s0, s1, s2 = s1, s2, row
        end = state * pow(_STEP, count, _MODULUS) % _MODULUS
        self.s0, self.s1, self.s2, self.carry = _split(end)
        return drawn.T.reshape(-1)[:count] / float(_BASE)

    def _state(self) -> int:
        return _FACTOR * (self.s0 + self.s1 * _BASE + self.s2 * _BASE**2) + self.carry


def _split(state: int) -> tuple[int, int, int, int]:
    """The three outputs and the carry that make up a state."""
    outputs, carry = divmod(state, _FACTOR)
    return outputs % _BASE, outputs // _BASE % _BASE, outputs // _BASE**2, carry


class Mash:
    """The hash of texts that makes a seed a state, in JavaScript's double precision."""

    __slots__ = ("n",)

    def __init__(self) -> None:
        self.n = float(0xEFC8249D)

    def add(self, text: str) -> int:
        """Hash further characters; what the hash is then, of 32 bits."""
        units = text.encode("utf-16-le", "surrogatepass")
        for low, high in zip(units[::2], units[1::2], strict=True):
            self.n += low + 256 * high
            hashed = 0.02519603282416938 * self.n
            self.n = float(int(hashed) % _BASE)
            hashed = (hashed - self.n) * self.n
            self.n = float(int(hashed) % _BASE)
            self.n += (hashed - self.n) * _BASE
        return int(self.n) % _BASE


def gaussians(seed: float | str, mean: float, stdDev: float, truncated: bool) -> Iterator[float]:
    """Normally distributed numbers without end, by Marsaglia's polar method (`MPRandGauss`).

    Args:
      seed: a number or a text.
      mean: their mean.
      stdDev: their standard deviation.
      truncated: whether to leave out those further than two standard deviations from the mean.
    """
    random = Alea(seed)
    lower, upper = mean - 2 * stdDev, mean + 2 * stdDev
    size = 64
    while True:
        # In tf.js the second number of a pair is lost with a first one that is left out.
        pairs = 2 * random.take(2 * size).reshape(-1, 2) - 1
        square = (pairs**2).sum(axis=1)
        inside = (square < 1) & (square != 0)
        pairs, square = pairs[inside], square[inside]
        values = mean + stdDev * pairs * np.sqrt(-2 * np.log(square) / square)[:, None]
        if truncated:
            good = (values <= upper) & (values >= lower)
            good[:, 1] &= good[:, 0]
            yield from values[good].tolist()
        else:
            yield from values.reshape(-1).tolist()
        size = min(2 * size, 2**16)


def gammas(seed: float | str, alpha: float, beta: float, rounded: bool) -> Iterator[float]:
    """Gamma distributed numbers without end, by Marsaglia and Tsang's method (`RandGamma`).

    Args:
      seed: a number or a text.
      alpha: the shape parameter.
      beta: what they are multiplied with (as in tf.js, whose documentation calls it the inverse).
      rounded: whether the normally distributed numbers they are made of are rounded, as in tf.js
        for int32.
    """
    random = Alea(seed)
    normal = gaussians(random.next(), 0, 1, truncated=False)
    d = alpha + 2 / 3 if alpha < 1 else alpha - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x = next(normal)
        x = math.floor(x + 0.5) if rounded else x
        v = 1 + c * x
        if v <= 0:
            continue
        v **= 3
        u = random.next()
        if u < 1 - 0.331 * x**4 or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            value = 1 / (1 / beta) * d * v
            if alpha < 1:
                value *= random.next() ** (1 / alpha) if alpha else 0.0
            yield value
