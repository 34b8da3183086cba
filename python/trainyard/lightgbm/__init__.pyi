# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.models.model import ModelInfo
from trainyard.models.signature import ModelSignature

FLAVOR_NAME: str

class Predictor:
    lgb_model: Any
    def __init__(self, model: Any) -> None: ...
    def get_raw_model(self) -> Any: ...
    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any: ...

def autolog(
    log_input_examples: Any = False,
    log_model_signatures: Any = True,
    log_models: Any = True,
    log_datasets: Any = True,
    disable: Any = False,
    exclusive: Any = False,
    disable_for_unsupported_versions: Any = False,
    silent: Any = False,
    registered_model_name: Any = None,
    extra_tags: Any = None,
) -> Any: ...
def get_default_conda_env(include_cloudpickle: Any = False, include_skops: Any = False) -> dict: ...
def get_default_pip_requirements(include_cloudpickle: Any = False, include_skops: Any = False) -> list[str]: ...
def load_model(model_uri: str | PathLike[str], dst_path: str | PathLike[str] | None = None) -> Any: ...
def load_pyfunc(folder: Any) -> Any: ...
def log_model(
    lgb_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    registered_model_name: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: Any = 300,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    extra_files: Any = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    serialization_format: Any = None,
    skops_trusted_types: list[str] | None = None,
    **kwargs: Any,
) -> ModelInfo: ...
def save_model(
    lgb_model: Any,
    path: str | PathLike[str],
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    mlflow_model: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    serialization_format: Any = None,
    skops_trusted_types: Any = None,
    extra_files: Any = None,
    **kwargs: Any,
) -> Any: ...

__all__ = ["autolog", "get_default_conda_env", "get_default_pip_requirements", "load_model", "log_model", "save_model"]
