"""What a model wants to be fed, and random numbers that it can be fed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# The size of an axis that the model leaves open, other than the batch.
OPEN_SIZE = 8


@dataclass(frozen=True)
class InputSpec:
    """One input of a model, as tf.js sees it.

    Attributes:
        name: the input's name.
        shape: with the batch first; None where the model takes any size.
        dtype: a tf.js dtype: float32, int32, bool.
        vocabulary: the number of rows of the Embedding that reads this input, else None.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"
    vocabulary: int | None = None


@dataclass(frozen=True)
class Signature:
    """A model's inputs and the names of its outputs, both in tf.js's order."""

    inputs: tuple[InputSpec, ...]
    outputs: tuple[str, ...]

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> Signature:
        """What ``js/node_runner.cjs`` answers to the operation ``signature``."""
        inputs = (InputSpec(**{**spec, "shape": tuple(spec["shape"])}) for spec in answer["inputs"])
        return cls(tuple(inputs), tuple(answer["outputs"]))


def sample_inputs(signature: Signature, batch: int = 8, seed: int = 0) -> list[np.ndarray]:
    """Random inputs for a model: the same ones for the same arguments.

    Float inputs are standard normal, bool inputs are either, int32 inputs are 0 or 1 (valid as an
    index or a class of nearly anything). What an Embedding reads are its tokens, whatever the
    dtype. The batch has ``batch`` samples unless the model fixes it; other open axes get size 8.

    Returns:
        One array per input, in order, of the input's dtype.

    Raises:
        ValueError: an input has a dtype that cannot be made up, such as string.
    """
    random = np.random.default_rng(seed)
    return [_sample(spec, batch, random) for spec in signature.inputs]


def _sample(spec: InputSpec, batch: int, random: np.random.Generator) -> np.ndarray:
    sizes = [batch, *[OPEN_SIZE] * len(spec.shape)]
    shape = [size if want is None else want for want, size in zip(spec.shape, sizes, strict=False)]
    if spec.vocabulary is not None:
        return random.integers(0, spec.vocabulary, shape).astype(spec.dtype)
    if spec.dtype == "float32":
        return random.standard_normal(shape, np.float32)
    if spec.dtype in ("int32", "bool"):
        return random.integers(0, 2, shape).astype(spec.dtype)
    raise ValueError(
        f"Input {spec.name!r} has dtype {spec.dtype}: sample inputs are made for float32, int32 "
        "and bool only. Pass your own with inputs=."
    )


def as_inputs(inputs: Any, signature: Signature) -> list[np.ndarray]:
    """A user's inputs as one array per input of the model, in order and of its dtypes.

    Args:
        inputs: one array, a list of arrays, or a mapping from tf.js's input names to arrays.

    Raises:
        ValueError: the number, the names or the shapes are not the model's.
    """
    specs = signature.inputs
    names = [spec.name for spec in specs]
    if isinstance(inputs, Mapping):
        if set(inputs) != set(names):
            raise ValueError(f"The model's inputs are {names}, but {list(inputs)} were given.")
        inputs = [inputs[name] for name in names]
    elif not isinstance(inputs, Sequence) or not all(hasattr(one, "shape") for one in inputs):
        inputs = [inputs]  # one array, or nested lists of numbers that are one
    if len(inputs) != len(specs):
        raise ValueError(
            f"The model has {len(specs)} input(s) {names}, but {len(inputs)} array(s) were given."
        )
    arrays = [np.asarray(one).astype(spec.dtype) for one, spec in zip(inputs, specs, strict=True)]
    for array, spec in zip(arrays, specs, strict=True):
        fits = len(array.shape) == len(spec.shape) and all(
            want in (None, size) for want, size in zip(spec.shape, array.shape, strict=True)
        )
        if not fits:
            raise ValueError(
                f"Input {spec.name!r} wants the shape {spec.shape} (None: any size), but an array "
                f"of shape {array.shape} was given."
            )
    return arrays
