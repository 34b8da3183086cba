"""The plot of feature importances: bars by feature, several a feature where there is one importance per class."""

_INCHES = (6.4, 4.8)
_INCHES_PER_BAR = 0.1


def importance_figure(kind, importance):
    """Return a figure of the importance of features.

    It is drawn without pyplot, so that no figure or back end of the user's is touched.

    Parameters
    ----------
    kind
        What kind of importance it is.
    importance
        A number by feature, or a list with one number a class.
    """
    import numpy
    from matplotlib.figure import Figure

    features = numpy.array(list(importance))
    values = numpy.array([numpy.atleast_1d(value) for value in importance.values()], dtype=float)
    order = numpy.argsort(numpy.abs(values).sum(axis=1), kind="stable")
    features, values = features[order], values[order]
    count, classes = values.shape
    height = _INCHES[1] + _INCHES_PER_BAR * ((count if count > 10 else 0) + (classes if classes > 1 else 0))
    figure = Figure(figsize=(_INCHES[0], height))
    axes = figure.subplots()
    places = numpy.arange(count)
    offsets = numpy.linspace(-0.25, 0.25, classes) if classes > 1 else [0]
    for index, offset in enumerate(offsets):
        label = f"Class {index}" if classes > 1 else None
        axes.barh(places + offset, values[:, index], height=0.5 / max(classes - 1, 1), label=label)
    axes.set_yticks(places, features)
    axes.set_xlabel("Importance")
    axes.set_title(f"Feature Importance ({kind})")
    if classes > 1:
        axes.legend()
    figure.tight_layout()
    return figure
