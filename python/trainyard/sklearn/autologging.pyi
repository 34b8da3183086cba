# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

def autolog(
    log_input_examples: Any = False,
    log_model_signatures: Any = True,
    log_models: Any = True,
    log_datasets: Any = True,
    disable: Any = False,
    exclusive: Any = False,
    disable_for_unsupported_versions: Any = False,
    silent: Any = False,
    max_tuning_runs: Any = 5,
    log_post_training_metrics: Any = True,
    serialization_format: Any = "cloudpickle",
    registered_model_name: Any = None,
    pos_label: Any = None,
    extra_tags: Any = None,
) -> Any: ...
def is_outside(*args: Any, **kwargs: Any) -> Any: ...
def watch_metrics(flavor: Any, module: Any) -> Any: ...
def watch_predictions(flavor: Any, classes: Any, log_datasets: Any) -> Any: ...

__all__ = ["autolog"]
