"""Keras 3 models as graph-models: what tf.js's layers cannot say, as TensorFlow's own operations.

`trace.py` makes a graph of a model's inference, `rewrite.py` goes over it with the functions of
`operations.py` and `convolutions.py`, one for each operation that tf.js has not or reads wrongly,
`write.py` has the tensorflowjs package optimize and write it, and `unfuse.py` takes apart what that
puts together too far.
"""

from tfjsbridge.converters.graph.save import save_graph_model, save_saved_model

__all__ = ["save_graph_model", "save_saved_model"]
