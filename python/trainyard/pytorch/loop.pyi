# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from typing_extensions import Self

class TrainingLoop:
    steps: Any
    def __init__(
        self,
        model: Any,
        optimizer: Any,
        params: dict[str, Any],
        log_models: Any,
        name: str,
        registered_model_name: Any,
        serialization_format: Any,
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def log(self, step: int | None = None, **metrics: Any) -> Any: ...
    def log_epoch(self, epoch: Any, **metrics: Any) -> Any: ...
    def __exit__(self, kind: Any, error: Any, traceback: Any) -> Any: ...

def autolog_loop(
    model: Any,
    optimizer: Any = None,
    params: dict[str, Any] | None = None,
    log_models: Any = True,
    name: str = "model",
    registered_model_name: Any = None,
    serialization_format: Any = None,
) -> TrainingLoop: ...

__all__ = ["TrainingLoop", "autolog_loop"]
