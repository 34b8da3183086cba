"""Trainyard records model training. ``import trainyard as mlflow`` is all that a training script has to change.

Flavors and everything that needs a third-party package are imported when they are first used.
"""

from trainyard import _core, exceptions
from trainyard._core import __version__
from trainyard.exceptions import MlflowException
from trainyard.tracking.client import MlflowClient
from trainyard.tracking.connection import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)
from trainyard.tracking.fluent import (
    ActiveRun,
    active_run,
    delete_run,
    delete_tag,
    end_run,
    flush_artifact_async_logging,
    flush_async_logging,
    get_parent_run,
    get_run,
    last_active_run,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    restore_run,
    set_tag,
    set_tags,
    start_run,
)
from trainyard.tracking.names import MODULES as _FLUENT

# Names that are imported at first use, with the module that has them.
_LAZY = _FLUENT | {
    "Image": "trainyard.tracking.multimedia",
    "disable_system_metrics_logging": "trainyard.system_metrics",
    "doctor": "trainyard.diagnosis",
    "enable_system_metrics_logging": "trainyard.system_metrics",
    "register_model": "trainyard.tracking.registration",
    "search_model_versions": "trainyard.tracking.search",
    "search_registered_models": "trainyard.tracking.search",
    "set_model_version_tag": "trainyard.tracking.registration",
    "set_system_metrics_node_id": "trainyard.system_metrics",
    "set_system_metrics_samples_before_logging": "trainyard.system_metrics",
    "set_system_metrics_sampling_interval": "trainyard.system_metrics",
}
_SUBMODULES = (
    "artifacts",
    "client",
    "config",
    "data",
    "entities",
    "environment_variables",
    "keras",
    "lightgbm",
    "models",
    "onnx",
    "protos",
    "pyfunc",
    "pytorch",
    "sklearn",
    "store",
    "system_metrics",
    "tensorflow",
    "tracking",
    "types",
    "utils",
    "xgboost",
)


def __getattr__(name):
    import importlib

    if name in _SUBMODULES:
        return importlib.import_module(f"trainyard.{name}")
    if name in _LAZY:
        value = globals()[name] = getattr(importlib.import_module(_LAZY[name]), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LAZY, *_SUBMODULES})


__all__ = [
    "ActiveRun",
    "MlflowClient",
    "MlflowException",
    "__version__",
    "_core",
    "active_run",
    "delete_run",
    "delete_tag",
    "end_run",
    "exceptions",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "last_active_run",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "restore_run",
    "set_registry_uri",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
    *_LAZY,
]
