"""tf.vis.show: pictures of models, trainings and tensors. Follows tfjs-vis/src/show/*.ts."""

from tfjsbridge.vis.show.histories import history
from tfjsbridge.vis.show.live import fitCallbacks
from tfjsbridge.vis.show.model import layer, modelSummary
from tfjsbridge.vis.show.quality import perClassAccuracy
from tfjsbridge.vis.show.tensor import valuesDistribution

__all__ = [
    "fitCallbacks",
    "history",
    "layer",
    "modelSummary",
    "perClassAccuracy",
    "valuesDistribution",
]
