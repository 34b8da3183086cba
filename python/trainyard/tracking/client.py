"""``MlflowClient``: every operation of the tracking store and the registry, by explicit ids.

The class is put together from one mix-in per subject; here are runs.
"""

import time

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.dataset import DatasetInput
from trainyard.entities.run import Metric, Param, Run, RunStatus, RunTag, ViewType
from trainyard.exceptions import MlflowException
from trainyard.tracking import connection, run_logs
from trainyard.tracking.artifacts import ArtifactCalls
from trainyard.tracking.context import PARENT_RUN_ID, USER
from trainyard.tracking.experiment_calls import ExperimentCalls
from trainyard.tracking.images import ImageCalls
from trainyard.tracking.logged_models import LoggedModelCalls
from trainyard.tracking.operations import finish, is_asynchronous
from trainyard.tracking.registry import RegistryCalls
from trainyard.tracking.tables import TableCalls
from trainyard.tracking.webhooks import WebhookCalls

# Fields of requests that hold the id of a run.
_RUN_IDS = ("run_id", "source_run_id")


class MlflowClient(
    ExperimentCalls, ArtifactCalls, ImageCalls, TableCalls, LoggedModelCalls, RegistryCalls, WebhookCalls
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

    def create_run(self, experiment_id, start_time=None, tags=None, run_name=None):
        """Start a run and return it.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        start_time
            Milliseconds since the epoch; now when left out.
        tags
            Values by name.
        run_name
            Name for people; one is made up when left out.

        Returns
        -------
        Run
        """
        answer = self._call(
            "CreateRun",
            experiment_id=str(experiment_id),
            user_id=str((tags or {}).get(USER, "unknown")),
            start_time=start_time or now(),
            tags=pairs(tags),
            run_name=run_name,
        )
        run = Run._from_wire(answer["run"])
        run_logs.remember(self, run.info.run_id)
        return run

    def get_run(self, run_id):
        """Return a run with its params, tags and the latest point of each metric.

        Parameters
        ----------
        run_id
            Id of the run.

        Returns
        -------
        Run
        """
        return Run._from_wire(self._call("GetRun", run_id=run_id)["run"])

    def get_parent_run(self, run_id):
        """Return the run under which a run is nested, or ``None``.

        Parameters
        ----------
        run_id
            Id of the run.

        Returns
        -------
        Run or None
        """
        parent_run_id = self.get_run(run_id).data.tags.get(PARENT_RUN_ID)
        return self.get_run(parent_run_id) if parent_run_id else None

    def search_runs(
        self,
        experiment_ids,
        filter_string="",
        run_view_type=ViewType.ACTIVE_ONLY,
        max_results=1000,
        order_by=None,
        page_token=None,
    ):
        """Return one page of runs of the given experiments.

        Parameters
        ----------
        experiment_ids
            Ids of the experiments.
        filter_string
            Filter; see :func:`trainyard.search_runs`.
        run_view_type
            Active runs, deleted runs, or all: a ``ViewType``.
        max_results
            Most results of the page.
        order_by
            Order; see :func:`trainyard.search_runs`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of Run
        """
        if isinstance(experiment_ids, (int, str)):
            experiment_ids = [experiment_ids]
        answer = self._call(
            "SearchRuns",
            experiment_ids=[str(experiment_id) for experiment_id in experiment_ids],
            filter=filter_string,
            run_view_type=ViewType.to_string(run_view_type).upper(),
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList([Run._from_wire(wire) for wire in answer.get("runs", ())], answer.get("next_page_token"))

    def update_run(self, run_id, status=None, name=None):
        """Change status or name of a run.

        Parameters
        ----------
        run_id
            Id of the run.
        status
            Name of the status, such as ``"FAILED"``.
        name
            The new name.
        """
        self._call("UpdateRun", run_id=run_id, status=status, run_name=name)

    def set_terminated(self, run_id, status=None, end_time=None):
        """End a run, by default as FINISHED and now."""
        status = status or RunStatus.to_string(RunStatus.FINISHED)
        run_logs.end(self, run_id, status, end_time)

    def delete_run(self, run_id):
        """Soft-delete a run.

        Parameters
        ----------
        run_id
            Id of the run.
        """
        self._call("DeleteRun", run_id=run_id)

    def restore_run(self, run_id):
        """Undo :meth:`delete_run`.

        Parameters
        ----------
        run_id
            Id of the run.
        """
        self._call("RestoreRun", run_id=run_id)

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
        """Log one point of a metric."""
        log = run_logs.log_of(self, run_id)
        log.log_metric(key, value, step, whole(timestamp), model_id, dataset_name, dataset_digest)
        return finish(log, synchronous)

    def get_metric_history(self, run_id, key):
        """Return all points of one metric of a run."""
        answer = self._call("GetMetricHistory", run_id=run_id, metric_key=key)
        return [Metric._from_wire(wire) for wire in answer.get("metrics", ())]

    def log_param(self, run_id, key, value, synchronous=None):
        """Log a param, which can be written once, and return its value."""
        log = run_logs.log_of(self, run_id)
        log.log_param(key, str(value))
        handle = finish(log, synchronous)
        return handle if is_asynchronous(synchronous) else value

    def set_tag(self, run_id, key, value, synchronous=None):
        """Set a tag of a run."""
        log = run_logs.log_of(self, run_id)
        log.set_tag(key, str(value))
        return finish(log, synchronous)

    def delete_tag(self, run_id, key):
        """Remove a tag of a run; where the store is away, when it is back."""
        self._connection.delete_tag(run_logs.log_of(self, run_id), str(key))

    def log_batch(self, run_id, metrics=(), params=(), tags=(), synchronous=None):
        """Log points, params and tags together: none of them when one of them cannot be right."""
        points = [
            (
                metric.key,
                number(metric.key, metric.value),
                whole(metric.timestamp),
                whole(metric.step),
                metric.model_id,
                metric.dataset_name,
                metric.dataset_digest,
            )
            for metric in metrics
        ]
        params = [(param.key, str(param.value)) for param in params]
        tags = [(tag.key, str(tag.value)) for tag in tags]
        log = run_logs.log_of(self, run_id)
        log.log_batch(points, params, tags)
        return finish(log, synchronous)

    def log_inputs(self, run_id, datasets=None, models=None):
        """Attach datasets and logged models to a run as its inputs."""
        run_logs.log_of(self, run_id).log_inputs(
            [dataset_input(use) for use in datasets or ()],
            [{"model_id": model.model_id} for model in models or ()],
        )

    def log_outputs(self, run_id, models):
        """Attach logged models to a run as its outputs."""
        outputs = [{"model_id": model.model_id, "step": int(model.step or 0)} for model in models]
        run_logs.log_of(self, run_id).log_outputs(outputs)


def now():
    """Return the time in milliseconds since the epoch."""
    return int(time.time() * 1000)


def whole(number):
    """Return a step or a time as an ``int``; frameworks also hand over floats."""
    return number if number is None or type(number) is int else int(number)


def number(key, value):
    """Return a metric value as a float: numbers, and arrays or tensors of one element."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise MlflowException.invalid_parameter_value(
            f"Got invalid value {value!r} for metric '{key}': a metric value has to be a number"
        ) from None


def dataset_input(use: DatasetInput):
    """Return a dataset input as the wire has it."""
    dataset = {key: value for key, value in use.dataset.to_dictionary().items() if value is not None}
    return {"tags": [{"key": tag.key, "value": tag.value} for tag in use.tags], "dataset": dataset}


__all__ = ["Metric", "MlflowClient", "Param", "RunTag"]
