# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.data.dataset_source import DatasetSource

class HuggingFaceDatasetSource(DatasetSource):
    config_name: str | None
    data_dir: str | None
    data_files: Any
    path: str
    revision: Any
    split: Any
    trust_remote_code: bool | None
    def __init__(
        self,
        path: str,
        config_name: str | None = None,
        data_dir: str | None = None,
        data_files: Any = None,
        split: Any = None,
        revision: Any = None,
        trust_remote_code: bool | None = None,
    ) -> None: ...
    def load(self, **kwargs: Any) -> Any: ...
    def to_dict(self) -> dict[Any, Any]: ...
    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> HuggingFaceDatasetSource: ...
