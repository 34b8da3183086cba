# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

def autolog(
    log_every_epoch: Any = True,
    log_every_n_steps: Any = None,
    log_models: Any = True,
    log_model_signatures: Any = True,
    save_exported_model: Any = False,
    log_datasets: Any = True,
    log_input_examples: Any = False,
    disable: Any = False,
    exclusive: Any = False,
    disable_for_unsupported_versions: Any = False,
    silent: Any = False,
    registered_model_name: Any = None,
    save_model_kwargs: Any = None,
    extra_tags: Any = None,
) -> Any: ...

__all__ = ["autolog"]
