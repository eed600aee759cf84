"""Keras 3 models to TensorFlow.js files and back.

It takes plain `keras.Model` objects and knows nothing of the mirror of tf.js::

    from tfjsbridge import converters

    converters.save_keras_model(keras_model, "export/my_model")
"""

from tfjsbridge.converters.graph import save_saved_model
from tfjsbridge.converters.load import load_keras_model
from tfjsbridge.converters.save import save_keras_model

__all__ = ["load_keras_model", "save_keras_model", "save_saved_model"]
