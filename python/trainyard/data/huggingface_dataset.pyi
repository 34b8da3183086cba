# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.data.dataset_source import DatasetSource

class HuggingFaceDataset:
    def __init__(
        self, ds: Any, source: Any, targets: Any = None, name: str | None = None, digest: Any = None
    ) -> None: ...
    @property
    def ds(self) -> Any: ...
    @property
    def profile(self) -> Any: ...
    schema: Any

def from_huggingface(
    ds: Any,
    path: str | None = None,
    targets: str | None = None,
    data_dir: str | None = None,
    data_files: Any = None,
    revision: Any = None,
    name: str | None = None,
    digest: str | None = None,
    trust_remote_code: bool | None = None,
    source: str | DatasetSource | None = None,
) -> HuggingFaceDataset: ...
