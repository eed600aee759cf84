"""The loop that a training runs on: the one of the model's last training, or a new one."""

from __future__ import annotations

import textwrap
import warnings
from typing import Any

from tfjsbridge.runtime import quiet_streams, tensorflow
from tfjsbridge.training.eager import EagerLoop
from tfjsbridge.training.loop import Batches, Loop


def loop_for(
    model: Any,
    train: Batches,
    validation: Batches | None,
    shuffle: bool,
    jit: bool,
    light: bool,
    capacity: int,
) -> Loop:
    """The loop of the model's last training where it serves this one too, or a new one.

    What XLA cannot compile is trained without it, with a warning.
    """
    last = getattr(model, "_tfjsbridge_loop", None)
    if last is not None and last.serves(train, validation, shuffle, jit, light, capacity):
        # Until this training ends it is no other's, as of a callback that trains the model.
        del model._tfjsbridge_loop
        last.take_up(train, validation, capacity)
        return last
    if model.run_eagerly:
        return EagerLoop(model, train, validation, shuffle)
    if jit:
        try:
            with quiet_streams():  # XLA introduces itself
                return Loop(model, train, validation, shuffle, jit, light, capacity)
        except (tensorflow.errors.OpError, ValueError, TypeError, NotImplementedError) as error:
            reason = textwrap.shorten(str(error).strip().splitlines()[0], 200)
            warnings.warn(
                f"XLA cannot compile this model ({reason}); it is trained without XLA. "
                "With jit=False nothing is tried.",
                stacklevel=3,
            )
    return Loop(model, train, validation, shuffle, False, light, capacity)
