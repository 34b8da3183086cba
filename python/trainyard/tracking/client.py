"""``MlflowClient``: every operation of the tracking store and the registry, by explicit ids.

The class is put together from one mix-in per subject; here is what is logged to runs.
"""

from trainyard.entities.dataset import DatasetInput
from trainyard.entities.run import Metric, Param, RunTag
from trainyard.tracking import connection, run_logs
from trainyard.tracking.artifacts import ArtifactCalls
from trainyard.tracking.experiment_calls import ExperimentCalls
from trainyard.tracking.images import ImageCalls
from trainyard.tracking.logged_models import LoggedModelCalls
from trainyard.tracking.numbers import number, whole
from trainyard.tracking.operations import finish, is_asynchronous
from trainyard.tracking.registry import RegistryCalls
from trainyard.tracking.run_calls import RunCalls, now
from trainyard.tracking.tables import TableCalls
from trainyard.tracking.webhooks import WebhookCalls

# Fields of requests that hold the id of a run.
_RUN_IDS = ("run_id", "source_run_id")


class MlflowClient(
    ExperimentCalls, RunCalls, ArtifactCalls, ImageCalls, TableCalls, LoggedModelCalls, RegistryCalls, WebhookCalls
):
    """Calls of the tracking store and the model registry.

    Parameters
    ----------
    tracking_uri
        The store; the one in force by default.
    registry_uri
        The registry; the one in force by default.
    """

    def __init__(self, tracking_uri=None, registry_uri=None):
        self._tracking_uri = tracking_uri
        self._registry_uri = registry_uri

    @property
    def tracking_uri(self):
        """The tracking URI that calls go to."""
        return self._tracking_uri or connection.get_tracking_uri()

    @property
    def _connection(self):
        return connection.connect(self._tracking_uri)

    @property
    def _registry(self):
        uri = self._registry_uri or self._tracking_uri
        return connection.connect(uri or connection.get_registry_uri())

    def _call(self, operation, **fields):
        return self._connection.call(operation, self._request(fields))

    def _call_registry(self, operation, **fields):
        return self._registry.call(operation, self._request(fields))

    def _request(self, fields):
        request = {key: value for key, value in fields.items() if value is not None}
        for key in _RUN_IDS:
            if key in request:
                request[key] = run_logs.stored_id(self, request[key])
        return request

    # What is logged to runs

    def log_metric(
        self,
        run_id,
        key,
        value,
        timestamp=None,
        step=None,
        synchronous=None,
        dataset_name=None,
        dataset_digest=None,
        model_id=None,
    ):
        """Log one point of a metric.

        Parameters
        ----------
        run_id : str
            Id of the run.
        key : str
            Name of the metric.
        value : float
            A number, or an array or tensor of one element; may be NaN or infinite.
        timestamp : int
            Milliseconds since the epoch; now when left out.
        step : int
            Training step, 0 when left out.
        synchronous
            ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left
            out, it is in the run's journal when the call returns, and delivered in the background.
        dataset_name, dataset_digest : str
            The dataset that the value was computed on, as ``Dataset.name`` and ``Dataset.digest`` have it.
        model_id : str
            Id of the logged model that the value belongs to.

        Returns
        -------
        A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

        Raises
        ------
        MlflowException
            When the name is one that no store takes, when value, step or timestamp is no number, or when the run is not
            there or deleted, as far as that is known here: ``INVALID_PARAMETER_VALUE`` or ``RESOURCE_DOES_NOT_EXIST``.
        """
        log = run_logs.log_of(self, run_id)
        log.log_metric(key, value, step, timestamp, model_id, dataset_name, dataset_digest)
        if model_id:
            run_logs.remember_model_point(self, run_id, key, value, step)
        return finish(log, synchronous)

    def get_metric_history(self, run_id, key):
        """Return all points of one metric of a run.

        Parameters
        ----------
        run_id : str
            Id of the run.
        key : str
            Name of the metric.

        Returns
        -------
        list of Metric
            In order of time; empty when the run has no such metric.

        Raises
        ------
        MlflowException
            ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
        """
        answer = self._call("GetMetricHistory", run_id=run_id, metric_key=key)
        return [Metric._from_wire(wire) for wire in answer.get("metrics", ())]

    def log_param(self, run_id, key, value, synchronous=None):
        """Log a param, which can be written once, and return its value.

        Parameters
        ----------
        run_id : str
            Id of the run.
        key : str
            Name of the param.
        value
            Its value, written as its ``str``.
        synchronous
            ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left
            out, it is in the run's journal when the call returns, and delivered in the background.

        Returns
        -------
        ``value``, or a handle with ``wait()`` when ``synchronous`` is ``False``.

        Raises
        ------
        MlflowException
            ``INVALID_PARAMETER_VALUE`` when the name is one that no store takes, the value is too long, or the param
            has another value already.
        """
        log = run_logs.log_of(self, run_id)
        log.log_param(key, str(value))
        handle = finish(log, synchronous)
        return handle if is_asynchronous(synchronous) else value

    def set_tag(self, run_id, key, value, synchronous=None):
        """Set a tag of a run; a value that it has is replaced.

        Parameters
        ----------
        run_id : str
            Id of the run.
        key : str
            Name of the tag.
        value
            Its value, written as its ``str``.
        synchronous
            ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left
            out, it is in the run's journal when the call returns, and delivered in the background.

        Returns
        -------
        A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

        Raises
        ------
        MlflowException
            ``INVALID_PARAMETER_VALUE`` when the name is one that no store takes.
        """
        log = run_logs.log_of(self, run_id)
        log.set_tag(key, str(value))
        return finish(log, synchronous)

    def delete_tag(self, run_id, key):
        """Remove a tag of a run; where the store is away, when it is back.

        Parameters
        ----------
        run_id : str
            Id of the run.
        key : str
            Name of the tag.

        Raises
        ------
        MlflowException
            ``RESOURCE_DOES_NOT_EXIST`` when the run has no such tag.
        """
        self._connection.delete_tag(run_logs.log_of(self, run_id), str(key))

    def log_batch(self, run_id, metrics=(), params=(), tags=(), synchronous=None):
        """Log points, params and tags together: none of them when one of them cannot be right.

        Parameters
        ----------
        run_id : str
            Id of the run.
        metrics : list of Metric
            Points, each with its timestamp in milliseconds since the epoch and its step.
        params : list of Param
            Params, which can be written once.
        tags : list of RunTag
            Tags.
        synchronous
            ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left
            out, it is in the run's journal when the call returns, and delivered in the background.

        Returns
        -------
        A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

        Raises
        ------
        MlflowException
            ``INVALID_PARAMETER_VALUE`` when a name is one that no store takes, a number is none, or a param has another
            value already.
        """
        points = self._log_batch(run_id, metrics, params, tags)
        for key, value, _, step, model_id, _, _ in points:
            if model_id:
                run_logs.remember_model_point(self, run_id, key, value, step)
        return finish(run_logs.log_of(self, run_id), synchronous)

    def _log_batch(self, run_id, metrics=(), params=(), tags=()):
        """Log points, params and tags together, and return the points as they were logged."""
        points = [
            (
                metric.key,
                number(metric.key, metric.value),
                whole("timestamp", metric.key, metric.timestamp),
                whole("step", metric.key, metric.step),
                metric.model_id,
                metric.dataset_name,
                metric.dataset_digest,
            )
            for metric in metrics
        ]
        params = [(param.key, str(param.value)) for param in params]
        tags = [(tag.key, str(tag.value)) for tag in tags]
        run_logs.log_of(self, run_id).log_batch(points, params, tags)
        return points

    def log_inputs(self, run_id, datasets=None, models=None):
        """Attach datasets and logged models to a run as its inputs.

        Parameters
        ----------
        run_id : str
            Id of the run.
        datasets : list of DatasetInput
            Datasets with the tags of their use, such as its context.
        models : list of LoggedModelInput
            Logged models.

        Raises
        ------
        MlflowException
            ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
        """
        run_logs.log_of(self, run_id).log_inputs(
            [dataset_input(use) for use in datasets or ()],
            [{"model_id": model.model_id} for model in models or ()],
        )

    def log_outputs(self, run_id, models):
        """Attach logged models to a run as its outputs.

        Parameters
        ----------
        run_id : str
            Id of the run.
        models : list of LoggedModelOutput
            Logged models, each with the training step at which it was made.

        Raises
        ------
        MlflowException
            ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
        """
        outputs = [{"model_id": model.model_id, "step": int(model.step or 0)} for model in models]
        run_logs.log_of(self, run_id).log_outputs(outputs)


def dataset_input(use: DatasetInput):
    """Return a dataset input as the wire has it."""
    dataset = {key: value for key, value in use.dataset.to_dictionary().items() if value is not None}
    return {"tags": [{"key": tag.key, "value": tag.value} for tag in use.tags], "dataset": dataset}


__all__ = ["Metric", "MlflowClient", "Param", "RunTag", "now"]
