"""Reports on a model's predictions: scikit-learn's metrics by name, as a table and as pictures.

::

    from tfjsbridge import report

    print(report.binary(yTrue, model.predict(x)))
    best = report.thresholds(yTrue, yScore, recall=0.95)

Every number is scikit-learn's; a number that is not defined for the data (the AUC of a single
class) is NaN, but precision, recall and F1 are 0 then, as in tf.js.
"""

from tfjsbridge.report.binary import BinaryReport, binary
from tfjsbridge.report.multiclass import MulticlassReport, multiclass
from tfjsbridge.report.regression import RegressionReport, regression
from tfjsbridge.report.roc import RocCallback, roc_callback
from tfjsbridge.report.thresholds import thresholds

__all__ = [
    "BinaryReport",
    "MulticlassReport",
    "RegressionReport",
    "RocCallback",
    "binary",
    "multiclass",
    "regression",
    "roc_callback",
    "thresholds",
]
