# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.dataset import Dataset, LoggedModelInput, LoggedModelOutput

def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: dict[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None: ...
def log_inputs(
    datasets: list[Dataset | None] | None = None,
    contexts: list[str | None] | None = None,
    tags_list: list[dict[str, str] | None] | None = None,
    models: list[LoggedModelInput | None] | None = None,
) -> None: ...
def log_outputs(models: list[LoggedModelOutput] | None = None) -> Any: ...
