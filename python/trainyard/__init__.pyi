# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard import _core as _core
from trainyard import artifacts as artifacts
from trainyard import client as client
from trainyard import config as config
from trainyard import data as data
from trainyard import entities as entities
from trainyard import environment_variables as environment_variables
from trainyard import exceptions as exceptions
from trainyard import keras as keras
from trainyard import lightgbm as lightgbm
from trainyard import models as models
from trainyard import onnx as onnx
from trainyard import protos as protos
from trainyard import pyfunc as pyfunc
from trainyard import pytorch as pytorch
from trainyard import sklearn as sklearn
from trainyard import store as store
from trainyard import system_metrics as system_metrics
from trainyard import tensorflow as tensorflow
from trainyard import tracking as tracking
from trainyard import types as types
from trainyard import utils as utils
from trainyard import xgboost as xgboost
from trainyard.autologging.universal import autolog as autolog
from trainyard.diagnosis import doctor as doctor
from trainyard.exceptions import MlflowException as MlflowException
from trainyard.system_metrics import disable_system_metrics_logging as disable_system_metrics_logging
from trainyard.system_metrics import enable_system_metrics_logging as enable_system_metrics_logging
from trainyard.system_metrics import set_system_metrics_node_id as set_system_metrics_node_id
from trainyard.system_metrics import (
    set_system_metrics_samples_before_logging as set_system_metrics_samples_before_logging,
)
from trainyard.system_metrics import set_system_metrics_sampling_interval as set_system_metrics_sampling_interval
from trainyard.tracking.active_model import ActiveModel as ActiveModel
from trainyard.tracking.active_model import clear_active_model as clear_active_model
from trainyard.tracking.active_model import get_active_model_id as get_active_model_id
from trainyard.tracking.active_model import last_logged_model as last_logged_model
from trainyard.tracking.active_model import set_active_model as set_active_model
from trainyard.tracking.active_run import ActiveRun as ActiveRun
from trainyard.tracking.active_run import active_run as active_run
from trainyard.tracking.active_run import end_run as end_run
from trainyard.tracking.active_run import last_active_run as last_active_run
from trainyard.tracking.active_run import start_run as start_run
from trainyard.tracking.client import MlflowClient as MlflowClient
from trainyard.tracking.connection import get_registry_uri as get_registry_uri
from trainyard.tracking.connection import get_tracking_uri as get_tracking_uri
from trainyard.tracking.connection import is_tracking_uri_set as is_tracking_uri_set
from trainyard.tracking.connection import set_registry_uri as set_registry_uri
from trainyard.tracking.connection import set_tracking_uri as set_tracking_uri
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
from trainyard.tracking.fluent import delete_run as delete_run
from trainyard.tracking.fluent import delete_tag as delete_tag
from trainyard.tracking.fluent import flush_artifact_async_logging as flush_artifact_async_logging
from trainyard.tracking.fluent import flush_async_logging as flush_async_logging
from trainyard.tracking.fluent import get_parent_run as get_parent_run
from trainyard.tracking.fluent import get_run as get_run
from trainyard.tracking.fluent import log_metric as log_metric
from trainyard.tracking.fluent import log_metrics as log_metrics
from trainyard.tracking.fluent import log_param as log_param
from trainyard.tracking.fluent import log_params as log_params
from trainyard.tracking.fluent import restore_run as restore_run
from trainyard.tracking.fluent import set_tag as set_tag
from trainyard.tracking.fluent import set_tags as set_tags
from trainyard.tracking.media import load_table as load_table
from trainyard.tracking.media import log_image as log_image
from trainyard.tracking.media import log_table as log_table
from trainyard.tracking.multimedia import Image as Image
from trainyard.tracking.registration import create_external_model as create_external_model
from trainyard.tracking.registration import delete_logged_model_tag as delete_logged_model_tag
from trainyard.tracking.registration import finalize_logged_model as finalize_logged_model
from trainyard.tracking.registration import get_logged_model as get_logged_model
from trainyard.tracking.registration import initialize_logged_model as initialize_logged_model
from trainyard.tracking.registration import log_model_params as log_model_params
from trainyard.tracking.registration import register_model as register_model
from trainyard.tracking.registration import set_logged_model_tags as set_logged_model_tags
from trainyard.tracking.registration import set_model_version_tag as set_model_version_tag
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
from trainyard.tracking.search import search_model_versions as search_model_versions
from trainyard.tracking.search import search_registered_models as search_registered_models
from trainyard.tracking.search import search_runs as search_runs

__version__: str
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
    "ActiveModel",
    "autolog",
    "clear_active_model",
    "create_experiment",
    "create_external_model",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "finalize_logged_model",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "initialize_logged_model",
    "last_logged_model",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_model_params",
    "log_outputs",
    "log_stream",
    "log_table",
    "log_text",
    "restore_experiment",
    "search_experiments",
    "search_logged_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "Image",
    "disable_system_metrics_logging",
    "doctor",
    "enable_system_metrics_logging",
    "register_model",
    "search_model_versions",
    "search_registered_models",
    "set_model_version_tag",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
]
