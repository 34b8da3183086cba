# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.models.model import ModelInfo
from trainyard.models.signature import ModelSignature
from trainyard.pyfunc.flavor import add_to_model as add_to_model
from trainyard.pyfunc.loaded import PyFuncModel as PyFuncModel
from trainyard.pyfunc.loader import load_model as load_model
from trainyard.pyfunc.model import PythonModel as PythonModel
from trainyard.pyfunc.model import PythonModelContext as PythonModelContext
from trainyard.pyfunc.model import get_default_conda_env as get_default_conda_env
from trainyard.pyfunc.model import get_default_pip_requirements as get_default_pip_requirements

CODE: str
DATA: str
ENV: str
FLAVOR_NAME: str
MAIN: str
MODEL_CONFIG: str
PY_VERSION: str

def get_model_dependencies(model_uri: str | PathLike[str], format: Any = "pip") -> Any: ...
def load_pyfunc(model_uri: str | PathLike[str], suppress_warnings: Any = False) -> Any: ...
def log_model(
    artifact_path: Any = None,
    loader_module: Any = None,
    data_path: str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    infer_code_paths: Any = False,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    python_model: Any = None,
    artifacts: Any = None,
    registered_model_name: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: Any = 300,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    model_config: Any = None,
    streamable: Any = None,
    resources: str | list[Any] | None = None,
    auth_policy: Any = None,
    uv_project_path: Any = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    prompts: list[Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
) -> ModelInfo: ...
def save_model(
    path: str | PathLike[str],
    loader_module: Any = None,
    data_path: str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    infer_code_paths: Any = False,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    mlflow_model: Any = None,
    python_model: Any = None,
    artifacts: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    model_config: Any = None,
    streamable: Any = None,
    resources: str | list[Any] | None = None,
    auth_policy: Any = None,
    uv_project_path: Any = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    **kwargs: Any,
) -> Any: ...

__all__ = [
    "CODE",
    "DATA",
    "ENV",
    "FLAVOR_NAME",
    "MAIN",
    "MODEL_CONFIG",
    "PY_VERSION",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "add_to_model",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_model_dependencies",
    "load_model",
    "load_pyfunc",
    "log_model",
    "save_model",
]
