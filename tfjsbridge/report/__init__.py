"""Reports on a model's predictions, and pictures of a model and its training.

::

    from tfjsbridge import report

    print(report.binary(yTrue, model.predict(x)))
    best = report.thresholds(yTrue, yScore, recall=0.95)

    snapshots = report.Snapshots(20)
    model.fit(x, y, epochs=1000, callbacks=[snapshots])
    report.decision_boundary(model, x, y, snapshots).show()

Pictures are plotly figures; only drawing needs the pictures extra.

Every number is scikit-learn's; a number that is not defined for the data (the AUC of a single
class) is NaN, but precision, recall and F1 are 0 then, as in tf.js.
"""

from tfjsbridge.report.binary import BinaryReport, binary
from tfjsbridge.report.curves import curve
from tfjsbridge.report.histories import histories, learning_curves
from tfjsbridge.report.image_grids import filters, images
from tfjsbridge.report.loss_surfaces import loss_curve, loss_surface
from tfjsbridge.report.multiclass import MulticlassReport, multiclass
from tfjsbridge.report.planes import decision_boundary, probability_surface
from tfjsbridge.report.regression import RegressionReport, regression
from tfjsbridge.report.roc import RocCallback, roc_callback
from tfjsbridge.report.snapshots import Snapshots
from tfjsbridge.report.thresholds import thresholds

__all__ = [
    "BinaryReport",
    "MulticlassReport",
    "RegressionReport",
    "RocCallback",
    "Snapshots",
    "binary",
    "curve",
    "decision_boundary",
    "filters",
    "histories",
    "images",
    "learning_curves",
    "loss_curve",
    "loss_surface",
    "multiclass",
    "probability_surface",
    "regression",
    "roc_callback",
    "thresholds",
]
