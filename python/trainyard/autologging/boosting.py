"""What autologging records of gradient boosting, for XGBoost and LightGBM alike.

The modules of the two flavors translate their calls, callbacks and data into one :class:`Training`. Each step of it
stands alone: what cannot be recorded is warned about, and the rest goes on.
"""

import contextlib
import functools
import inspect
import json
import threading

from trainyard.autologging import attempt, get_autologging_config, safe_patch
from trainyard.autologging.samples import infer_sample_signature
from trainyard.notices import warn

# What a param may be long at most; more is cut off.
_KEY_LENGTH = 250
_VALUE_LENGTH = 6000

_OPTIONS = (
    "importance_types", "log_input_examples", "log_model_signatures", "log_models", "log_datasets",
    "registered_model_name", "model_format",
)  # fmt: skip


def options_of(flavor):
    """Return what the flavor's ``autolog`` was last called with; ``None`` for what it does not have."""
    return {name: get_autologging_config(flavor, name, None) for name in _OPTIONS}


def install(framework, dataset, estimator, keep_sample, train, fit, extra_tags):
    """Put functions of a flavor in place of its framework's own.

    Parameters
    ----------
    framework
        The module ``xgboost`` or ``lightgbm``; its name is the flavor's.
    dataset, estimator
        Its class of training data, and the base class of its scikit-learn API.
    keep_sample, train, fit
        What stands in for ``__init__`` of the first, for the function ``train`` (called with whether it is to log the
        model), and for ``fit`` of the second.
    extra_tags
        Tags of runs that these start.
    """
    from trainyard.sklearn.autologging import is_outside, watch_metrics, watch_predictions

    flavor = framework.__name__
    managed = {"manage_run": True, "extra_tags": extra_tags, "applies": is_outside}
    safe_patch(flavor, dataset, "__init__", keep_sample)
    safe_patch(flavor, framework, "train", functools.partial(train, True), **managed)
    # What the scikit-learn API calls; its models are logged as what they are when fit has returned.
    safe_patch(flavor, framework.sklearn, "train", functools.partial(train, False), **managed)
    classes = [cls for cls in vars(framework.sklearn).values() if isinstance(cls, type) and issubclass(cls, estimator)]
    for cls in classes:
        if "fit" in vars(cls):
            safe_patch(flavor, cls, "fit", fit, **managed)
    watch_predictions(flavor, classes, options_of(flavor)["log_datasets"])
    try:
        from sklearn import metrics
    except ImportError:  # without scikit-learn there is only the framework's own API
        return
    watch_metrics(flavor, metrics)


class Training:
    """One training of boosted trees, recorded to the active run.

    Parameters
    ----------
    options
        What ``autolog`` was called with: ``log_models``, ``log_datasets`` and so on.
    log_models
        Whether this training logs its model; the scikit-learn API logs it in its ``fit``.
    """

    def __init__(self, options, log_models):
        self.options = options
        self.results = {}
        self._log_models = log_models and options["log_models"]
        self._model_id = None
        self._dataset = None
        self._is_broken = False

    def begin(self, params, call_params, train_data, eval_data):
        """Record what is known before training.

        Parameters
        ----------
        params
            Params of the booster.
        call_params
            Other arguments of the call.
        train_data, eval_data
            A function that returns the dataset of training, and functions for the evaluation sets.
        """
        from trainyard.tracking.fluent import log_params

        texts = _log("params", lambda: _texts({**dict(params or {}), **call_params})) or {}
        _log("params", log_params, texts)
        if self.options["log_datasets"]:
            self._dataset = _log("the training data", _log_dataset, train_data, "train")
            for data in eval_data:
                _log("evaluation data", _log_dataset, data, "eval")
        if self._log_models:
            self._model_id = _log("the model", _initialize, texts)

    def record(self, metrics, iteration):
        """Record the metrics of one iteration; called from within training, so that nothing leaves it but metrics."""
        if self._is_broken:
            return
        try:
            metrics = {name.replace("@", "_at_"): value for name, value in metrics.items()}
            self.results[iteration] = metrics
            self._log_metrics(metrics, iteration)
        except Exception as error:
            self._is_broken = True
            warn(f"autologging could not record the metrics of iteration {iteration} and stops to: {error}")

    def record_early_stopping(self, best, stopped, best_metrics):
        """Record where training stopped, and the metrics of the best iteration once more, one step after the last."""

        def record():
            after_last = max(self.results) + 1
            self._log_metrics({"stopped_iteration": stopped, "best_iteration": best}, 0, self._dataset)
            self._log_metrics(best_metrics, after_last, self._dataset)

        if self.results:
            _log("early stopping", record)

    def log_importance(self, kind, measure, indent=None):
        """Log the importance of features, as JSON and as a plot where there is matplotlib.

        Parameters
        ----------
        kind
            What kind of importance it is.
        measure
            Returns the importance by feature.
        indent
            Of the JSON text.
        """
        from trainyard.tracking.run_artifacts import log_text

        importance = _log(f"the feature importance {kind!r}", measure)
        if not importance:
            return
        name = f"feature_importance_{kind}"
        _log(f"{name}.json", log_text, json.dumps(importance, indent=indent), f"{name}.json")
        _log(f"{name}.png", _log_plot, kind, importance)

    def log_model(self, log_model, model, sample, predict, **arguments):
        """Log the trained model with a signature and, where that is asked for, an example.

        Parameters
        ----------
        log_model
            The flavor's own.
        model
            The trained model.
        sample
            The :class:`trainyard.autologging.samples.Sample` of the training data.
        predict
            What the signature's outputs are of: ``predict(rows)``.
        """
        if not self._log_models:
            return
        info = log_trained(log_model, model, sample, predict, self.options, model_id=self._model_id, **arguments)
        if info is None:
            self.fail()

    def fail(self):
        """Mark the logged model as failed: there will be no model."""
        if self._model_id is not None:
            from trainyard.tracking.registration import finalize_logged_model

            _log("that the model failed", finalize_logged_model, self._model_id, "FAILED")

    def _log_metrics(self, metrics, step, dataset=None):
        from trainyard.tracking.fluent import log_metrics

        log_metrics(metrics, step=step, model_id=self._model_id, dataset=dataset)


