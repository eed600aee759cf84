"""Keras 3 models as graph-models: what tf.js's layers cannot say, as TensorFlow's own operations.

`trace.py` makes a graph of a model's inference, `rewrite.py` goes over it with the functions of
`operations.py`, one for each operation that tf.js has not or reads wrongly, and `save.py` has the
tensorflowjs package optimize and write it.
"""

from tfjsbridge.converters.graph.save import save_graph_model

__all__ = ["save_graph_model"]
