"""Layers / Basic of the tf.js API: embedding.

Follows tfjs-layers/src/layers/embeddings.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.layers.arguments import positive_integer
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def embedding(
    *,
    inputDim: int,
    outputDim: int,
    embeddingsInitializer: Any = "randomUniform",
    embeddingsRegularizer: Any = None,
    activityRegularizer: Any = None,
    embeddingsConstraint: Any = None,
    maskZero: bool = False,
    inputLength: int | Sequence[int | None] | None = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """A vector for each integer: [batch, steps] to [batch, steps, outputDim].

    Args:
      inputDim: how many integers there are, from 0 on.
      outputDim: the length of a vector.
      embeddingsInitializer: how the vectors, [inputDim, outputDim], begin.
      embeddingsRegularizer: a penalty on the vectors.
      activityRegularizer: a penalty on the output.
      embeddingsConstraint: what the vectors must meet.
      maskZero: whether later layers pass over steps that are 0.
      inputLength: the number of steps, where it is always the same.
    """
    if base.get("inputShape") is None and base.get("batchInputShape") is None:
        lengths = inputLength if isinstance(inputLength, Sequence) else [inputLength]
        base["inputShape"] = list(lengths)
    return make_layer(
        keras.layers.Embedding,
        base,
        input_dim=positive_integer("inputDim", inputDim),
        output_dim=positive_integer("outputDim", outputDim),
        embeddings_initializer=initializers.get(embeddingsInitializer, "randomUniform"),
        embeddings_regularizer=regularizers.get(embeddingsRegularizer),
        activity_regularizer=regularizers.get(activityRegularizer),
        embeddings_constraint=constraints.get(embeddingsConstraint),
        mask_zero=maskZero,
    )
