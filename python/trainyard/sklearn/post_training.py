"""Metrics that the user computes after training: ``model.score`` and what ``sklearn.metrics`` says of its predictions.

A prediction is remembered, by identity, as one of a model on a dataset, which is called by the name of the user's
variable. A metric of a remembered prediction is logged to the run that has trained the model, with the model's id, as
``<metric>_<dataset>``; ``metric_info.json`` holds the calls.
"""

import inspect
import numbers
import threading
import weakref
from typing import NamedTuple

from trainyard.autologging import attempt, disabled
from trainyard.autologging.variables import name_of_variable
from trainyard.tracking.client import MlflowClient

_FILE = "metric_info.json"
_LONGEST_TEXT = 32
# Of so many runs the names of datasets and metrics are remembered.
_MOST_RUNS = 1000


class Trained(NamedTuple):
    """Where a model was recorded."""

    run_id: str
    model_id: str | None


class _ByIdentity:
    """Values by object; an entry goes when its object does."""

    def __init__(self):
        self._entries = {}

    def put(self, key, value):
        identity = id(key)
        try:
            reference = weakref.ref(key, lambda _: self._entries.pop(identity, None))
        except TypeError:
            return  # such as a list: it cannot be followed, and its identity may come again
        self._entries[identity] = (reference, value)

    def get(self, key):
        reference, value = self._entries.get(id(key), (None, None))
        return value if reference is not None and reference() is key else None


class _RunNames:
    """The datasets and metric calls of one run."""

    def __init__(self):
        self._datasets = {}
        self._calls = {}

    def dataset(self, data):
        """Return the name of a dataset: that of the variable, numbered when it has held others before."""
        name = name_of_variable(data, "unknown_dataset")
        known = self._datasets.setdefault(name, [])
        if id(data) not in known:
            known.append(id(data))
        return _numbered(name, known.index(id(data)))

    def metric(self, metric, dataset, call):
        """Return the name to log a metric by, and remember the call."""
        calls = self._calls.setdefault(metric, [])
        name = f"{_numbered(metric, len(calls))}_{dataset}"
        calls.append((name, call))
        return name

    def calls(self):
        """Return the calls by metric name, in order."""
        return dict(sorted(entry for calls in self._calls.values() for entry in calls))


_models = _ByIdentity()
_predictions = _ByIdentity()
_runs = {}
_lock = threading.Lock()


def remember_model(model, run_id, model_id):
    """Remember which run has trained a model, and as which logged model it was kept."""
    _models.put(model, Trained(run_id, model_id))


def predict(log_datasets, original, self, *args, **kwargs):
    """Patch of methods that predict: remember whose prediction it is, and of which data."""
    trained = _models.get(self)
    with disabled():
        prediction = original(self, *args, **kwargs)
    if trained is not None:
        data = _first_argument(original, args, kwargs)
        with _lock:
            dataset = _names(trained.run_id).dataset(data)
        _predictions.put(prediction, (trained, dataset))
        if log_datasets:
            attempt("autologging could not log the evaluation data", _log_dataset, trained.run_id, data)
    return prediction


def score(original, self, *args, **kwargs):
    """Patch of ``model.score``: log the score."""
    trained = _models.get(self)
    with disabled():
        value = original(self, *args, **kwargs)
    if trained is not None and _is_number(value):
        call = _call_text(f"{type(self).__name__}.{original.__name__}", original, (self, *args), kwargs)
        data = _first_argument(original, args, kwargs)
        with _lock:
            dataset = _names(trained.run_id).dataset(data)
        _log(trained, f"{type(self).__name__}_score", dataset, call, value)
    return value


def metric(original, *args, **kwargs):
    """Patch of the functions of ``sklearn.metrics``: log the metrics of remembered predictions."""
    with disabled():
        value = original(*args, **kwargs)
    if _is_number(value):
        for argument in (*args, *kwargs.values()):
            known = _predictions.get(argument)
            if known is not None:
                trained, dataset = known
                _log(trained, original.__name__, dataset, _call_text(original.__name__, original, args, kwargs), value)
                break
    return value


def _log(trained, metric_name, dataset, call, value):
    with _lock:
        names = _names(trained.run_id)
        name = names.metric(metric_name, dataset, call)
        calls = names.calls()
    client = MlflowClient()
    client.log_metric(trained.run_id, name, float(value), model_id=trained.model_id)
    client.log_dict(trained.run_id, calls, _FILE)


def _log_dataset(run_id, data):
    from trainyard.autologging.datasets import describe_data
    from trainyard.entities.dataset import DatasetInput, InputTag
    from trainyard.tracking import context

    dataset = describe_data(data)
    if dataset is not None:
        use = DatasetInput(dataset._to_mlflow_entity(), [InputTag(context.DATASET_CONTEXT, "eval")])
        MlflowClient().log_inputs(run_id, [use])


def _names(run_id):
    names = _runs.pop(run_id, None) or _RunNames()
    _runs[run_id] = names
    while len(_runs) > _MOST_RUNS:
        del _runs[next(iter(_runs))]
    return names


def _numbered(name, index):
    # A dash is in no name of a variable, so that no other name is met.
    return name if index == 0 else f"{name}-{index + 1}"


def _is_number(value):
    return isinstance(value, numbers.Number) and not isinstance(value, (bool, complex))


def _first_argument(function, args, kwargs):
    if args:
        return args[0]
    return kwargs.get(list(inspect.signature(function).parameters)[1])


def _call_text(name, function, args, kwargs):
    """Return a call as the user wrote it, as far as it can be known."""
    parameters = list(inspect.signature(function).parameters)
    arguments = list(zip(parameters, args, strict=False)) + list(kwargs.items())
    if "." in name:
        arguments = arguments[1:]
    return f"{name}({', '.join(f'{parameter}={_argument_text(value)}' for parameter, value in arguments)})"


def _argument_text(value):
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "...")
    if value is None or isinstance(value, (bool, numbers.Number)):
        return repr(value)
    return name_of_variable(value, f"<{type(value).__name__}>")
