"""Training a model that was made under a `tensorflow.distribute` strategy."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from tfjsbridge.training.history import History


def is_distributed(model: Any) -> bool:
    """Whether the model was made under a strategy, so that its variables are spread."""
    return getattr(model, "_distribute_strategy", None) is not None


def fit_with_keras(model: Any, callbacks: Sequence[Any], jit: Any, **options: Any) -> History:
    """Train it by Keras's own `fit`, which hands the batches out to the devices.

    Args:
      model: a compiled `keras.Model`.
      callbacks: Keras callbacks.
      jit: as of `fit`; the model's own setting is used, with a warning where this is another.
      options: those of Keras's `fit`.

    Raises:
      ValueError: for `backup_dir`, which is the fit engine's.
    """
    if options.pop("backup_dir", None) is not None:
        raise ValueError(
            "backupDir does not work for a model made under a tensorflow.distribute strategy; use "
            "keras.callbacks.BackupAndRestore."
        )
    warnings.warn(
        "The model was made under a tensorflow.distribute strategy; Keras's own fit trains it."
        + ("" if jit == "auto" else " For XLA, compile it with jit_compile=True."),
        stacklevel=3,
    )
    options.pop("seed", None)  # tf.data shuffles
    history = History()
    model.fit(callbacks=[*callbacks, history], **options)
    model.history = history
    return history
