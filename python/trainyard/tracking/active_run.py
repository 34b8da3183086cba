"""The runs of this program: their start and end, and the active run of each thread."""

import atexit
import os
import sys

from trainyard import _core, environment
from trainyard.entities.run import LifecycleStage, Run, RunStatus, RunTag
from trainyard.exceptions import MlflowException
from trainyard.tracking import context, experiments, run_logs, thread
from trainyard.tracking.artifacts import finish_uploads
from trainyard.tracking.client import MlflowClient, now

_last_run_id = None

# In a forked child, the run that was active when it was forked: workers of a data loader log to it.
_inherited_run_id = None

# By run, the thread that records its system metrics.
_monitors = {}


class ActiveRun(Run):
    """A started run; as a context manager it ends the run, as FAILED when the block raises."""

    def __init__(self, run):
        super().__init__(run.info, run.data, run.inputs, run.outputs)

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        runs = thread.current.runs
        if any(run.info.run_id == self.info.run_id for run in runs):
            # Runs that were started inside the block and left open end with it.
            while runs[-1].info.run_id != self.info.run_id:
                end_run()
            if exc_type is None:
                end_run()
                return True
            try:
                end_run("FAILED")
            except Exception as error:
                # The error of the block is the one that its author has to see.
                print(f"trainyard: at the end of run {self.info.run_id}: {error}", file=sys.stderr)
        return exc_type is None


def start_run(
    run_id=None,
    experiment_id=None,
    run_name=None,
    nested=False,
    parent_run_id=None,
    tags=None,
    description=None,
    log_system_metrics=None,
):
    """Start a run, or go on with an existing one, and make it the active run of this thread.

    Parameters
    ----------
    run_id
        A run to go on with; ``MLFLOW_RUN_ID`` names one from outside.
    experiment_id
        The experiment; by default the one that was set.
    run_name
        Name for people; one is made up when left out.
    nested
        Allow a run inside the active one.
    parent_run_id
        The run to nest under.
    tags
        Tags to set.
    description
        Text of the tag ``mlflow.note.content``.
    log_system_metrics
        Record CPU, memory, disk, network and GPU use until the run ends; left out, as
        ``enable_system_metrics_logging`` and the environment say.

    Returns
    -------
    ActiveRun
        A run that can be used in a ``with`` statement.
    """
    runs = thread.current.runs
    if runs and not nested:
        raise MlflowException(
            f"Run with UUID {runs[0].info.run_id} is already active. To start a new run, first end the current run "
            "with mlflow.end_run(). To start a nested run, call start_run with nested=True"
        )
    tags = dict(tags or {})
    if description:
        if context.RUN_NOTE in tags:
            raise MlflowException.invalid_parameter_value(
                f"description: the tag {context.RUN_NOTE} in tags already holds one"
            )
        tags[context.RUN_NOTE] = description
    client = MlflowClient()
    existing_run_id = run_id or environment.get("RUN_ID")
    if existing_run_id:
        environment.drop("RUN_ID")
        run = _resume(client, existing_run_id, run_name, tags)
    else:
        run = _create(client, experiment_id, run_name, parent_run_id, tags)
    active = ActiveRun(run)
    _push(active)
    _monitor(active.info.run_id, log_system_metrics, resumed=bool(existing_run_id))
    return active


def _monitor(run_id, log_system_metrics, resumed):
    if log_system_metrics is None:
        log_system_metrics = environment.is_true("ENABLE_SYSTEM_METRICS_LOGGING")
    if not log_system_metrics or run_id in _monitors:
        return
    from trainyard.system_metrics.system_metrics_monitor import SystemMetricsMonitor

    _monitors[run_id] = SystemMetricsMonitor(run_id, resume_logging=resumed)
    _monitors[run_id].start()


def _push(run):
    """Make a run the innermost one of this thread."""
    current = thread.current
    current.runs.append(run)
    current.log = run_logs.log_of(MlflowClient(), run.info.run_id)
    current.environment_model_id = environment.get("ACTIVE_MODEL_ID")
    current.settle()


def _pop():
    """Take the innermost run off the stack of this thread."""
    current = thread.current
    run = current.runs.pop()
    outer_run_id = current.runs[-1].info.run_id if current.runs else _inherited_run_id
    current.log = run_logs.log_of(MlflowClient(), outer_run_id) if outer_run_id else None
    current.settle()
    return run


