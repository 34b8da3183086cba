# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from typing_extensions import Self

from trainyard.entities.run import Run

class ActiveRun(Run):
    def __init__(self, run: Any) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> Any: ...

def active_run() -> ActiveRun | None: ...
def active_run_id() -> Any: ...
def end_run(status: str = "FINISHED") -> None: ...
def last_active_run() -> Run | None: ...

stack: Any

def start_run(
    run_id: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: dict[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun: ...
