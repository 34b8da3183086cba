# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

import pandas

from trainyard.data.dataset_source import DatasetSource

class PandasDataset:
    def __init__(
        self,
        df: Any,
        source: Any,
        targets: Any = None,
        name: str | None = None,
        digest: Any = None,
        predictions: Any = None,
    ) -> None: ...
    @property
    def df(self) -> Any: ...
    @property
    def profile(self) -> Any: ...
    schema: Any

def from_pandas(
    df: pandas.DataFrame,
    source: str | DatasetSource | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset: ...
