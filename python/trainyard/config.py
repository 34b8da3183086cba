"""Settings of this process: where runs are recorded, and what is recorded beside them."""

from trainyard import environment_variables
from trainyard.system_metrics import (
    disable_system_metrics_logging,
    enable_system_metrics_logging,
    set_system_metrics_node_id,
    set_system_metrics_samples_before_logging,
    set_system_metrics_sampling_interval,
)
from trainyard.tracking import operations
from trainyard.tracking.connection import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)


def enable_async_logging(enable=True):
    """Choose what logging calls without an argument ``synchronous`` return: a handle to wait on, or nothing.

    No call waits for a server either way, unless it says ``synchronous=True``.

    Parameters
    ----------
    enable
        Whether calls return handles.
    """
    operations.returns_handles = bool(enable)
    environment_variables.MLFLOW_ENABLE_ASYNC_LOGGING.set(bool(enable))


__all__ = [
    "disable_system_metrics_logging",
    "enable_async_logging",
    "enable_system_metrics_logging",
    "get_registry_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "set_registry_uri",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
    "set_tracking_uri",
]
