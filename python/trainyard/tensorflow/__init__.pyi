# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.models.model import ModelInfo
from trainyard.models.signature import ModelSignature
from trainyard.tensorflow.autologging import autolog as autolog

FLAVOR_NAME: str
MLflowCallback: Any
MlflowCallback: Any
MlflowModelCheckpointCallback: Any

def get_default_conda_env() -> Any: ...
def get_default_pip_requirements(include_cloudpickle: Any = False) -> list[str]: ...
def get_global_custom_objects() -> Any: ...
def load_checkpoint(
    model: Any = None, run_id: str | None = None, epoch: Any = None, global_step: Any = None
) -> Any: ...
def load_model(
    model_uri: str | PathLike[str],
    dst_path: str | PathLike[str] | None = None,
    saved_model_kwargs: Any = None,
    keras_model_kwargs: Any = None,
) -> Any: ...
def load_pyfunc(folder: Any, model_config: Any = None) -> Any: ...
def log_model(
    model: Any,
    artifact_path: str | None = None,
    custom_objects: Any = None,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    registered_model_name: Any = None,
    await_registration_for: Any = 300,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    saved_model_kwargs: Any = None,
    keras_model_kwargs: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: Any = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    **kwargs: Any,
) -> ModelInfo: ...
def save_model(
    model: Any,
    path: str | PathLike[str],
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    mlflow_model: Any = None,
    custom_objects: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    saved_model_kwargs: Any = None,
    keras_model_kwargs: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: Any = None,
) -> Any: ...

__all__ = [
    "MLflowCallback",
    "MlflowCallback",
    "MlflowModelCheckpointCallback",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_global_custom_objects",
    "load_checkpoint",
    "load_model",
    "log_model",
    "save_model",
]
