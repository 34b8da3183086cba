"""The fluent interface: what is logged to the active run, without naming it."""

from trainyard.entities.run import Metric, Param, RunTag
from trainyard.tracking import active_model, operations, run_logs, thread
from trainyard.tracking.active_run import (
    ActiveRun,
    active_run,
    active_run_id,
    end_run,
    last_active_run,
    start_run,
)
from trainyard.tracking.artifacts import finish_uploads
from trainyard.tracking.client import MlflowClient, now
from trainyard.tracking.params import flatten


def log_param(key, value, synchronous=None):
    """Log a param of the active run, which can be written once, and return its value.

    Parameters
    ----------
    key : str
        Name of the param.
    value
        Its value, written as its ``str``.
    synchronous
        ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left out,
        it is in the run's journal when the call returns, and delivered in the background.

    Returns
    -------
    ``value``, or a handle with ``wait()`` when ``synchronous`` is ``False``.

    Raises
    ------
    MlflowException
        ``INVALID_PARAMETER_VALUE`` when the name is one that no store takes, the value is too long, or the param has
        another value already.
    """
    return MlflowClient().log_param(active_run_id(), key, value, synchronous)


def log_params(params, synchronous=None, run_id=None):
    """Log a dict of params, all or none of each hundred.

    Parameters
    ----------
    params
        The params; a dict in it gives params with dotted names. Values are written as their ``str``.
    synchronous
        ``True`` waits for the tracking store; ``False`` returns a handle to wait on.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    params = [Param(key, value) for key, value in flatten(params).items()]
    return MlflowClient().log_batch(run_id or active_run_id(), params=params, synchronous=synchronous)


def log_metric(key, value, step=None, synchronous=None, timestamp=None, run_id=None, model_id=None, dataset=None):
    """Log one point of a metric.

    Parameters
    ----------
    key
        Name of the metric.
    value
        A number, or an array or tensor of one element; may be NaN or infinite.
    step
        Training step, 0 when left out.
    synchronous
        ``True`` waits until the tracking store has acknowledged the point; ``False`` returns a handle to wait on. Left
        out, the point is in the run's journal when the call returns, and delivered in the background.
    timestamp
        Milliseconds since the epoch; now when left out.
    run_id
        The run; by default the active one, which is started when there is none.
    model_id
        Logged model that the value belongs to; by default the active model.
    dataset
        Dataset that the value was computed on.
    """
    log_point = thread.current.log_point
    usual = run_id is None and model_id is None and dataset is None and synchronous is None
    if log_point is None or not usual or operations.returns_handles:
        return _log_metric(key, value, step, synchronous, timestamp, run_id, model_id, dataset)
    log_point(key, value, step, timestamp)


def _log_metric(key, value, step, synchronous, timestamp, run_id, model_id, dataset):
    run_id = run_id or active_run_id()
    model_id = model_id or active_model.get_active_model_id()
    name, digest = _name_and_digest(dataset)
    return MlflowClient().log_metric(run_id, key, value, timestamp, step, synchronous, name, digest, model_id)


def log_metrics(metrics, step=None, synchronous=None, run_id=None, timestamp=None, model_id=None, dataset=None):
    """Log one point of each of several metrics: all of them, or none when one of them cannot be right.

    Parameters
    ----------
    metrics : dict
        Values by name: numbers, or arrays or tensors of one element.
    step : int
        Training step, 0 when left out.
    synchronous
        ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left out,
        it is in the run's journal when the call returns, and delivered in the background.
    run_id : str
        The run; by default the active one, which is started when there is none.
    timestamp : int
        Milliseconds since the epoch; now when left out.
    model_id : str
        Logged model that the values belong to; by default the active model.
    dataset : Dataset
        Dataset that the values were computed on.

    Returns
    -------
    A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

    Raises
    ------
    MlflowException
        ``INVALID_PARAMETER_VALUE`` when a name is one that no store takes, or a value, step or timestamp no number.
    """
    name, digest = _name_and_digest(dataset)
    timestamp = now() if timestamp is None else timestamp
    model_id = model_id or active_model.get_active_model_id()
    step = 0 if step is None else step
    points = [Metric(key, value, timestamp, step, model_id, name, digest) for key, value in metrics.items()]
    return MlflowClient().log_batch(run_id or active_run_id(), metrics=points, synchronous=synchronous)


def first_points(run_id):
    """Return the points that this program logged to a run at step 0, the last of each metric."""
    return run_logs.first_points(MlflowClient(), run_id)


def set_tag(key, value, synchronous=None):
    """Set a tag of the active run; a value that it has is replaced.

    Parameters
    ----------
    key : str
        Name of the tag.
    value
        Its value, written as its ``str``.
    synchronous
        ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left out,
        it is in the run's journal when the call returns, and delivered in the background.

    Returns
    -------
    A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

    Raises
    ------
    MlflowException
        ``INVALID_PARAMETER_VALUE`` when the name is one that no store takes.
    """
    return MlflowClient().set_tag(active_run_id(), key, value, synchronous)


def set_tags(tags, synchronous=None):
    """Set several tags of the active run.

    Parameters
    ----------
    tags : dict
        Values by name, written as their ``str``.
    synchronous
        ``True`` waits until the tracking store has acknowledged it; ``False`` returns a handle to wait on. Left out,
        it is in the run's journal when the call returns, and delivered in the background.

    Returns
    -------
    A handle with ``wait()`` when ``synchronous`` is ``False``, else ``None``.

    Raises
    ------
    MlflowException
        ``INVALID_PARAMETER_VALUE`` when a name is one that no store takes; then none is set.
    """
    tags = [RunTag(str(key), str(value)) for key, value in tags.items()]
    return MlflowClient().log_batch(active_run_id(), tags=tags, synchronous=synchronous)


def delete_tag(key):
    """Remove a tag of the active run.

    Parameters
    ----------
    key : str
        Name of the tag.

    Raises
    ------
    MlflowException
        ``RESOURCE_DOES_NOT_EXIST`` when the run has no such tag.
    """
    MlflowClient().delete_tag(active_run_id(), key)


def get_run(run_id):
    """Return a run with its params, tags and the latest point of each metric.

    Parameters
    ----------
    run_id : str
        Id of the run.

    Returns
    -------
    Run

    Raises
    ------
    MlflowException
        ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
    """
    return MlflowClient().get_run(run_id)


def get_parent_run(run_id):
    """Return the run under which a run is nested, or ``None``.

    Parameters
    ----------
    run_id : str
        Id of the run.

    Returns
    -------
    Run or None

    Raises
    ------
    MlflowException
        ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
    """
    return MlflowClient().get_parent_run(run_id)


def delete_run(run_id):
    """Soft-delete a run: it stays until :func:`restore_run` or ``trainyard gc``.

    Parameters
    ----------
    run_id : str
        Id of the run.

    Raises
    ------
    MlflowException
        ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
    """
    MlflowClient().delete_run(run_id)


def restore_run(run_id):
    """Undo :func:`delete_run`.

    Parameters
    ----------
    run_id : str
        Id of the run.

    Raises
    ------
    MlflowException
        ``RESOURCE_DOES_NOT_EXIST`` when there is no such run.
    """
    MlflowClient().restore_run(run_id)


def flush_async_logging():
    """Wait until the tracking store has acknowledged everything that was logged; what it refused is raised."""
    finish_uploads()
    run_logs.flush()


def flush_artifact_async_logging():
    """Wait for artifacts that are uploaded in the background."""
    finish_uploads()


def _name_and_digest(dataset):
    return (None, None) if dataset is None else (dataset.name, dataset.digest)


def __getattr__(name):
    # The rest of the fluent interface has modules of its own, which import this one; MLflow has all of it here.
    if not name.startswith("_"):
        from trainyard.tracking import names

        if name in names.MODULES:
            return names.load(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "ActiveRun",
    "active_run",
    "active_run_id",
    "delete_run",
    "delete_tag",
    "end_run",
    "first_points",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_parent_run",
    "get_run",
    "last_active_run",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "restore_run",
    "set_tag",
    "set_tags",
    "start_run",
]
