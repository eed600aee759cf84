"""A traced function as a graph whose variables are constants."""

from __future__ import annotations

from typing import Any
from unittest import mock

from tfjsbridge.runtime import tensorflow


def frozen(function: Any, inline: bool = True) -> tuple[list[Any], list[Any]]:
    """The inputs and outputs of a concrete function in a graph of its own, without variables.

    TensorFlow's `convert_variables_to_constants_v2` makes a function of that graph, too, which
    takes longer than all the rest and is not called.

    Args:
      function: the concrete function.
      inline: whether TensorFlow puts the bodies of functions in the place of their calls.
    """
    from tensorflow.python.framework import convert_to_constants

    inlined = convert_to_constants._run_inline_graph_optimization
    with mock.patch.object(
        convert_to_constants,
        "_run_inline_graph_optimization",
        inlined if inline else lambda function, *_: function.graph.as_graph_def(),
    ):
        source = convert_to_constants._FunctionConverterDataInEager(
            func=function, lower_control_flow=False, aggressive_inlining=False
        )
    definition, _ = convert_to_constants._replace_variables_by_constants(converter_data=source)
    graph = tensorflow.Graph()
    with graph.as_default():
        tensorflow.import_graph_def(definition, name="")
    inputs = []
    for given in function.inputs:
        if given.dtype != tensorflow.resource:
            tensor = graph.get_tensor_by_name(given.name)
            tensor.set_shape(given.shape)
            inputs.append(tensor)
    return inputs, [graph.get_tensor_by_name(output.name) for output in function.outputs]
