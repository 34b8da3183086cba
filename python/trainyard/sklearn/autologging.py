"""Autologging of scikit-learn: what is recorded of each ``fit``, and of the metrics computed afterwards."""

import functools

from trainyard.autologging import attempt, autologging_integration, disabled, safe_patch
from trainyard.autologging.imports import when_imported_below
from trainyard.autologging.sessions import Sessions
from trainyard.exceptions import MlflowException
from trainyard.sklearn.serialization import SERIALIZATION_FORMAT_CLOUDPICKLE

_FLAVOR = "sklearn"
_sessions = Sessions()


@autologging_integration(_FLAVOR)
def autolog(
    log_input_examples=False,
    log_model_signatures=True,
    log_models=True,
    log_datasets=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    max_tuning_runs=5,
    log_post_training_metrics=True,
    serialization_format=SERIALIZATION_FORMAT_CLOUDPICKLE,
    registered_model_name=None,
    pos_label=None,
    extra_tags=None,
):
    """Record each training of a scikit-learn estimator from now on, in the active run or one of its own.

    Estimators inside of others, as in pipelines and searches, are recorded with the outermost one.

    Parameters
    ----------
    log_input_examples
        Keep a few rows of the training data beside the model.
    log_model_signatures
        Give the model a signature, inferred from a few rows of the training data.
    log_models
        Log the trained model.
    log_datasets
        Log training and evaluation data as inputs of the run.
    disable
        Stop recording.
    exclusive
        Do not record into runs that the user has started.
    disable_for_unsupported_versions
        Do not record with versions of scikit-learn outside of the range that stock MLflow 3.18 names.
    silent
        Show neither messages nor warnings of autologging.
    max_tuning_runs
        How many of the best points of a search get a run of their own; ``None`` for all.
    log_post_training_metrics
        Log what ``model.score`` and ``sklearn.metrics`` say of predictions of a recorded model.
    serialization_format
        How models are saved, see :func:`trainyard.sklearn.log_model`.
    registered_model_name
        Make each trained model a new version under this registered name.
    pos_label
        The class that training precision, recall and F1 are of; left out, they are means over all classes.
    extra_tags
        Tags of the runs that autologging starts.
    """
    if max_tuning_runs is not None and max_tuning_runs < 0:
        raise MlflowException.invalid_parameter_value(
            f"`max_tuning_runs` must be non-negative, instead got {max_tuning_runs}."
        )
    options = {
        "log_input_examples": log_input_examples,
        "log_model_signatures": log_model_signatures,
        "log_models": log_models,
        "log_datasets": log_datasets,
        "max_tuning_runs": max_tuning_runs,
        "log_post_training_metrics": log_post_training_metrics,
        "serialization_format": serialization_format,
        "registered_model_name": registered_model_name,
        "pos_label": pos_label,
    }
    # scikit-learn is neither imported here nor all of it later: what a program does import is watched as it comes.
    when_imported_below(_FLAVOR, "trainyard.sklearn", functools.partial(_watch_module, options, extra_tags))


def _watch_module(options, extra_tags, module):
    from trainyard.sklearn import estimators

    fit = functools.partial(_fit, options)
    classes = estimators.watched_classes(module)
    for kind in classes:
        for name in estimators.FIT_METHODS:
            _watch(kind, name, fit, manage_run=True, extra_tags=extra_tags)
    watch_predictions(_FLAVOR, classes, options["log_datasets"])
    if module.__name__ == "sklearn.metrics" and options["log_post_training_metrics"]:
        watch_metrics(_FLAVOR, module)
    if module.__name__ == "sklearn.model_selection":
        for name in estimators.VALIDATION_FUNCTIONS:
            safe_patch(_FLAVOR, module, name, _unrecorded)


def watch_predictions(flavor, classes, log_datasets):
    """Remember the predictions and log the scores of models of some classes; see ``post_training``."""
    from trainyard.sklearn import estimators, post_training

    predict = functools.partial(post_training.predict, log_datasets)
    for kind in classes:
        for name in estimators.PREDICT_METHODS:
            _watch(kind, name, predict, flavor=flavor)
        _watch(kind, "score", post_training.score, flavor=flavor)


def watch_metrics(flavor, module):
    """Log the metrics that ``sklearn.metrics``, which is the module, computes of remembered predictions."""
    from trainyard.sklearn import estimators, post_training

    for name in estimators.metric_functions():
        safe_patch(flavor, module, name, post_training.metric, applies=is_outside)


def _watch(kind, name, patch, flavor=_FLAVOR, **arguments):
    from trainyard.sklearn import estimators

    owner = estimators.owner_of(kind, name)
    if owner is not None:
        safe_patch(flavor, *owner, patch, applies=is_outside, **arguments)


def is_outside(*args, **kwargs):
    """Tell whether a call is not part of a training that is recorded as a whole; for ``applies`` of a patch."""
    return not _sessions.is_inside()


def _fit(options, original, self, *args, **kwargs):
    import trainyard
    from trainyard.sklearn import post_training
    from trainyard.sklearn.recording import Recording

    recording = None
    # Without an active run none could be started.
    if trainyard.active_run() is not None:
        with disabled():
            recording = attempt("autologging cannot record this training", Recording, self, args, kwargs, options)
            if recording is not None:
                recording.before()
    with _sessions.begin():
        fitted = original(self, *args, **kwargs)
    if recording is not None:
        with disabled():
            recording.after()
        if options["log_post_training_metrics"]:
            post_training.remember_model(self, recording.run_id, recording.model_id)
    return fitted


def _unrecorded(original, *args, **kwargs):
    with _sessions.begin():
        return original(*args, **kwargs)


__all__ = ["autolog"]
