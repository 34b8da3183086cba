"""Names of the fluent interface that are imported when they are first used, with the modules that have them.

``trainyard`` and ``trainyard.tracking.fluent`` both offer them.
"""

import importlib

MODULES = {
    "ActiveModel": "trainyard.tracking.active_model",
    "autolog": "trainyard.autologging.universal",
    "clear_active_model": "trainyard.tracking.active_model",
    "create_experiment": "trainyard.tracking.experiments",
    "create_external_model": "trainyard.tracking.registration",
    "delete_experiment": "trainyard.tracking.experiments",
    "delete_experiment_tag": "trainyard.tracking.experiments",
    "delete_logged_model_tag": "trainyard.tracking.registration",
    "finalize_logged_model": "trainyard.tracking.registration",
    "get_active_model_id": "trainyard.tracking.active_model",
    "get_artifact_uri": "trainyard.tracking.run_artifacts",
    "get_experiment": "trainyard.tracking.experiments",
    "get_experiment_by_name": "trainyard.tracking.experiments",
    "get_logged_model": "trainyard.tracking.registration",
    "initialize_logged_model": "trainyard.tracking.registration",
    "last_logged_model": "trainyard.tracking.active_model",
    "load_table": "trainyard.tracking.media",
    "log_artifact": "trainyard.tracking.run_artifacts",
    "log_artifacts": "trainyard.tracking.run_artifacts",
    "log_dict": "trainyard.tracking.run_artifacts",
    "log_figure": "trainyard.tracking.run_artifacts",
    "log_image": "trainyard.tracking.media",
    "log_input": "trainyard.tracking.run_inputs",
    "log_inputs": "trainyard.tracking.run_inputs",
    "log_model_params": "trainyard.tracking.registration",
    "log_outputs": "trainyard.tracking.run_inputs",
    "log_stream": "trainyard.tracking.run_artifacts",
    "log_table": "trainyard.tracking.media",
    "log_text": "trainyard.tracking.run_artifacts",
    "restore_experiment": "trainyard.tracking.experiments",
    "search_experiments": "trainyard.tracking.experiments",
    "search_logged_models": "trainyard.tracking.search",
    "search_runs": "trainyard.tracking.search",
    "set_active_model": "trainyard.tracking.active_model",
    "set_experiment": "trainyard.tracking.experiments",
    "set_experiment_tag": "trainyard.tracking.experiments",
    "set_experiment_tags": "trainyard.tracking.experiments",
    "set_logged_model_tags": "trainyard.tracking.registration",
}


def load(name):
    """Import the module that has a name, and return what it stands for."""
    return getattr(importlib.import_module(MODULES[name]), name)
