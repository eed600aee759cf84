"""tf.vis: tfjs-vis's API, drawn by plotly.

What tfjs-vis draws into its visor, a panel of the web page, appears here in the notebook; in a
script the visor is one HTML file that a browser shows without network, written anew as pictures
are drawn. Every function returns its plotly figure too. Follows @tensorflow/tfjs-vis 1.5.1.
"""

from tfjsbridge.vis import metrics, render, show
from tfjsbridge.vis.panel import Visor, visor
from tfjsbridge.vis.surfaces import Surface

#: The version of tfjs-vis whose API this is.
version_vis = "1.5.1"

__all__ = ["Surface", "Visor", "metrics", "render", "show", "version_vis", "visor"]
