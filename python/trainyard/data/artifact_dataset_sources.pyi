# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.data.filesystem_dataset_source import FileSystemDatasetSource

ARTIFACT_SOURCES: list[Any]

class LocalArtifactDatasetSource(FileSystemDatasetSource):
    def load(self, dst_path: str | PathLike[str] | None = None) -> str: ...
