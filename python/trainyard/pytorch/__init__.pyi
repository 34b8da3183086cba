# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any, Literal

from trainyard.models.model import ModelInfo
from trainyard.models.signature import ModelSignature
from trainyard.pytorch.autologging import autolog as autolog
from trainyard.pytorch.loop import autolog_loop as autolog_loop
from trainyard.pytorch.state_dict import load_state_dict as load_state_dict
from trainyard.pytorch.state_dict import log_state_dict as log_state_dict
from trainyard.pytorch.state_dict import save_state_dict as save_state_dict

FLAVOR_NAME: str
MlflowModelCheckpointCallback: Any
SERIALIZATION_FORMAT_PICKLE: str
SERIALIZATION_FORMAT_PT2: str

def get_default_conda_env() -> Any: ...
def get_default_pip_requirements() -> Any: ...
def load_checkpoint(
    model_class: Any, run_id: str | None = None, epoch: Any = None, global_step: Any = None, kwargs: Any = None
) -> Any: ...
def load_model(model_uri: str | PathLike[str], dst_path: str | PathLike[str] | None = None, **kwargs: Any) -> Any: ...
def load_pyfunc(folder: Any, model_config: Any = None) -> Any: ...
def log_model(
    pytorch_model: Any,
    artifact_path: str | None = None,
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    code_paths: list[str | PathLike[str]] | None = None,
    pickle_module: Any = None,
    registered_model_name: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: Any = 300,
    extra_files: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    export_model: bool = False,
    serialization_format: Literal["pickle", "pt2"] | None = None,
    **kwargs: Any,
) -> ModelInfo: ...
def save_model(
    pytorch_model: Any,
    path: str | PathLike[str],
    conda_env: dict[str, Any] | str | PathLike[str] | None = None,
    mlflow_model: Any = None,
    code_paths: list[str | PathLike[str]] | None = None,
    pickle_module: Any = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    extra_files: Any = None,
    pip_requirements: list[str] | str | PathLike[str] | None = None,
    extra_pip_requirements: list[str] | str | PathLike[str] | None = None,
    metadata: dict[str, Any] | None = None,
    export_model: bool = False,
    serialization_format: Literal["pickle", "pt2"] | None = None,
    **kwargs: Any,
) -> Any: ...

__all__ = [
    "MlflowModelCheckpointCallback",
    "autolog",
    "autolog_loop",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_checkpoint",
    "load_model",
    "load_state_dict",
    "log_model",
    "log_state_dict",
    "save_model",
    "save_state_dict",
]
