"""What the gates of recurrent layers compute with.

Follows tfjs-layers/src/layers/recurrent.ts, whose activations cannot be layers of their own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.activations import ACTIVATIONS, tfjs_activation
from tfjsbridge.converters.layers.common import inner_activation
from tfjsbridge.converters.registry import TfjsLayer
from tfjsbridge.runtime import keras

#: The weights of a cell: what the options of each begin with, and its name.
PARTS = {"kernel": "kernel", "recurrent": "recurrent_kernel", "bias": "bias"}

#: The gates in the order of their columns: True where it is a recurrent_activation's, False where
#: it is an activation's, None where the activation is taken of something else, too.
_GATES: dict[str, list[bool | None]] = {
    "SimpleRNN": [False],
    "GRU": [True, True, False],
    "LSTM": [True, True, None, True],
    "ConvLSTM2D": [True, True, None, True],
}

#: tf.js's hardSigmoid is clip(0.2 x + 0.5, 0, 1), Keras's clip(x / 6 + 0.5, 0, 1).
_SLOPE = 5 / 6


def write_activations(part: TfjsLayer, cell: Any) -> None:
    """Write the activations of a cell, and what its weights take in for them.

    Args:
      part: with the weights of the cell; both are changed.
      cell: Keras's.

    Raises:
      CannotConvertLayer: if tf.js has no such activation.
    """
    gates = _GATES[part.class_name]
    names = {False: "activation"} | ({True: "recurrent_activation"} if True in gates else {})
    for is_recurrent, name in names.items():
        function = getattr(cell, name)
        # Of a state tf.js takes the activation as it is.
        if function is keras.activations.hard_sigmoid and (is_recurrent or None not in gates):
            part.config[name] = tfjs_activation(ACTIVATIONS["hardSigmoid"])
            _scale(part, [gate is is_recurrent for gate in gates])
            part.untrained = "the size of the steps through the hard_sigmoid"
        else:
            part.config[name] = inner_activation(function, name)


def _scale(part: TfjsLayer, chosen: list[bool]) -> None:
    for name, array in part.weights.items():
        factors = np.where(chosen, np.float32(_SLOPE), np.float32(1))
        part.weights[name] = array * np.repeat(factors, array.shape[-1] // len(chosen))
    for kind in PARTS:
        # tf.js: it is asked for of the weights as they are written, when they are loaded.
        part.config[f"{kind}_constraint"] = None
