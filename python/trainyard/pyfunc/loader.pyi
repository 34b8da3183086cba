# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.pyfunc.loaded import PyFuncModel

def load_model(
    model_uri: str | PathLike[str],
    suppress_warnings: bool = False,
    dst_path: str | PathLike[str] | None = None,
    model_config: Any = None,
) -> PyFuncModel: ...
