# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.autologging.universal import autolog as autolog
from trainyard.entities.run import Run
from trainyard.tracking.active_model import ActiveModel as ActiveModel
from trainyard.tracking.active_model import clear_active_model as clear_active_model
from trainyard.tracking.active_model import get_active_model_id as get_active_model_id
from trainyard.tracking.active_model import last_logged_model as last_logged_model
from trainyard.tracking.active_model import set_active_model as set_active_model
from trainyard.tracking.active_run import ActiveRun as ActiveRun
from trainyard.tracking.active_run import active_run as active_run
from trainyard.tracking.active_run import active_run_id as active_run_id
from trainyard.tracking.active_run import end_run as end_run
from trainyard.tracking.active_run import last_active_run as last_active_run
from trainyard.tracking.active_run import start_run as start_run
from trainyard.tracking.experiments import create_experiment as create_experiment
from trainyard.tracking.experiments import delete_experiment as delete_experiment
from trainyard.tracking.experiments import delete_experiment_tag as delete_experiment_tag
from trainyard.tracking.experiments import get_experiment as get_experiment
from trainyard.tracking.experiments import get_experiment_by_name as get_experiment_by_name
from trainyard.tracking.experiments import restore_experiment as restore_experiment
from trainyard.tracking.experiments import search_experiments as search_experiments
from trainyard.tracking.experiments import set_experiment as set_experiment
from trainyard.tracking.experiments import set_experiment_tag as set_experiment_tag
from trainyard.tracking.experiments import set_experiment_tags as set_experiment_tags
from trainyard.tracking.media import load_table as load_table
from trainyard.tracking.media import log_image as log_image
from trainyard.tracking.media import log_table as log_table
from trainyard.tracking.operations import RunOperations
from trainyard.tracking.registration import create_external_model as create_external_model
from trainyard.tracking.registration import delete_logged_model_tag as delete_logged_model_tag
from trainyard.tracking.registration import finalize_logged_model as finalize_logged_model
from trainyard.tracking.registration import get_logged_model as get_logged_model
from trainyard.tracking.registration import initialize_logged_model as initialize_logged_model
from trainyard.tracking.registration import log_model_params as log_model_params
from trainyard.tracking.registration import set_logged_model_tags as set_logged_model_tags
from trainyard.tracking.run_artifacts import get_artifact_uri as get_artifact_uri
from trainyard.tracking.run_artifacts import log_artifact as log_artifact
from trainyard.tracking.run_artifacts import log_artifacts as log_artifacts
from trainyard.tracking.run_artifacts import log_dict as log_dict
from trainyard.tracking.run_artifacts import log_figure as log_figure
from trainyard.tracking.run_artifacts import log_stream as log_stream
from trainyard.tracking.run_artifacts import log_text as log_text
from trainyard.tracking.run_inputs import log_input as log_input
from trainyard.tracking.run_inputs import log_inputs as log_inputs
from trainyard.tracking.run_inputs import log_outputs as log_outputs
from trainyard.tracking.search import search_logged_models as search_logged_models
from trainyard.tracking.search import search_runs as search_runs

def delete_run(run_id: str) -> None: ...
def delete_tag(key: str) -> None: ...
def first_points(run_id: str) -> Any: ...
def flush_artifact_async_logging() -> None: ...
def flush_async_logging() -> None: ...
def get_parent_run(run_id: str) -> Run | None: ...
def get_run(run_id: str) -> Run: ...
def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None: ...
def log_metrics(
    metrics: dict[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None: ...
def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any: ...
def log_params(
    params: dict[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None: ...
def restore_run(run_id: str) -> None: ...
def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None: ...
def set_tags(tags: dict[str, Any], synchronous: bool | None = None) -> RunOperations | None: ...

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
