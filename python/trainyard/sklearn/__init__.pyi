# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.models.model import ModelInfo
from trainyard.models.signature import ModelSignature
from trainyard.sklearn.autologging import autolog as autolog

FLAVOR_NAME: str
SERIALIZATION_FORMAT_CLOUDPICKLE: str
SERIALIZATION_FORMAT_PICKLE: str
SERIALIZATION_FORMAT_SKOPS: str
SUPPORTED_SERIALIZATION_FORMATS: list[Any]

def get_default_conda_env(include_cloudpickle: Any = False, include_skops: Any = False) -> dict: ...
def get_default_pip_requirements(include_cloudpickle: Any = False, include_skops: Any = False) -> list[str]: ...
def load_model(model_uri: str | PathLike[str], dst_path: str | PathLike[str] | None = None) -> Any: ...
def load_pyfunc(folder: Any) -> Any: ...
def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    serialization_format: Any = None,
    registered_model_name: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: Any = 300,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    pyfunc_predict_fn: Any = "predict",
    metadata: dict[str, Any] | None = None,
    extra_files: Any = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    name: str | None = None,
    skops_trusted_types: list[str] | None = None,
    **kwargs: Any,
) -> ModelInfo: ...
def save_model(
    sk_model: Any,
    path: str | PathLike[str],
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    mlflow_model: Any = None,
    serialization_format: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    pyfunc_predict_fn: Any = "predict",
    metadata: dict[str, Any] | None = None,
    skops_trusted_types: Any = None,
    extra_files: Any = None,
) -> Any: ...

__all__ = [
    "SERIALIZATION_FORMAT_CLOUDPICKLE",
    "SERIALIZATION_FORMAT_PICKLE",
    "SERIALIZATION_FORMAT_SKOPS",
    "SUPPORTED_SERIALIZATION_FORMATS",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
