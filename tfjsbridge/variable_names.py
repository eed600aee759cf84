"""The variables that gradients are taken for, by the names that tf.js registers them under.

Follows `registeredVariables` of tfjs-core/src/engine.ts and `LayerVariable` of
tfjs-layers/src/variables.ts: a `tf.variable` has the name it was given or a number, the weight of a
layer is `dense_Dense1/kernel`. A TensorFlow variable of one's own is named after itself.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from tfjsbridge import variables
from tfjsbridge.runtime import keras, tensorflow

#: TensorFlow variables that are no `tf.variable`, by the names given to them here.
_named: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()

#: tf.js's names of models: they stand before the names of layers in Keras only.
_MODELS = re.compile(r"^((sequential_|model)\d+/)+")


def remember_weights(layer: Any) -> None:
    """Let the weights of a Keras layer or model be known by their TensorFlow variables.

    A tape tells which TensorFlow variables were used; whether a layer is trainable and what its
    weights are called Keras alone knows.
    """
    model = layer.name + "/" if isinstance(layer, keras.Model) else ""
    paths = dict(_inner_paths(layer))
    for weight in layer.weights:
        value = weight.value
        if not hasattr(value, "_tfjs_weight"):
            value._tfjs_weight = weight
            value._tfjs_path = paths.get(id(weight)) or weight.path.removeprefix(model)


def _inner_paths(layer: Any) -> Iterator[tuple[int, str]]:
    """tf.js's paths of weights whose layer is in a recurrent layer or a wrapper, by their ids.

    tf.js: a cell and the layer of TimeDistributed give no name of their own (`build` of
    layers/recurrent.ts and wrappers.ts).
    """
    if isinstance(layer, keras.Model):
        for each in layer.layers:
            yield from _inner_paths(each)
    elif isinstance(layer, keras.layers.Bidirectional):
        for each in (layer.forward_layer, layer.backward_layer):
            yield from ((weight, f"{layer.name}/{path}") for weight, path in _inner_paths(each))
    elif isinstance(layer, keras.layers.RNN):
        stacked = isinstance(layer.cell, keras.layers.StackedRNNCells)
        for number, cell in enumerate(layer.cell.cells if stacked else [layer.cell]):
            scope = f"{layer.name}/RNNCell_{number}" if stacked else layer.name
            yield from ((id(weight), f"{scope}/{weight.name}") for weight in cell.weights)
    elif isinstance(layer, keras.layers.TimeDistributed):
        inner = layer.layer
        paths = dict(_inner_paths(inner))
        for weight in [] if isinstance(inner, keras.Model) else inner.weights:
            path = paths.get(id(weight)) or f"{inner.name}/{weight.name}"
            yield id(weight), layer.name + path.removeprefix(inner.name)


def trainable_among(found: Sequence[Any]) -> list[Any]:
    """Those of TensorFlow variables that are to be trained: a frozen layer's are not."""
    registered = _by_identity()
    return [variable for variable in found if _owner(variable, registered).trainable]


def tensorflow_variable(value: Any) -> Any:
    """The TensorFlow variable of a `tf.variable` or a Keras weight, or None for anything else."""
    if isinstance(value, variables.Variable):
        return value.variable
    if isinstance(value, keras.Variable):
        return value.value
    return value if isinstance(value, tensorflow.Variable) else None


def names_of(found: Sequence[Any]) -> list[str]:
    """The names of TensorFlow variables; one that has none is given one that no other has."""
    registered = _by_identity()
    return [
        registered[id(variable)].name if id(variable) in registered else _own_name(variable)
        for variable in found
    ]


def _owner(variable: Any, registered: dict[int, variables.Variable]) -> Any:
    """What says whether a TensorFlow variable is trainable."""
    if id(variable) in registered:
        return registered[id(variable)]
    return getattr(variable, "_tfjs_weight", variable)


def _by_identity() -> dict[int, variables.Variable]:
    return {id(each.variable): each for each in list(variables._registered.values())}


def _own_name(variable: Any) -> str:
    name: str | None = getattr(variable, "_tfjs_name", None)
    if name is None:
        name = base = path_of(variable)
        number = 0
        while name in _named or name in variables._registered:
            number += 1
            name = f"{base}_{number}"  # tf.js: getUniqueTensorName
        variable._tfjs_name = name
        _named[name] = variable
    return name


def path_of(variable: Any) -> str:
    """tf.js's path of a weight, <layer>/<weight>, of its TensorFlow variable."""
    return _MODELS.sub("", getattr(variable, "_tfjs_path", variable.name.removesuffix(":0")))


def variable_named(name: str) -> Any:
    """The TensorFlow variable of a name, or None where there is none."""
    registered = variables._registered.get(name)
    return _named.get(name) if registered is None else registered.variable
