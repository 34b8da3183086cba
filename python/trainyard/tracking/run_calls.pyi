# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.base import PagedList
from trainyard.entities.run import Run

class RunCalls:
    def create_run(
        self,
        experiment_id: str | int,
        start_time: int | None = None,
        tags: dict[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run: ...
    def get_run(self, run_id: str) -> Run: ...
    def get_parent_run(self, run_id: str) -> Run | None: ...
    def search_runs(
        self,
        experiment_ids: list[str],
        filter_string: str = "",
        run_view_type: int = 1,
        max_results: int = 1000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]: ...
    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None: ...
    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None: ...
    def delete_run(self, run_id: str) -> None: ...
    def restore_run(self, run_id: str) -> None: ...

def now() -> Any: ...
