"""Trainyard records model training. ``import trainyard as mlflow`` is all that a training script has to change.

Flavors and everything that needs a third-party package are imported when they are first used.
"""

from trainyard import _core, exceptions
from trainyard._core import __version__
from trainyard.exceptions import MlflowException
from trainyard.tracking.active_model import (
    ActiveModel,
    clear_active_model,
    get_active_model_id,
    last_logged_model,
    set_active_model,
)
from trainyard.tracking.client import MlflowClient
from trainyard.tracking.connection import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)
from trainyard.tracking.experiments import (
    create_experiment,
    delete_experiment,
    get_experiment,
    get_experiment_by_name,
    search_experiments,
    set_experiment,
    set_experiment_tag,
    set_experiment_tags,
)
from trainyard.tracking.fluent import (
    ActiveRun,
    active_run,
    delete_run,
    delete_tag,
    end_run,
    flush_async_logging,
    get_artifact_uri,
    get_parent_run,
    get_run,
    last_active_run,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_input,
    log_inputs,
    log_metric,
    log_metrics,
    log_outputs,
    log_param,
    log_params,
    log_stream,
    log_text,
    set_tag,
    set_tags,
    start_run,
)

# Names and submodules that are imported at first use, with the module that has them.
_LAZY = {
    "Image": "trainyard.tracking.multimedia",
    "create_external_model": "trainyard.tracking.registration",
    "delete_logged_model_tag": "trainyard.tracking.registration",
    "finalize_logged_model": "trainyard.tracking.registration",
    "get_logged_model": "trainyard.tracking.registration",
    "initialize_logged_model": "trainyard.tracking.registration",
    "load_table": "trainyard.tracking.media",
    "log_image": "trainyard.tracking.media",
    "log_model_params": "trainyard.tracking.registration",
    "log_table": "trainyard.tracking.media",
    "register_model": "trainyard.tracking.registration",
    "search_logged_models": "trainyard.tracking.search",
    "search_runs": "trainyard.tracking.search",
    "set_logged_model_tags": "trainyard.tracking.registration",
    "set_model_version_tag": "trainyard.tracking.registration",
}
_SUBMODULES = ("artifacts", "client", "data", "entities", "models", "pyfunc", "sklearn", "tracking", "types")


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
    "ActiveModel",
    "ActiveRun",
    "Image",
    "MlflowClient",
    "MlflowException",
    "__version__",
    "_core",
    "active_run",
    "clear_active_model",
    "create_experiment",
    "create_external_model",
    "delete_experiment",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "end_run",
    "exceptions",
    "finalize_logged_model",
    "flush_async_logging",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "initialize_logged_model",
    "is_tracking_uri_set",
    "last_active_run",
    "last_logged_model",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "load_table",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "register_model",
    "search_experiments",
    "search_logged_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_model_version_tag",
    "set_registry_uri",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
]
