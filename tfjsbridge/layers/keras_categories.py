"""The Keras layer of tf.layers.categoryEncoding.

Follows tfjs-layers/src/layers/preprocessing/{category_encoding,preprocessing_utils}.ts. Keras's
layer of the same name counts nothing of a vector, and takes other shapes.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras, tensorflow


@keras.saving.register_keras_serializable("tfjsbridge")
class CategoryEncoding(keras.layers.Layer):
    """Which of `num_tokens` categories occur, [batch, values] to [batch, num_tokens].

    Attributes:
      num_tokens: how many categories there are.
      output_mode: "multi_hot", "one_hot", "count", or "int", which gives the values as int32.
    """

    #: What Keras's layer has beyond this one.
    sparse = False

    def __init__(self, num_tokens: int, output_mode: str = "multi_hot", **base: Any):
        super().__init__(**base)
        self.num_tokens = num_tokens
        self.output_mode = output_mode

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        if self.output_mode == "int":
            return shape
        before = shape
        shape = shape or (1,)
        if self.output_mode == "one_hot" and shape[-1] != 1:
            shape = (*shape, 1)
        if len(shape) > 2:
            raise ValueError(
                "When outputMode is not int, maximum output rank is 2; got the input shape "
                f"{list(before)}, which would result in output rank {len(shape)}."
            )
        return (*shape[:-1], self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> Any:
        dtype = "int32" if self.output_mode == "int" else "float32"
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=dtype)

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """The encoding.

        Args:
          inputs: whole numbers from 0 to num_tokens - 1; fractions are cut off.
          count_weights: how much each counts, of the shape of `inputs`; for "count" only.
        """
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                "countWeights is not used when outputMode is not count; it is "
                f"{self.output_mode!r}."
            )
        values = tensorflow.cast(inputs, "int32")
        shape = self.compute_output_shape(values.shape)
        self._check(values)
        if self.output_mode == "int":
            return values
        if not values.shape.rank:
            values = values[None]
        elif self.output_mode == "one_hot" and values.shape[-1] != 1:
            values = values[:, None]
        if count_weights is not None:
            count_weights = tensorflow.cast(count_weights, "float32")
            if tuple(count_weights.shape) != tuple(values.shape):
                raise ValueError(
                    f"countWeights must have the shape of the input, {list(values.shape)}, but has "
                    f"{list(count_weights.shape)}."
                )
        # tf.js: of a vector the categories are counted in every mode (`denseBincount`).
        binary = self.output_mode != "count" and values.shape.rank == 2
        counts = tensorflow.math.bincount(
            values,
            weights=count_weights,
            minlength=self.num_tokens,
            maxlength=self.num_tokens,
            dtype=tensorflow.float32,
            axis=-1,
            binary_output=binary,
        )
        return tensorflow.ensure_shape(counts, shape)

    def _check(self, values: Any) -> None:
        message = (
            f"Input values must be between 0 <= values < numTokens with numTokens={self.num_tokens}"
        )
        good = tensorflow.reduce_all((values >= 0) & (values < self.num_tokens))
        if not tensorflow.executing_eagerly():
            tensorflow.debugging.Assert(good, [message])
        elif not bool(good):
            raise ValueError(f"{message}.")

    def get_config(self) -> dict[str, Any]:
        names = ("num_tokens", "output_mode")
        return super().get_config() | {name: getattr(self, name) for name in names}
