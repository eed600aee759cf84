"""scikit-learn estimators over the fit engine, and their export to the browser.

::

    from tfjsbridge.sklearn import Classifier

    pipeline = make_pipeline(StandardScaler(), Classifier(epochs=50)).fit(X, y)
    export(pipeline, "web/model")    # tf.js then takes the raw features

The parameters have tf.js's names (`batchSize`, `validationSplit`), but for `random_state`, which
scikit-learn looks for by its own.
"""

from tfjsbridge.sklearn.estimators import Classifier, Regressor
from tfjsbridge.sklearn.export import export
from tfjsbridge.sklearn.preprocessing import writes

__all__ = ["Classifier", "Regressor", "export", "writes"]
