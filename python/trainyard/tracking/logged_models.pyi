# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any, Literal

from trainyard.entities.base import PagedList
from trainyard.entities.logged_model import LoggedModel, LoggedModelStatus

class LoggedModelCalls:
    def create_logged_model(
        self,
        experiment_id: str | int,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel: ...
    def log_model_params(self, model_id: str, params: dict[str, str]) -> None: ...
    def finalize_logged_model(
        self, model_id: str, status: Literal["READY", "FAILED"] | LoggedModelStatus
    ) -> LoggedModel: ...
    def get_logged_model(self, model_id: str) -> LoggedModel: ...
    def delete_logged_model(self, model_id: str) -> None: ...
    def set_logged_model_tags(self, model_id: str, tags: dict[str, Any]) -> None: ...
    def delete_logged_model_tag(self, model_id: str, key: str) -> None: ...
    def search_logged_models(
        self,
        experiment_ids: list[str],
        filter_string: str | None = None,
        datasets: list[dict[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: list[dict[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[LoggedModel]: ...
