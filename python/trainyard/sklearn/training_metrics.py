"""The scores of an estimator on the data it was trained on, under MLflow's names."""

import inspect

from trainyard.autologging import attempt

PREFIX = "training_"


def training_metrics(estimator, data, pos_label):
    """Return the usual scores of a classifier or regressor on its training data, by name.

    What cannot be computed is left out with a warning.

    Parameters
    ----------
    estimator
        A fitted estimator.
    data : trainyard.sklearn.training_data.TrainingData
        What it was trained on; without a target nothing is computed.
    pos_label
        The class that precision, recall and F1 are of; ``None`` for their mean over classes, weighted by support.

    Returns
    -------
    dict[str, float]
    """
    from sklearn.base import is_classifier, is_regressor

    if data.target is None:
        return {}
    name = type(estimator).__name__
    metrics = {}
    if is_classifier(estimator):
        metrics = attempt(f"autologging has no metrics of {name}", _of_classifier, estimator, data, pos_label) or {}
    elif is_regressor(estimator):
        metrics = attempt(f"autologging has no metrics of {name}", _of_regressor, estimator, data) or {}
    if hasattr(estimator, "score"):
        score = attempt(f"autologging has no {PREFIX}score of {name}", _score, estimator, data)
        if score is not None:
            metrics[f"{PREFIX}score"] = score
    return metrics


def _of_classifier(estimator, data, pos_label):
    from sklearn import metrics

    predicted = estimator.predict(data.features)
    by_class = {"pos_label": pos_label, "average": "weighted" if pos_label is None else "binary"}
    found = {}
    for name in ("precision_score", "recall_score", "f1_score"):
        _add(found, name, getattr(metrics, name), data, predicted, **by_class)
    _add(found, "accuracy_score", metrics.accuracy_score, data, predicted)
    if hasattr(estimator, "predict_proba"):
        probabilities = estimator.predict_proba(data.features)
        _add(found, "log_loss", metrics.log_loss, data, probabilities)
        # With two classes the score is that of the greater label.
        scores = probabilities[:, 1] if len(probabilities[0]) == 2 else probabilities
        _add(found, "roc_auc", metrics.roc_auc_score, data, scores, average="weighted", multi_class="ovo")
    return found


def _of_regressor(estimator, data):
    from sklearn import metrics

    predicted = estimator.predict(data.features)
    found = {}
    for name in ("mean_squared_error", "mean_absolute_error", "r2_score"):
        _add(found, name, getattr(metrics, name), data, predicted, multioutput="uniform_average")
    squared = found.get(f"{PREFIX}mean_squared_error")
    if squared is not None:
        found[f"{PREFIX}root_mean_squared_error"] = squared**0.5
    return found


def _add(found, name, function, data, predicted, **arguments):
    value = attempt(
        f"autologging has no {PREFIX}{name}", function, data.target, predicted, sample_weight=data.weights, **arguments
    )
    if value is not None:
        found[f"{PREFIX}{name}"] = value


def _score(estimator, data):
    takes_weights = "sample_weight" in inspect.signature(estimator.score).parameters
    weights = (data.weights,) if takes_weights else ()
    return estimator.score(data.features, data.target, *weights)
