# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

def infer_pip_requirements(
    model_uri: str | PathLike[str],
    flavor: Any,
    fallback: Any = None,
    timeout: Any = None,
    extra_env_vars: Any = None,
    uv_project_dir: Any = None,
    uv_groups: Any = None,
    uv_extras: Any = None,
    *,
    infer: Any = None,
) -> Any: ...
