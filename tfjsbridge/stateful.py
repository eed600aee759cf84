"""Models whose recurrent layers keep their states need batches of one size.

Follows `standardizeUserData` in tfjs-layers/src/engine/training.ts and the checks of `apply` in
topology.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras


def check_batches(keras_model: Any, x: Any, batch_size: int, whole: bool = True) -> None:
    """Refuse data that does not come in batches of the size that a stateful model is built for.

    Args:
      keras_model: any model; only a stateful one is checked.
      x: the inputs, arrays [examples, ...].
      batch_size: how many examples a batch has.
      whole: whether tf.js wants the number of examples to be divisible by it, as to train.

    Raises:
      ValueError: before anything is computed.
    """
    stateful = [
        layer
        for layer in keras_model._flatten_layers()
        if isinstance(layer, keras.layers.RNN) and layer.stateful
    ]
    if not stateful:
        return
    examples = len(keras.tree.flatten(x)[0])
    if whole and examples % batch_size:
        raise ValueError(
            "In a stateful network, you should only pass inputs with a number of samples that is "
            f"divisible by the batch size {batch_size}. Found: {examples} sample(s)."
        )
    expected = keras_model.inputs[0].shape[0]
    last = examples % batch_size or batch_size
    for size in (min(batch_size, examples), last):
        if size != expected:
            raise ValueError(
                f"The states of layer {stateful[0].name} are for batches of {expected} examples, "
                f"but a batch has {size}: choose batchSize={expected} and a number of examples "
                "that it divides."
            )
