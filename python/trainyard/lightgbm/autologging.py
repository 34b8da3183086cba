"""Autologging of LightGBM: what ``lightgbm.train`` and the ``fit`` of its scikit-learn API record."""

import lightgbm

from trainyard.autologging import boosting
from trainyard.autologging.datasets import describe_data
from trainyard.autologging.samples import MISSED, Sample

# Arguments of ``lightgbm.train`` that are no params: data, objects, and what is logged otherwise.
_NO_PARAMS = {
    "params", "train_set", "valid_sets", "valid_names", "fobj", "feval", "init_model", "learning_rates", "callbacks",
    "evals_result",
}  # fmt: skip

FLAVOR = "lightgbm"

_SAMPLE = "_trainyard_sample"


class Recorder:
    """Tells a training of the metrics of each iteration; LightGBM calls it before the callback that stops early."""

    def __init__(self, training):
        self._training = training

    def __call__(self, env):
        """Record what was evaluated in an iteration."""
        metrics = {f"{entry[0]}-{entry[1]}": entry[2] for entry in env.evaluation_result_list or ()}
        if metrics:
            self._training.record(metrics, env.iteration)


def install(extra_tags):
    """Put the functions below in place of LightGBM's own; runs that they start get the tags."""
    boosting.install(lightgbm, lightgbm.Dataset, lightgbm.LGBMModel, keep_sample, train, fit, extra_tags)


def keep_sample(original, self, *args, **kwargs):
    """In place of ``Dataset.__init__``: training consumes the data, so some rows are kept now."""
    setattr(self, _SAMPLE, Sample.of(args[0] if args else kwargs.get("data")))
    return original(self, *args, **kwargs)


def train(log_models, original, *args, **kwargs):
    """In place of ``lightgbm.train``."""
    call = boosting.Call(original, args, kwargs)
    train_set = call.get("train_set")
    if not call.is_valid or not isinstance(train_set, lightgbm.Dataset):
        return original(*args, **kwargs)
    training = boosting.Training(boosting.options_of(FLAVOR), log_models)
    training.begin(
        call.get("params"), call.all_but(_NO_PARAMS), lambda: _describe(train_set, None), _evaluation_data(call)
    )
    # A list of its own: the caller's, which may be used for further trainings, stays as it is.
    callbacks = [*(call.get("callbacks") or ()), Recorder(training)]
    try:
        booster = original(**{**call.given, "callbacks": callbacks})
    except BaseException:
        training.fail()
        raise
    _finish(training, booster, train_set)
    return booster


def fit(original, self, *args, **kwargs):
    """In place of ``fit`` of an estimator, whose inner call of ``lightgbm.train`` has recorded all but the model."""
    options = boosting.options_of(FLAVOR)
    sample = Sample.of(boosting.Call(original, args, kwargs).get("X"))
    with boosting.outermost(self) as is_outermost:
        result = original(self, *args, **kwargs)
    if is_outermost:
        from trainyard.lightgbm import log_model

        boosting.log_fitted(log_model, self, sample, options)
    return result


def _finish(training, booster, train_set):
    from trainyard.lightgbm import log_model

    # Iterations count from one here, and zero means that nothing stopped early.
    best = booster.best_iteration
    if best > 0 and best - 1 in training.results:
        training.record_early_stopping(best, max(training.results) + 1, training.results[best - 1])
    for kind in ("split", "gain"):
        training.log_importance(
            kind,
            lambda kind=kind: dict(
                zip(booster.feature_name(), booster.feature_importance(importance_type=kind).tolist(), strict=True)
            ),
            indent=2,
        )
    training.log_model(log_model, booster, getattr(train_set, _SAMPLE, MISSED), booster.predict)


def _evaluation_data(call):
    sets, names = call.get("valid_sets") or (), call.get("valid_names")
    sets = [sets] if isinstance(sets, lightgbm.Dataset) else list(sets)
    names = [names] if isinstance(names, str) else list(names or ())
    names += [None] * (len(sets) - len(names))
    return [lambda data=data, name=name: _describe(data, name) for data, name in zip(sets, names, strict=False)]


def _describe(dataset, name):
    return describe_data(dataset.data, dataset.label, name)
