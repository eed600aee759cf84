"""The Keras layer behind a layer of one's own: a subclass of tf.layers.Layer, written as in tf.js.

Follows tfjs-layers/src/engine/topology.ts (`Layer.apply`, `addInboundNode`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfjsbridge.runtime import keras
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import end_scope, start_scope

if TYPE_CHECKING:
    from tfjsbridge.layers.base import Layer


class CustomLayer(keras.layers.Layer):
    """A Keras layer that does what the methods of `mirror` say."""

    #: tf.js: the shapes in `call` are numbers, the number of examples, too.
    needs_batch_size = True

    def __init__(self, mirror: Layer, name: str, trainable: bool):
        super().__init__(name=name, dtype="float32")
        self.trainable = trainable
        self.mirror = mirror
        #: Functions without parameters that give a scalar to be added to the loss.
        self.loss_functions: list[Callable[[], Any]] = []
        self.fast_initialization = False

    def build(self, input_shape: Any) -> None:
        """Make the weights: `build(inputShape)`."""
        self.mirror.build(_listed(input_shape))
        self.built = True

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute on TensorFlow tensors: `call(inputs, kwargs)`."""
        # tf.js: within a model the inputs come as a list, even if there is one only.
        values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        kwargs = {"training": training, "mask": mask}
        given = {name: value for name, value in kwargs.items() if value is not None}
        start_scope()
        try:
            result = self.mirror.call([Tensor(value) for value in values], given)
            several = isinstance(result, (list, tuple))
            computed = [tensor_from(each).tensor for each in (result if several else [result])]
            for function in self.loss_functions:
                self.add_loss(tensor_from(function()).tensor)
        finally:
            end_scope()
        return computed if several else computed[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape that `computeOutputShape` says, or a list of them."""
        shape = self.mirror.computeOutputShape(_listed(input_shape))
        return [tuple(each) for each in shape] if _is_nested(shape) else tuple(shape)

    def compute_output_spec(self, inputs: Any, **kwargs: Any) -> Any:
        """What it gives within a graph: tf.js calls no function of the layer for that."""
        shape = self.compute_output_shape(keras.tree.map_structure(lambda x: x.shape, inputs))
        if isinstance(shape, list):
            return [keras.KerasTensor(each, dtype=self.compute_dtype) for each in shape]
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask for the next layer: `computeMask(inputs, mask)`."""
        return self.mirror.computeMask(inputs, previous_mask)


def _is_nested(shape: Any) -> bool:
    """Whether these are the shapes of several tensors."""
    return len(shape) > 0 and isinstance(shape[0], (list, tuple))


def _listed(shape: Any) -> list[Any]:
    """A shape, or several, as lists."""
    return [list(each) for each in shape] if _is_nested(shape) else list(shape)
