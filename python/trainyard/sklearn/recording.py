"""What autologging records of one call of ``fit``: params and data before, model, metrics and plots after.

Each step stands alone: what cannot be recorded is warned about, and the rest goes on.
"""

import trainyard
from trainyard.autologging import attempt
from trainyard.autologging.datasets import describe_data
from trainyard.autologging.samples import Sample, infer_sample_signature
from trainyard.sklearn import search, training_metrics, training_plots
from trainyard.sklearn.training_data import TrainingData
from trainyard.tracking.client import MlflowClient

# What a param may be long at most; more is cut off.
_KEY_LENGTH = 250
_VALUE_LENGTH = 6000

_FAILED = "autologging could not log {}"


class Recording:
    """One training of an estimator, recorded to the active run.

    Parameters
    ----------
    estimator
        What is trained.
    args, kwargs
        The arguments of ``fit``, without ``self``.
    options : dict
        What ``autolog`` was called with.
    """

    def __init__(self, estimator, args, kwargs, options):
        self._estimator = estimator
        self._options = options
        self._run = trainyard.active_run()
        self._data = TrainingData(estimator, args, kwargs)
        self._sample = Sample.of(self._data.features)
        self._dataset = None
        self.model_id = None

    @property
    def run_id(self):
        """Id of the run that the training is recorded to."""
        return self._run.info.run_id

    def before(self):
        """Record what is known before training."""
        attempt(_FAILED.format("params"), lambda: self._log_params(self.run_id, params_of(self._estimator)))
        attempt(_FAILED.format("the estimator's name"), trainyard.set_tags, tags_of(self._estimator))
        self._dataset = attempt(
            _FAILED.format("the training data"), describe_data, self._data.features, self._data.target
        )
        if self._dataset is not None and self._options["log_datasets"]:
            attempt(_FAILED.format("the training data"), trainyard.log_input, self._dataset, context="train")

    def after(self):
        """Record what training has made."""
        # Models come first: a model that is logged later takes the run's metrics of its step for its own.
        info = self._log_model(
            self._estimator,
            "model",
            lambda: {**params_of(self._estimator), **search.best_params(self._estimator)},
        )
        self.model_id = info.model_id if info else None
        best = getattr(self._estimator, "best_estimator_", None) if search.is_search(self._estimator) else None
        best_params = {}
        if best is not None:
            best_params = attempt(_FAILED.format("the best params"), best.get_params, deep=True) or {}
        best_info = self._log_model(best, "best_estimator", lambda: best_params) if best is not None else None
        metrics = attempt(
            _FAILED.format("training metrics"),
            training_metrics.training_metrics,
            self._estimator,
            self._data,
            self._options["pos_label"],
        )
        self._log_metrics(self.run_id, metrics, self.model_id)
        attempt(_FAILED.format("plots"), self._log_plots)
        attempt(_FAILED.format("estimator.html"), self._log_diagram)
        if search.is_search(self._estimator):
            best_id = best_info.model_id if best_info else None
            attempt(_FAILED.format("the search"), self._log_search, best_params, best_id)

    def _log_model(self, estimator, name, read_params):
        if not self._options["log_models"]:
            return None

        def log():
            from trainyard import sklearn

            example, signature = infer_sample_signature(
                self._sample, lambda rows: _answer(self._estimator, rows), self._options
            )
            return sklearn.log_model(
                estimator,
                name=name,
                signature=signature,
                input_example=example,
                serialization_format=self._options["serialization_format"],
                registered_model_name=self._options["registered_model_name"] if name == "model" else None,
                params=_texts(attempt(_FAILED.format("the params of the model"), read_params)),
            )

        return attempt(_FAILED.format(f"the model {name!r}"), log)

    def _log_plots(self):
        from importlib.util import find_spec

        from sklearn.base import is_classifier

        if self._data.target is None or not is_classifier(self._estimator) or find_spec("matplotlib") is None:
            return
        for file_name, draw in training_plots.plots(self._estimator, self._data):
            attempt(
                _FAILED.format(file_name),
                lambda draw=draw, file_name=file_name: MlflowClient().log_figure(self.run_id, draw(), file_name),
            )

    def _log_diagram(self):
        MlflowClient().log_text(self.run_id, training_plots.diagram(self._estimator), "estimator.html")

    def _log_search(self, best_params, best_model_id):
        if hasattr(self._estimator, "best_score_"):
            self._log_metrics(self.run_id, {"best_cv_score": self._estimator.best_score_}, self.model_id)
        attempt(_FAILED.format("the best params"), self._log_params, self.run_id, search.best_params(self._estimator))
        if not hasattr(self._estimator, "cv_results_"):
            return
        attempt(_FAILED.format("cv_results.csv"), search.log_results, self.run_id, self._estimator.cv_results_)
        attempt(_FAILED.format("the runs of the search"), self._log_children, best_params, best_model_id)

    def _log_children(self, best_params, best_model_id):
        for point in search.points(self._estimator, self._options["max_tuning_runs"]):
            child_id = search.start_child(self._run, self._estimator.estimator)
            is_best = point.params.items() <= best_params.items()
            self._log_params(child_id, {**params_of(self._estimator.estimator), **point.params})
            self._log_metrics(child_id, point.metrics, best_model_id if is_best else None)
            search.end_child(child_id, self._dataset)

    def _log_params(self, run_id, params):
        trainyard.log_params(_texts(params), run_id=run_id)

    def _log_metrics(self, run_id, metrics, model_id):
        if metrics:
            attempt(
                _FAILED.format("metrics"),
                trainyard.log_metrics,
                {name: float(value) for name, value in metrics.items()},
                run_id=run_id,
                model_id=model_id,
                dataset=self._dataset,
            )


def params_of(estimator):
    """Return the params of an estimator and of its parts; of a search without those of what it tunes."""
    return estimator.get_params(deep=not search.is_search(estimator))


def tags_of(estimator):
    """Return the tags that name an estimator."""
    kind = type(estimator)
    return {"estimator_name": kind.__name__, "estimator_class": f"{kind.__module__}.{kind.__name__}"}


def _answer(estimator, rows):
    if hasattr(estimator, "predict"):
        return estimator.predict(rows)
    if hasattr(estimator, "transform"):
        return estimator.transform(rows)
    raise TypeError(f"{type(estimator).__name__} has neither predict nor transform")


def _texts(params):
    return {_shortened(key, _KEY_LENGTH): _shortened(value, _VALUE_LENGTH) for key, value in (params or {}).items()}


def _shortened(value, most):
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 3]}..."
