"""What autologging records of one ``model.fit`` call, in the Keras and the TensorFlow flavor alike."""

import inspect
import sys
from typing import ClassVar

import trainyard
from trainyard.autologging.isolation import attempt
from trainyard.exceptions import MlflowException
from trainyard.types.infer import is_array

_UNLOGGED = {"self", "x", "y", "callbacks", "validation_data", "verbose"}
EXAMPLE_ROWS = 5


class FitCall:
    """The arguments of a ``fit`` call by name, however they were given.

    Parameters
    ----------
    original
        ``Model.fit`` as a function.
    model
        The model.
    args, kwargs
        What it was called with.
    """

    def __init__(self, original, model, args, kwargs):
        self.model = model
        bound = inspect.signature(original).bind(model, *args, **kwargs)
        bound.apply_defaults()
        self._bound = bound
        self.arguments = bound.arguments

    def params(self):
        """Return the params of the run: the arguments that are settings, and the size of the batches."""
        params = {
            name: value
            for name, value in self.arguments.items()
            if name not in _UNLOGGED and not hasattr(value, "shape")
        }
        size = attempt("the size of the batches could not be found", self._batch_size)
        if size is not None:
            params["batch_size"] = size
        return params

    def add_callbacks(self, callbacks):
        """Add callbacks, in a list of our own: the user's may be used again."""
        given = self.arguments.get("callbacks")
        if hasattr(given, "append") and not isinstance(given, list):  # a keras CallbackList
            for callback in callbacks:
                given.append(callback)
            return
        self.arguments["callbacks"] = [*_as_list(given), *callbacks]

    def callbacks(self):
        """Return the callbacks as a list."""
        given = self.arguments.get("callbacks")
        return _as_list(getattr(given, "callbacks", given))

    def call(self, original):
        """Call ``Model.fit`` with the arguments as they are now."""
        return original(*self._bound.args, **self._bound.kwargs)

    def example(self):
        """Return a few rows of the training data, as the model takes them; ``None`` where they cannot be had."""
        return _rows(self.arguments["x"])

    def _batch_size(self):
        given = self.arguments.get("batch_size")
        if given is not None:
            return given
        data = self.arguments["x"]
        size = getattr(data, "batch_size", None) or getattr(data, "_batch_size", None)
        if size is not None:
            return int(size.numpy() if hasattr(size, "numpy") else size)
        if hasattr(data, "__getitem__") and hasattr(data, "on_epoch_end"):  # a keras PyDataset
            return _length(data[0][0])
        if hasattr(data, "__next__"):
            try:
                first = next(data)
            except StopIteration:
                return None
            except Exception as error:
                # It is the training that this error is for.
                self.arguments["x"] = _failing(error)
                return None
            # A generator yields each batch once, so the one that was looked at is put back in front.
            self.arguments["x"] = _generator(first, data)
            return _length(first[0])
        return None


class Recording:
    """One recorded ``fit`` of a flavor: what comes before, around and after it.

    Parameters
    ----------
    flavor
        ``"keras"`` or ``"tensorflow"``.
    log_models, log_datasets
        What is wanted besides params and metrics.
    """

    wants_signature = True
    wants_example = False
    log_model_arguments: ClassVar[dict] = {}

    def __init__(self, flavor, log_models, log_datasets):
        self._flavor = flavor
        self._log_models = log_models
        self._log_datasets = log_datasets

    def run(self, original, model, args, kwargs, make_callbacks):
        """Call ``fit`` and record it; return its history.

        What cannot be recorded is left out with a warning. Nothing but ``fit`` itself may raise once the arguments have
        been looked at: a generator has been asked for its first batch then, so that ``fit`` cannot be called anew.

        Parameters
        ----------
        original, model, args, kwargs
            The call.
        make_callbacks
            ``make_callbacks(model_id)`` returns the callbacks that log while the model is trained.
        """
        call = FitCall(original, model, args, kwargs)
        users = call.callbacks()
        _refuse_own_callback(users, self._flavor)
        stopping = attempt("early stopping could not be looked for", early_stopping, users)
        attempt("the params could not be logged", _log_params, call, stopping)
        example = None
        if self.wants_example or self.wants_signature:
            example = attempt("no rows of the training data could be kept", call.example)
        # Before the training, so that its metrics can be linked to the model.
        logged = None
        if self._log_models:
            logged = attempt("the metrics will not be linked to the model", trainyard.initialize_logged_model, "model")
        model_id = logged.model_id if logged else None
        try:
            if self._log_datasets:
                attempt("the datasets could not be logged", log_datasets, call, model_id)
            added = attempt("the metrics could not be recorded", make_callbacks, model_id)
            call.add_callbacks(added or [])
            history = call.call(original)
        except BaseException:
            if logged:
                attempt("the logged model could not be marked as failed", _give_up, model_id)
            raise
        attempt("early stopping could not be logged", log_early_stopping, stopping, history, model_id)
        if self._log_models:
            # Without a logged model to fill it makes one: the store may be there again.
            attempt("the model could not be logged", self._log_model, model, example, model_id)
        return history

    def _log_model(self, model, example, model_id):
        import importlib

        signature = self._signature(model) if self.wants_signature else False
        if not self.wants_example:
            if signature is None and example is not None:
                # Only rows tell what a model without declared inputs takes.
                signature = trainyard.models.infer_signature(example, model.predict(example, verbose=0))
            example = None
        importlib.import_module(f"trainyard.{self._flavor}").log_model(
            model, name="model", model_id=model_id, signature=signature, input_example=example,
            **self.log_model_arguments,
        )  # fmt: skip

    def _signature(self, model):
        from trainyard.keras import tensors

        try:
            return tensors.of_model(model)
        except Exception:
            return None


