"""Whether XLA compiles a training."""

from __future__ import annotations

from typing import Any, Literal

from keras.src.models.functional import Functional

from tfjsbridge.runtime import keras, tensorflow

layers = keras.layers

Jit = bool | Literal["auto"]

#: How many steps repay the compilation, about a second. `python benchmarks/jit.py` measures it.
STEPS_THAT_REPAY = 8000

#: The most weights of a model whose steps are mostly overhead, which XLA takes away.
WEIGHTS_OF_A_SMALL_MODEL = 70_000

#: The most weights, times the examples of a batch, of a step that needs no oneDNN and no threads.
MULTIPLICATIONS_OF_A_LIGHT_STEP = 1_000_000

#: Layers that XLA makes faster on a CPU and whose weights stay Keras's to 1e-5: no random ones, and
#: no normalization, behind which a bias has a gradient of rounding errors alone.
_FAST = (
    layers.InputLayer,
    layers.Dense,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
    layers.ELU,
    layers.Softmax,
    layers.Flatten,
    layers.Reshape,
    layers.Rescaling,
    layers.Add,
    layers.Subtract,
    layers.Multiply,
    layers.Average,
    layers.Concatenate,
)

#: A subclass may do anything in its steps.
_MODELS = (keras.Sequential, Functional)


def check(jit: Any) -> Jit:
    """`jit`, checked.

    Raises:
      ValueError: if it is neither True, False nor "auto".
    """
    if jit is True or jit is False or jit == "auto":
        return jit
    raise ValueError(f'jit must be True, False or "auto", got {jit!r}.')


def choose(jit: Jit, model: Any, steps: int, smaller_batches: bool) -> bool:
    """Whether to compile a training of so many steps with XLA.

    "auto" does so where it was measured to pay: a small dense model, steps enough to repay the
    compilation, on a CPU; and for a model whose compile() asks for it.

    Args:
      jit: what was asked for.
      model: the model.
      steps: how many batches it is trained on.
      smaller_batches: whether some are smaller than others.
    """
    if model.run_eagerly:
        return False
    if jit != "auto":
        return jit
    if model.jit_compile is True:
        return True
    if not _is_small_and_dense(model) or _has_accelerator():
        return False
    if not smaller_batches:
        return steps >= STEPS_THAT_REPAY
    # Keras does not weigh the loss of each of several outputs by the batch's size, which it does
    # not know; with XLA it knows it. And a smaller batch is compiled for itself.
    return len(model.outputs) == 1 and steps >= 2 * STEPS_THAT_REPAY


def may_be_light(jit: Jit, model: Any, batch_size: int) -> bool:
    """Whether a training that XLA does not compile may run on the light runtime.

    It pays for small dense models, in the first call and in each step, while the weights stay
    Keras's to 1e-5.
    """
    return (
        jit == "auto"
        and not model.run_eagerly
        and _is_small_and_dense(model)
        and model.count_params() * batch_size <= MULTIPLICATIONS_OF_A_LIGHT_STEP
        and not _has_accelerator()
    )


def _is_small_and_dense(model: Any) -> bool:
    return (
        type(model.optimizer).__module__.startswith(("keras.", "tfjsbridge."))
        and all(
            (type(layer) in _FAST and layer.compute_dtype == "float32") or type(layer) in _MODELS
            for layer in model._flatten_layers()
        )
        and model.count_params() <= WEIGHTS_OF_A_SMALL_MODEL
    )


def _has_accelerator() -> bool:
    return any(d.device_type != "CPU" for d in tensorflow.config.list_physical_devices())
