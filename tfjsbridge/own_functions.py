"""Losses and metrics that are functions of a program's own, as `compile` takes them.

Follows tfjs-layers/src/engine/training.ts (`compile`): they are functions of Tensors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import end_scope, start_scope


def of_tensors(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A function of (yTrue, yPred), Tensors, as one of TensorFlow's tensors.

    What it makes of Tensors on its way is given back, as in a `tf.tidy`. Functions of Keras and
    TensorFlow stay as they are.
    """
    module = getattr(function, "__module__", None) or ""
    if module.split(".")[0] in ("keras", "tensorflow"):
        return function

    @functools.wraps(function)
    def computed(y_true: Any, y_pred: Any) -> Any:
        start_scope()
        try:
            return tensor_from(function(Tensor(y_true), Tensor(y_pred))).tensor
        finally:
            end_scope()

    return computed


def for_each_example(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The same, of a metric: what is one number for a batch is repeated for each example of it.

    tf.js: a batch counts in the mean of an epoch by its number of examples.
    """
    of_batch = of_tensors(function)

    @functools.wraps(function)
    def computed(y_true: Any, y_pred: Any) -> Any:
        value = tensorflow.convert_to_tensor(of_batch(y_true, y_pred))
        return tensorflow.fill(tensorflow.shape(y_pred)[:1], value) if value.shape == [] else value

    return computed
