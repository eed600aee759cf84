"""The fit engine: Keras's own training step, whole epochs in one call.

It takes a plain compiled `keras.Model` and knows nothing of the mirror of tf.js::

    from tfjsbridge import training

    history = training.fit(keras_model, x, y, epochs=500, batch_size=50)
"""

from tfjsbridge.training.fit import fit
from tfjsbridge.training.fit_dataset import fit_dataset
from tfjsbridge.training.history import History
from tfjsbridge.training.inference import evaluate, evaluate_dataset, predict, train_on_batch
from tfjsbridge.training.jit import Jit

__all__ = [
    "History",
    "Jit",
    "evaluate",
    "evaluate_dataset",
    "fit",
    "fit_dataset",
    "predict",
    "train_on_batch",
]