def _look_for(client, run_id):
    """Return a run, or ``None`` where there is no store to ask for it."""
    try:
        return None if _core.is_offline() else client.get_run(run_id)
    except MlflowException as error:
        if error.error_code != "TEMPORARILY_UNAVAILABLE":
            raise
        return None


def _resume(client, run_id, run_name, tags):
    run = _look_for(client, run_id)
    if run is None:
        return run_logs.resume_offline(client, run_id, tags)
    # Servers other than ours know a run that was started offline by another id.
    run_id = run.info.run_id
    run_logs.remember(client, run_id)
    chosen = experiments.chosen_experiment_id()
    if chosen is not None and chosen != run.info.experiment_id:
        raise MlflowException.invalid_parameter_value(
            f"Cannot start run with ID {run_id}: it belongs to experiment {run.info.experiment_id}, "
            f"but the active experiment is {chosen}"
        )
    if run.info.lifecycle_stage == LifecycleStage.DELETED:
        raise MlflowException(
            f"Cannot start run with ID {run_id} because it is in the deleted state.", "INVALID_PARAMETER_VALUE"
        )
    client.update_run(run_id, "RUNNING", run_name)
    if tags:
        client.log_batch(run_id, tags=[RunTag(key, str(value)) for key, value in tags.items()])
    return client.get_run(run_id)


def _create(client, experiment_id, run_name, parent_run_id, tags):
    run = active_run()
    current = run.info.run_id if run else None
    if parent_run_id:
        if current and current != parent_run_id:
            raise MlflowException.invalid_parameter_value(
                f"Current run with UUID {current} does not match the specified parent_run_id {parent_run_id}. "
                "To start a new nested run under it, first end the current run with mlflow.end_run()."
            )
        parent = None if current else _look_for(client, parent_run_id)
        if parent is not None and parent.info.lifecycle_stage == LifecycleStage.DELETED:
            raise MlflowException.invalid_parameter_value(
                f"Cannot start run under parent run with ID {parent_run_id} because it is in the deleted state."
            )
    parent_run_id = parent_run_id or current
    if parent_run_id:
        tags[context.PARENT_RUN_ID] = parent_run_id
    if run_name:
        tags[context.RUN_NAME] = run_name
    experiment = (str(experiment_id), None) if experiment_id is not None else experiments.active_experiment()
    return run_logs.start(client, experiment, context.resolve_tags(tags), run_name, now())


def end_run(status="FINISHED"):
    """End the active run of this thread, if there is one, and wait for a while until everything is delivered.

    Parameters
    ----------
    status : str or RunStatus
        ``"FINISHED"``, ``"FAILED"`` or ``"KILLED"``.

    Raises
    ------
    MlflowException
        When ``status`` is none, or the store has refused something that was logged to the run.
    """
    global _last_run_id
    if active_run() is None:
        return
    environment.drop("RUN_ID")
    run = _pop()
    finish_uploads()
    _last_run_id = run.info.run_id
    monitor = _monitors.pop(_last_run_id, None)
    if monitor is not None:
        monitor.finish()
    MlflowClient().set_terminated(run.info.run_id, RunStatus.to_string(status) if isinstance(status, int) else status)


@atexit.register
def _end_left_over_run():
    try:
        end_run()
    except Exception as error:
        print(f"trainyard: the run that was still active could not be ended: {error}", file=sys.stderr)


def _forget_runs_of_parent():
    """In a forked child: the active runs and what records them belong to the parent, which ends them."""
    global _inherited_run_id
    run = active_run()
    if run is not None:
        _inherited_run_id = run.info.run_id
    thread.current.runs = []
    _monitors.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_runs_of_parent)


def active_run():
    """Return the active run of this thread, or ``None``."""
    runs = thread.current.runs
    return runs[-1] if runs else None


def last_active_run():
    """Return the active run as it is recorded now, else the one that ended last, else ``None``."""
    run = active_run()
    run_id = run.info.run_id if run else _last_run_id
    return MlflowClient().get_run(run_id) if run_id else None


def active_run_id():
    """Return the id of the active run, or of the parent's in a forked child; without one a run is started."""
    run = active_run()
    if run is None and _inherited_run_id is not None:
        return _inherited_run_id
    return (run or start_run()).info.run_id
