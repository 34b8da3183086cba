# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

def autolog(
    log_models: Any = True,
    log_datasets: Any = True,
    disable: Any = False,
    exclusive: Any = False,
    disable_for_unsupported_versions: Any = False,
    silent: Any = False,
    registered_model_name: Any = None,
    log_input_examples: Any = False,
    log_model_signatures: Any = True,
    saved_model_kwargs: Any = None,
    keras_model_kwargs: Any = None,
    extra_tags: Any = None,
    log_every_epoch: Any = True,
    log_every_n_steps: Any = None,
    checkpoint: Any = True,
    checkpoint_monitor: Any = "val_loss",
    checkpoint_mode: Any = "min",
    checkpoint_save_best_only: Any = True,
    checkpoint_save_weights_only: Any = False,
    checkpoint_save_freq: Any = "epoch",
) -> Any: ...

__all__ = ["autolog"]
