"""The logs of this program's runs: where every ``log_*`` call goes.

A log appends to the run's journal on disk and returns; the core delivers the journal in the background.
``MlflowClient`` and the fluent functions share one log per run.
"""

import atexit
import os
import sys
import threading

from trainyard import _core
from trainyard.entities.run import Metric, Run
from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.tracking.context import PARENT_RUN_ID
from trainyard.tracking.model_points import ModelPoints

# A call that waits for the store gives up after so many seconds without an acknowledgement.
_SYNCHRONOUS_SECONDS = 120.0
# Logs that are kept open; the one that was opened first goes when there are more.
_KEPT = 256

# Threads log to runs of their own: what changes one of these holds the lock.
_lock = threading.Lock()
_logs = {}
# By run, what was logged for logged models.
_model_points = {}
# Runs that are known to be there, or to have been started offline.
_known = set()
# Those of them that may have been started offline: a stock server gives them ids of its own.
_started_offline = set()
# By the id that a store gave to one of these, the id that this program logs to it with.
_offline_ids = {}


def log_of(client, run_id):
    """Return the log of a run, which is looked for the first time that this program logs to it.

    A store that is away is not waited for: a run that is not there is then refused when what was logged is delivered.
    """
    key = (client.tracking_uri, run_id)
    log = _logs.get(key)
    if log is not None:
        return log
    started_offline = key in _started_offline
    if key not in _known:
        stored = _stored(client, run_id)
        run = None if _core.is_offline() else client._connection.look_for_run(stored)
        if run is not None and run["info"]["lifecycle_stage"] != "active":
            raise MlflowException.invalid_parameter_value(
                f"The run {run_id} must be in the 'active' state. Current state is deleted."
            )
        # It may be one that another program has started offline.
        started_offline = run is None or stored != run_id
    # Of two threads that were both first, the log of one is kept.
    return _keep(key, client._connection.run_log(run_id, started_offline), replace=False)


def remember(client, run_id, log=None):
    """Note that a run is there, and keep its log."""
    key = (client.tracking_uri, run_id)
    if log is not None:
        return _keep(key, log)
    with _lock:
        _known.add(key)
    return None


def known_log(client, run_id):
    """Return the log of a run that this program has logged to, or ``None``."""
    return _logs.get((client.tracking_uri, run_id))


def stored_id(client, run_id):
    """Return the id that the store knows a run by, once the start of the run is delivered."""
    key = (client.tracking_uri, run_id)
    if key not in _started_offline:
        # An earlier program may have started it offline.
        return run_id if key in _known else _stored(client, run_id)
    # A store that is away now is so for the request with this id too, whose error says it better.
    client._connection.flush(give_up=True)
    return _stored(client, run_id)


def _stored(client, run_id):
    stored = _core.stored_run_id(run_id)
    if stored != run_id:
        _offline_ids[client.tracking_uri, stored] = run_id
    return stored


def _ids(client, run_id):
    """Return the keys that this program may have logged to a run with, whichever id it is asked for by."""
    key = (client.tracking_uri, run_id)
    offline = _offline_ids.get(key)
    return [key] if offline is None else [key, (client.tracking_uri, offline)]


def _keep(key, log, replace=True):
    """Keep the log of a run, and return the one that is kept."""
    oldest = None
    with _lock:
        _known.add(key)
        if log.started_offline:
            _started_offline.add(key)
        if not replace and key in _logs:
            return _logs[key]
        if key not in _logs and len(_logs) >= _KEPT:
            oldest = _logs.pop(next(iter(_logs)))
        _logs[key] = log
    if oldest is not None:
        # It may have to write to disk.
        oldest.close()
    return log


def _forget(key):
    with _lock:
        _logs.pop(key, None)


