# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.entities.logged_model import LoggedModel
from trainyard.entities.run import Metric
from trainyard.models.signature import ModelSignature

MLMODEL_FILE: str

class Model:
    artifact_path: Any
    auth_policy: dict[str, dict[str, Any]]
    env_vars: list[str] | None
    flavors: Any
    metadata: dict[str, Any] | None
    mlflow_version: str | None
    model_id: str | None
    model_size_bytes: int | None
    model_uuid: Any
    prompts: list[str] | None
    resources: dict[str, dict[Any, list[dict[str, Any]]]]
    run_id: str | None
    saved_input_example_info: dict[str, Any] | None
    signature: ModelSignature | bool | None
    utc_time_created: Any
    def __init__(
        self,
        artifact_path: Any = None,
        run_id: str | None = None,
        utc_time_created: Any = None,
        flavors: Any = None,
        signature: ModelSignature | bool | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: Any = None,
        mlflow_version: str | None = None,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        resources: str | list[Any] | None = None,
        env_vars: list[str] | None = None,
        auth_policy: Any = None,
        model_id: str | None = None,
        prompts: list[str] | None = None,
        **kwargs: Any,
    ) -> None: ...
    def add_flavor(self, name: str, **params: dict[str, Any]) -> Model: ...
    def get_input_schema(self) -> Any: ...
    def get_output_schema(self) -> Any: ...
    def get_params_schema(self) -> Any: ...
    def load_input_example(self, path: str | None = None) -> str | None: ...
    def load_input_example_params(self, path: str) -> dict: ...
    def get_serving_input(self, path: str) -> str | None: ...
    def __eq__(self, other: Any) -> bool: ...
    def get_model_info(self, logged_model: LoggedModel | None = None) -> ModelInfo: ...
    def get_tags_dict(self) -> dict[str, Any]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_yaml(self, stream: Any = None) -> str: ...
    def to_json(self) -> str: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    def finish(self, folder: Any) -> Any: ...
    @classmethod
    def load(cls, path: str | PathLike[str]) -> Model: ...
    @classmethod
    def from_dict(cls, model_dict: Any) -> Model: ...
    @classmethod
    def log(
        cls,
        artifact_path: Any,
        flavor: Any,
        registered_model_name: Any = None,
        await_registration_for: Any = 300,
        metadata: dict[str, Any] | None = None,
        run_id: str | None = None,
        resources: Any = None,
        auth_policy: Any = None,
        prompts: Any = None,
        name: str | None = None,
        model_type: str | None = None,
        params: dict[str, Any] | None = None,
        tags: dict[str, Any] | None = None,
        step: int = 0,
        model_id: str | None = None,
        **kwargs: Any,
    ) -> ModelInfo: ...

class ModelInfo:
    artifact_path: str
    env_vars: list[str] | None
    flavors: dict[str, Any]
    metadata: dict[str, Any] | None
    mlflow_version: str
    model_id: str
    model_uuid: str
    prompts: list[str] | None
    registered_model_version: int | None
    run_id: str
    saved_input_example_info: dict[str, Any] | None
    signature: Any
    utc_time_created: str
    def __init__(
        self, model: Any, logged_model: LoggedModel | None = None, registered_model_version: int | None = None
    ) -> None: ...
    @property
    def model_uri(self) -> str: ...
    @property
    def signature_dict(self) -> Any: ...
    @property
    def name(self) -> Any: ...
    @property
    def creation_timestamp(self) -> int: ...
    @property
    def params(self) -> dict[str, str]: ...
    @property
    def tags(self) -> dict[str, str]: ...
    @property
    def metrics(self) -> list[Metric] | None: ...

def get_model_info(model_uri: str | PathLike[str]) -> ModelInfo: ...
