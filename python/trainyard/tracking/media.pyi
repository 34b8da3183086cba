# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

import numpy
import pandas

from trainyard.tracking.multimedia import Image

def load_table(
    artifact_file: str, run_ids: list[str] | None = None, extra_columns: list[str] | None = None
) -> pandas.DataFrame: ...
def log_image(
    image: numpy.ndarray | Image,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None: ...
def log_table(data: dict[str, Any] | pandas.DataFrame, artifact_file: str, run_id: str | None = None) -> None: ...