def _renew_lock():
    """In a forked child: a thread of the parent, which does not exist here, may have held the lock."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def start(client, experiment, tags, run_name, start_time):
    """Start a run; without a store, offline.

    Parameters
    ----------
    client
        The client of the store.
    experiment
        Id and name of the experiment, one of which is ``None``.
    tags
        All tags of the run, a dict.
    run_name
        Its name, or ``None``.
    start_time
        Milliseconds since the epoch.
    """
    experiment_id, experiment_name = experiment
    offline = _core.is_offline()
    if PARENT_RUN_ID in tags and not offline:
        tags = {**tags, PARENT_RUN_ID: stored_id(client, tags[PARENT_RUN_ID])}
    request = {
        "experiment_id": experiment_id or "",
        "user_id": str(tags.get("mlflow.user", "unknown")),
        "start_time": start_time,
        "tags": [{"key": str(key), "value": str(value)} for key, value in tags.items()],
        "run_name": run_name or "",
    }
    connection = client._connection
    if offline or experiment_id is None:
        log, run = connection.start_offline(request, experiment_name or ""), None
    else:
        log, run = connection.start_run(request)
    if run is not None:
        remember(client, run["info"]["run_id"], log)
        return Run._from_wire(run)
    remember(client, log.run_id, log)
    if not offline:
        warn(
            f"no answer from {client.tracking_uri}: run {log.run_id} is recorded in a journal on this machine and "
            "delivered when there is one, by this program or by `trainyard sync`"
        )
    return _offline_run(log.run_id, request)


def resume_offline(client, run_id, tags):
    """Go on with a run without asking the store for it."""
    log = remember(client, run_id, known_log(client, run_id) or client._connection.run_log(run_id, True))
    log.log_batch([], [], [(str(key), str(value)) for key, value in tags.items()])
    fields = {"experiment_id": "", "user_id": "", "start_time": 0, "run_name": ""}
    return _offline_run(run_id, {**fields, "tags": [{"key": key, "value": str(tags[key])} for key in tags]})


def _offline_run(run_id, request):
    tags = request["tags"]
    name = request["run_name"] or next((tag["value"] for tag in tags if tag["key"] == "mlflow.runName"), "")
    info = {
        "run_id": run_id,
        "run_uuid": run_id,
        "run_name": name,
        "experiment_id": request["experiment_id"],
        "user_id": request["user_id"],
        "status": "RUNNING",
        "start_time": request["start_time"],
        "artifact_uri": "",
        "lifecycle_stage": "active",
    }
    return Run._from_wire({"info": info, "data": {"tags": tags}})


def end(client, run_id, status, end_time=None):
    """Record the end of a run and wait for a while until everything is delivered.

    What was refused is raised. What is not delivered in time is warned about, and delivered later.
    """
    log = log_of(client, run_id)
    log.end(status, end_time)
    _forget((client.tracking_uri, run_id))
    if _core.is_offline():
        return
    reason = log.flush(_core.end_run_timeout())
    if reason is not None:
        warn(
            f"not everything that was logged to run {run_id} is delivered yet: {reason}. It is kept on this machine; "
            "`trainyard sync` delivers it, and so does the next program that logs to this store"
        )


def acknowledged(log):
    """Wait until the store has acknowledged what was logged to a run."""
    reason = log.flush(_SYNCHRONOUS_SECONDS)
    if reason is not None:
        raise MlflowException(
            f"what was logged to run {log.run_id} is kept on this machine, but not delivered yet: {reason}",
            "TEMPORARILY_UNAVAILABLE",
        )


def flush():
    """Wait for the delivery of everything that this program has logged; what was refused is raised."""
    reason = _core.flush_all(None if _core.is_offline() else _SYNCHRONOUS_SECONDS)
    if reason is not None:
        raise MlflowException(
            f"not everything that was logged is delivered yet: {reason}. It is kept on this machine",
            "TEMPORARILY_UNAVAILABLE",
        )


def first_points(client, run_id):
    """Return the points that this program logged to a run at step 0, the last of each metric."""
    # Another thread may close one meanwhile.
    logs = [log for key in _ids(client, run_id) if (log := _logs.get(key)) is not None]
    return [
        Metric(key, value, timestamp, 0, None, dataset_name or None, dataset_digest or None)
        for log in logs
        for key, value, timestamp, dataset_name, dataset_digest in log.first_points()
    ]


def remember_model_point(client, run_id, key, value, step):
    """Note that a point was logged for a logged model, which nobody can tell from the point itself later."""
    of = (client.tracking_uri, run_id)
    points = _model_points.get(of)
    if points is None:
        with _lock:
            if len(_model_points) >= _KEPT:
                _model_points.pop(next(iter(_model_points)))
            points = _model_points.setdefault(of, ModelPoints())
    points.add(key, value, step)


def is_point_of_model(client, run_id, point):
    """Tell whether this program is known to have logged a point for a logged model."""
    return any(point in _model_points.get(key, ()) for key in _ids(client, run_id))


@atexit.register
def _deliver_the_rest():
    """Before the program ends: runs that it has logged to without ending them are delivered too."""
    try:
        with _lock:
            logs = list(_logs.values())
            _logs.clear()
        for log in logs:
            log.close()
        reason = _core.flush_all(_core.end_run_timeout())
    except MlflowException as error:
        reason = str(error)
    if reason is not None:
        print(
            f"trainyard: not everything that was logged is delivered: {reason}. It is kept on this machine; "
            "`trainyard sync` delivers it",
            file=sys.stderr,
        )
