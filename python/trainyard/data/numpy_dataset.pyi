# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

import numpy

from trainyard.data.dataset_source import DatasetSource
from trainyard.entities.dataset import Dataset

class NumpyDataset(Dataset):
    def __init__(
        self, features: Any, source: Any, targets: Any = None, name: str | None = None, digest: Any = None
    ) -> None: ...
    @property
    def features(self) -> Any: ...
    @property
    def targets(self) -> Any: ...
    @property
    def profile(self) -> Any: ...
    schema: Any
    def to_dict(self) -> Any: ...

def from_numpy(
    features: numpy.ndarray | dict[str, numpy.ndarray],
    source: str | DatasetSource | None = None,
    targets: numpy.ndarray | dict[str, numpy.ndarray] | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> NumpyDataset: ...
