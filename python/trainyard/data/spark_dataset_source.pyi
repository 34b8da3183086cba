# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.data.dataset_source import DatasetSource

class DeltaDatasetSource(DatasetSource):
    delta_table_id: str | None
    delta_table_name: str | None
    delta_table_version: int | None
    path: str | None
    def __init__(
        self,
        path: str | None = None,
        delta_table_name: str | None = None,
        delta_table_version: int | None = None,
        delta_table_id: str | None = None,
    ) -> None: ...
    def load(self) -> Any: ...
    def to_dict(self) -> dict[Any, Any]: ...
    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> DeltaDatasetSource: ...

class SparkDatasetSource(DatasetSource):
    def __init__(self, path: str | None = None, table_name: str | None = None, sql: str | None = None) -> None: ...
    def load(self) -> Any: ...
    def to_dict(self) -> dict[Any, Any]: ...
    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> SparkDatasetSource: ...
