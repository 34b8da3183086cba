"""Recording what the machine does while a run trains: CPU, memory, disk, network, and NVIDIA GPUs.

Off unless it is enabled here, in the environment (``MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING=true``), or for one run by
``start_run(log_system_metrics=True)``. Settings hold for runs that start afterwards.
"""

from trainyard.environment_variables import (
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING,
    MLFLOW_SYSTEM_METRICS_NODE_ID,
    MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL,
)
from trainyard.exceptions import MlflowException


def enable_system_metrics_logging():
    """Record system metrics of runs that do not say otherwise."""
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.set(True)


def disable_system_metrics_logging():
    """Record no system metrics of runs that do not ask for them."""
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.set(False)


def set_system_metrics_sampling_interval(interval):
    """Choose how often the machine is looked at.

    Parameters
    ----------
    interval
        Seconds between samples; ``None`` goes back to 10.
    """
    _put(MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL, interval, "interval")


def set_system_metrics_samples_before_logging(samples):
    """Choose how many samples are averaged into one point.

    Parameters
    ----------
    samples
        Number of samples; ``None`` goes back to 1.
    """
    _put(MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING, samples, "samples")


def set_system_metrics_node_id(node_id):
    """Name this machine in the names of its metrics, which then begin with ``system/<node_id>/``.

    Parameters
    ----------
    node_id
        The name; ``None`` goes back to none.
    """
    if node_id is None:
        MLFLOW_SYSTEM_METRICS_NODE_ID.unset()
    else:
        MLFLOW_SYSTEM_METRICS_NODE_ID.set(node_id)


def _put(variable, value, argument):
    if value is None:
        variable.unset()
        return
    try:
        positive = variable.type(value) > 0
    except (TypeError, ValueError):
        positive = False
    if not positive:
        raise MlflowException.invalid_parameter_value(f"{argument} has to be a number greater than 0, not {value!r}")
    variable.set(value)
