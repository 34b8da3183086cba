"""Autologging of XGBoost: what ``xgboost.train`` and the ``fit`` of its scikit-learn API record."""

import xgboost

from trainyard.autologging import boosting
from trainyard.autologging.datasets import describe_data
from trainyard.autologging.samples import MISSED, Sample

# Arguments of ``xgboost.train`` that are no params: data, objects, and what is logged otherwise.
_NO_PARAMS = {
    "params", "dtrain", "evals", "obj", "feval", "evals_result", "xgb_model", "callbacks", "learning_rates",
}  # fmt: skip

FLAVOR = "xgboost"

_SAMPLE = "_trainyard_sample"


class Recorder(xgboost.callback.TrainingCallback):
    """Tells a training of the metrics of each iteration."""

    def __init__(self, training):
        super().__init__()
        self._training = training

    def after_iteration(self, model, epoch, evals_log):
        """Record the latest metric of each evaluation set; never asks to stop."""
        metrics = {
            f"{data}-{name}": values[-1]
            for data, by_metric in evals_log.items()
            for name, values in by_metric.items()
            if values
        }
        if metrics:
            self._training.record(metrics, epoch)
        return False


def install(extra_tags):
    """Put the functions below in place of XGBoost's own; runs that they start get the tags."""
    boosting.install(xgboost, xgboost.DMatrix, xgboost.XGBModel, keep_sample, train, fit, extra_tags)


def keep_sample(original, self, *args, **kwargs):
    """In place of ``DMatrix.__init__``: some rows cannot be had back from a matrix later, so they are kept now."""
    setattr(self, _SAMPLE, Sample.of(args[0] if args else kwargs.get("data")))
    return original(self, *args, **kwargs)


def train(log_models, original, *args, **kwargs):
    """In place of ``xgboost.train``."""
    call = boosting.Call(original, args, kwargs)
    params, dtrain = call.get("params"), call.get("dtrain")
    if not call.is_valid or not isinstance(dtrain, xgboost.DMatrix):
        return original(*args, **kwargs)
    training = boosting.Training(_options(), log_models)
    training.begin(
        params,
        call.all_but(_NO_PARAMS),
        lambda: _describe(dtrain, None),
        [lambda data=data, name=name: _describe(data, name) for data, name in call.get("evals") or ()],
    )
    # A list of its own: the caller's, which may be used for further trainings, stays as it is.
    callbacks = [*(call.get("callbacks") or ()), Recorder(training)]
    try:
        booster = original(**{**call.given, "callbacks": callbacks})
    except BaseException:
        training.fail()
        raise
    _finish(training, booster, dtrain)
    return booster


def fit(original, self, *args, **kwargs):
    """In place of ``fit`` of an estimator, whose inner call of ``xgboost.train`` has recorded all but the model."""
    options = _options()
    sample = Sample.of(boosting.Call(original, args, kwargs).get("X"))
    with boosting.outermost(self) as is_outermost:
        result = original(self, *args, **kwargs)
    if is_outermost:
        from trainyard.xgboost import log_model

        boosting.log_fitted(log_model, self, sample, options, model_format=options["model_format"])
    return result


def _finish(training, booster, dtrain):
    from trainyard.xgboost import log_model

    def predict(rows):
        return booster.predict(xgboost.DMatrix(rows))

    sample = getattr(dtrain, _SAMPLE, MISSED)
    training.log_model(log_model, booster, sample, predict, model_format=training.options["model_format"])
    best = booster.attr("best_iteration")
    if best is not None and int(best) in training.results:
        training.record_early_stopping(int(best), max(training.results), training.results[int(best)])
    for kind in training.options["importance_types"]:
        training.log_importance(kind, lambda kind=kind: booster.get_score(importance_type=kind))


def _options():
    options = boosting.options_of(FLAVOR)
    return {**options, "importance_types": options["importance_types"] or ["weight"]}


def _describe(matrix, name):
    return describe_data(matrix.get_data(), name=name)
