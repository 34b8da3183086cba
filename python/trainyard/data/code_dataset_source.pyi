# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from typing_extensions import Self

from trainyard.data.dataset_source import DatasetSource

class CodeDatasetSource(DatasetSource):
    def __init__(self, tags: dict[Any, Any]) -> None: ...
    def to_dict(self) -> dict[Any, Any]: ...
    @classmethod
    def from_dict(cls, source_dict: dict[Any, Any]) -> Self: ...
