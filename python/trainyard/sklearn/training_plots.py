"""Plots of a classifier on the data it was trained on, and the diagram of an estimator."""

_INCHES = (6.0, 4.0)
_DOTS_PER_INCH = 175
_PAGE = '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="UTF-8"/></head>\n<body>\n{}\n</body>\n</html>\n'


def plots(estimator, data):
    """Yield the file name of each plot, and a function that draws it as a Matplotlib figure.

    The confusion matrix of each classifier, and the ROC and precision-recall curves of those with two classes. Drawn
    without pyplot's figures, so that none of the user's is touched.

    Parameters
    ----------
    estimator
        A fitted classifier.
    data : trainyard.sklearn.training_data.TrainingData
        What it was trained on.
    """
    import numpy
    from sklearn import metrics

    arguments = {"sample_weight": data.weights}
    yield (
        "training_confusion_matrix.png",
        lambda: _draw(
            metrics.ConfusionMatrixDisplay,
            "Normalized confusion matrix",
            estimator,
            data,
            normalize="true",
            cmap="Blues",
            text_kw={"fontsize": min(8.0, 50.0 / max(1, len(getattr(estimator, "classes_", ()))))},
            **arguments,
        ),
    )
    if len(numpy.unique(data.target)) == 2:
        yield (
            "training_roc_curve.png",
            lambda: _draw(metrics.RocCurveDisplay, "ROC curve", estimator, data, **arguments),
        )
        yield (
            "training_precision_recall_curve.png",
            lambda: _draw(metrics.PrecisionRecallDisplay, "Precision recall curve", estimator, data, **arguments),
        )


def diagram(estimator):
    """Return the page that shows an estimator and its parts."""
    from sklearn.utils import estimator_html_repr

    return _PAGE.format(estimator_html_repr(estimator))


def _draw(display, title, estimator, data, **arguments):
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH, layout="tight")
    axes = figure.subplots()
    display.from_estimator(estimator, data.features, data.target, ax=axes, **arguments)
    axes.set_title(title)
    return figure