def _log_params(call, stopping):
    trainyard.log_params({**call.params(), **(early_stopping_params(stopping) if stopping else {})})


def _give_up(model_id):
    trainyard.finalize_logged_model(model_id, "FAILED")


def log_datasets(call, model_id=None):
    """Log the training data, and the validation data where they are given by themselves, as inputs of the run."""
    _log_dataset(call.arguments["x"], call.arguments.get("y"), "train", model_id)
    validation = call.arguments.get("validation_data")
    if isinstance(validation, (tuple, list)) and len(validation) >= 2:
        _log_dataset(validation[0], validation[1], "eval", model_id)
    elif validation is not None:
        _log_dataset(validation, None, "eval", model_id)


def _log_dataset(features, targets, context, model_id):
    from trainyard.data import from_numpy, from_tensorflow
    from trainyard.data.code_dataset_source import CodeDatasetSource
    from trainyard.entities import LoggedModelInput
    from trainyard.tracking.context import resolve_tags

    tensorflow = sys.modules.get("tensorflow")
    source = CodeDatasetSource(tags=resolve_tags())
    if tensorflow is not None and isinstance(features, (tensorflow.data.Dataset, tensorflow.Tensor)):
        targets = targets if isinstance(features, tensorflow.Tensor) else None
        dataset = from_tensorflow(features, source, targets)
    elif is_array(features) or (isinstance(features, dict) and all(map(is_array, features.values()))):
        dataset = from_numpy(features, source, targets)
    else:
        return
    trainyard.log_input(dataset, context, model=LoggedModelInput(model_id) if model_id else None)


def early_stopping(callbacks):
    """Return the ``EarlyStopping`` among callbacks, or ``None``."""
    import keras

    return next((callback for callback in callbacks if isinstance(callback, keras.callbacks.EarlyStopping)), None)


def early_stopping_params(callback):
    """Return the settings of an ``EarlyStopping``."""
    names = ("monitor", "min_delta", "patience", "baseline", "restore_best_weights")
    return {name: getattr(callback, name) for name in names if hasattr(callback, name)}


def log_early_stopping(callback, history, model_id=None):
    """Log where a training stopped, and the metrics of the epoch whose weights were restored."""
    if callback is None or not getattr(callback, "stopped_epoch", 0):
        return
    log = {"synchronous": False, "model_id": model_id}
    trainyard.log_metrics({"stopped_epoch": callback.stopped_epoch}, **log)
    values = history.history.get(callback.monitor)
    if not callback.restore_best_weights or callback.best_weights is None or not values:
        return
    index = values.index(callback.best)
    trainyard.log_metrics({"restored_epoch": history.epoch[index]}, **log)
    restored = {name: float(metrics[index]) for name, metrics in history.history.items() if len(metrics) > index}
    trainyard.log_metrics(restored, step=callback.stopped_epoch + 1, **log)


def _refuse_own_callback(callbacks, flavor):
    """Raise when the user's callbacks log already what autologging would log again."""
    from trainyard.keras.callbacks import MlflowCallback

    if any(isinstance(callback, MlflowCallback) for callback in callbacks):
        raise MlflowException.invalid_parameter_value(
            "MLflow autologging must be turned off if an `MlflowCallback` is explicitly added to the callback list. "
            "You are creating an `MlflowCallback` while having autologging enabled. Please either call "
            f"`mlflow.{flavor}.autolog(disable=True)` to disable autologging or remove `MlflowCallback` from the "
            "callback list."
        )


def _rows(data):
    if is_array(data):
        return data[:EXAMPLE_ROWS]
    if isinstance(data, dict):
        rows = {name: _rows(value) for name, value in data.items()}
        return None if any(value is None for value in rows.values()) else rows
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and isinstance(data, tensorflow.Tensor):
        return data.numpy()[:EXAMPLE_ROWS]
    if tensorflow is not None and isinstance(data, tensorflow.data.Dataset):
        first = next(iter(data.take(1)), None)
        return _rows(first[0] if isinstance(first, tuple) else first)
    if hasattr(data, "__getitem__") and hasattr(data, "on_epoch_end"):
        return _rows(data[0][0])
    return None


def _as_list(callbacks):
    """Return callbacks as a list; Keras also takes one by itself."""
    if not callbacks:
        return []
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]


def _generator(first, rest):
    # Keras knows generators, and no other iterators.
    yield first
    yield from rest


def _failing(error):
    raise error
    yield  # which makes it a generator


def _length(batch):
    if isinstance(batch, dict):
        batch = next(iter(batch.values()))
    elif isinstance(batch, (list, tuple)):
        batch = batch[0]
    return len(batch)
