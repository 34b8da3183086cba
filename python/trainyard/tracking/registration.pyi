# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any, Literal

from trainyard.entities.logged_model import LoggedModel, LoggedModelStatus
from trainyard.entities.model_registry import ModelVersion

def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | int | None = None,
) -> LoggedModel: ...
def delete_logged_model_tag(model_id: str, key: str) -> None: ...
def finalize_logged_model(model_id: str, status: Literal["READY", "FAILED"] | LoggedModelStatus) -> LoggedModel: ...
def get_logged_model(model_id: str) -> LoggedModel: ...
def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
    model_type: str | None = None,
    experiment_id: str | int | None = None,
) -> LoggedModel: ...
def log_model_params(params: dict[str, str], model_id: str | None = None) -> None: ...
def register_model(
    model_uri: str | PathLike[str],
    name: str,
    await_registration_for: Any = 300,
    *,
    tags: dict[str, Any] | None = None,
    env_pack: Any = None,
) -> ModelVersion: ...
def set_logged_model_tags(model_id: str, tags: dict[str, Any]) -> None: ...
def set_model_version_tag(
    name: str, version: str | int | None = None, key: str | None = None, value: Any = None
) -> None: ...
