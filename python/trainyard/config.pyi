# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.system_metrics import disable_system_metrics_logging as disable_system_metrics_logging
from trainyard.system_metrics import enable_system_metrics_logging as enable_system_metrics_logging
from trainyard.system_metrics import set_system_metrics_node_id as set_system_metrics_node_id
from trainyard.system_metrics import (
    set_system_metrics_samples_before_logging as set_system_metrics_samples_before_logging,
)
from trainyard.system_metrics import set_system_metrics_sampling_interval as set_system_metrics_sampling_interval
from trainyard.tracking.connection import get_registry_uri as get_registry_uri
from trainyard.tracking.connection import get_tracking_uri as get_tracking_uri
from trainyard.tracking.connection import is_tracking_uri_set as is_tracking_uri_set
from trainyard.tracking.connection import set_registry_uri as set_registry_uri
from trainyard.tracking.connection import set_tracking_uri as set_tracking_uri

def enable_async_logging(enable: Any = True) -> Any: ...

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
