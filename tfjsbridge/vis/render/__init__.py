"""tf.vis.render: charts of data. Follows tfjs-vis/src/render/*.ts."""

from tfjsbridge.vis.render.bars import barchart
from tfjsbridge.vis.render.distributions import histogram
from tfjsbridge.vis.render.matrices import confusionMatrix, heatmap
from tfjsbridge.vis.render.points import linechart, scatterplot
from tfjsbridge.vis.render.tables import table

__all__ = [
    "barchart",
    "confusionMatrix",
    "heatmap",
    "histogram",
    "linechart",
    "scatterplot",
    "table",
]
