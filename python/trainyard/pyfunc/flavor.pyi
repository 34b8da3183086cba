# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

CODE: str
DATA: str
ENV: str
FLAVOR_NAME: str
MAIN: str
MODEL_CONFIG: str
PY_VERSION: str

def add_to_model(
    model: Any,
    loader_module: Any,
    data: Any = None,
    code: Any = None,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    python_env: Any = None,
    model_config: Any = None,
    model_code_path: Any = None,
    **kwargs: Any,
) -> Any: ...
def flavor_conf(folder: Any) -> Any: ...
