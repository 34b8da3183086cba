# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.data.dataset_source import DatasetSource
from trainyard.entities.dataset import Dataset

class TensorFlowDataset(Dataset):
    def __init__(
        self, features: Any, source: Any, targets: Any = None, name: str | None = None, digest: Any = None
    ) -> None: ...
    @property
    def data(self) -> Any: ...
    @property
    def targets(self) -> Any: ...
    @property
    def profile(self) -> Any: ...
    schema: Any
    def to_dict(self) -> Any: ...

def from_tensorflow(
    features: Any,
    source: str | DatasetSource | None = None,
    targets: Any = None,
    name: str | None = None,
    digest: str | None = None,
) -> TensorFlowDataset: ...