def log_trained(log_model, model, sample, predict, options, **arguments):
    """Log a trained model by a flavor's ``log_model``, as its ``autolog`` was asked to; return its ``ModelInfo``."""

    def log():
        example, signature = infer_sample_signature(sample, predict, options)
        return log_model(
            model,
            name="model",
            signature=signature,
            input_example=example,
            registered_model_name=options.get("registered_model_name"),
            **arguments,
        )

    return _log("the model", log)


def log_fitted(log_model, estimator, sample, options, **arguments):
    """Log a fitted estimator, and remember it for the metrics that are computed of it later."""
    from trainyard.sklearn.post_training import remember_model
    from trainyard.tracking.fluent import active_run

    info = None
    if options["log_models"]:
        info = log_trained(log_model, estimator, sample, estimator.predict, options, **arguments)
    run = active_run()
    if run is not None:
        remember_model(estimator, run.info.run_id, info.model_id if info else None)


@contextlib.contextmanager
def outermost(estimator):
    """Tell whether this ``fit`` is the outermost of an estimator: classes call those of their bases inside."""
    inside = vars(_fitting).setdefault("estimators", set())
    is_outermost = id(estimator) not in inside
    inside.add(id(estimator))
    try:
        yield is_outermost
    finally:
        if is_outermost:
            inside.discard(id(estimator))


_fitting = threading.local()


class Call:
    """The arguments of a call, by name.

    Parameters
    ----------
    function
        What is called; its parameters have names throughout.
    args, kwargs
        The arguments, without ``self``.
    """

    def __init__(self, function, args, kwargs):
        parameters = [item for item in inspect.signature(function).parameters.values() if item.name != "self"]
        names = [parameter.name for parameter in parameters]
        # Arguments that are by keyword only may still come by position, which XGBoost takes with a warning.
        by_position = dict(zip(names, args, strict=False))
        # What Python refuses is left to the function itself.
        self.is_valid = len(args) <= len(names) and not set(by_position) & set(kwargs)
        self.given = {**by_position, **kwargs}
        self._defaults = {
            parameter.name: parameter.default for parameter in parameters if parameter.default is not parameter.empty
        }

    def get(self, name):
        """Return an argument that was given, else its default, else ``None``."""
        return self.given.get(name, self._defaults.get(name))

    def all_but(self, names):
        """Return what was given and the defaults of the rest, without some."""
        return {name: value for name, value in {**self._defaults, **self.given}.items() if name not in names}


def _log(what, log, *args):
    return attempt(f"autologging could not log {what}", log, *args)


def _texts(params):
    return {str(key)[:_KEY_LENGTH]: str(value)[:_VALUE_LENGTH] for key, value in params.items()}


def _log_dataset(make, context):
    from trainyard.tracking.run_inputs import log_input

    dataset = make()
    if dataset is not None:
        log_input(dataset, context=context)
    return dataset


def _initialize(params):
    from trainyard.tracking.registration import initialize_logged_model

    return initialize_logged_model("model", params=params).model_id


def _log_plot(kind, importance):
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        return
    from trainyard.autologging.importance import importance_figure
    from trainyard.tracking.run_artifacts import log_figure

    log_figure(importance_figure(kind, importance), f"feature_importance_{kind}.png")
