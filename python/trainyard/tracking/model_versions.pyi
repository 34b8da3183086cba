# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.base import PagedList
from trainyard.entities.model_registry import ModelVersion
from trainyard.tracking.registry_places import RegistryPlaces

class ModelVersionCalls(RegistryPlaces):
    def get_latest_versions(self, name: str, stages: list[str] | None = None) -> list[ModelVersion]: ...
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion: ...
    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: dict[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int = 300,
        model_id: str | None = None,
    ) -> ModelVersion: ...
    def copy_model_version(self, src_model_uri: Any, dst_name: Any) -> ModelVersion: ...
    def get_model_version(self, name: str, version: str | int) -> ModelVersion: ...
    def update_model_version(self, name: str, version: str | int, description: str | None = None) -> ModelVersion: ...
    def transition_model_version_stage(
        self, name: str, version: str | int, stage: str, archive_existing_versions: bool = False
    ) -> ModelVersion: ...
    def delete_model_version(self, name: str, version: str | int) -> None: ...
    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]: ...
    def get_model_version_download_uri(self, name: str, version: str | int) -> str: ...
    def get_model_version_stages(self, name: str, version: str | int) -> list[str]: ...
    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None: ...
    def delete_model_version_tag(
        self, name: str, version: str | int | None = None, key: str | None = None, stage: str | None = None
    ) -> None: ...
