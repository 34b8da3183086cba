# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.base import Entity, KeyValue
from trainyard.entities.logged_model import LoggedModelParameter
from trainyard.entities.run import Metric

class ModelVersion(Entity):
    aliases: list[str]
    creation_timestamp: int
    current_stage: str | None
    deployment_job_state: Any
    description: str | None
    last_updated_timestamp: int | None
    metrics: list[Metric] | None
    model_id: str | None
    name: str
    params: list[LoggedModelParameter] | None
    run_id: str | None
    run_link: str | None
    source: str | None
    status: str
    status_message: str | None
    tags: dict[str, str]
    user_id: str | None
    version: str
    workspace: str
    def __init__(
        self,
        name: str,
        version: str | int,
        creation_timestamp: int,
        last_updated_timestamp: int | None = None,
        description: str | None = None,
        user_id: str | None = None,
        current_stage: str | None = None,
        source: str | None = None,
        run_id: str | None = None,
        status: str = "READY",
        status_message: str | None = None,
        tags: list[ModelVersionTag] | None = None,
        run_link: str | None = None,
        aliases: list[str] | None = None,
        model_id: str | None = None,
        params: list[LoggedModelParameter] | None = None,
        metrics: list[Metric] | None = None,
        deployment_job_state: Any = None,
        workspace: str | None = None,
    ) -> None: ...

class ModelVersionTag(KeyValue): ...

class RegisteredModel(Entity):
    aliases: Any
    creation_timestamp: Any
    deployment_job_id: Any
    deployment_job_state: Any
    description: Any
    last_updated_timestamp: Any
    latest_versions: Any
    name: str
    tags: dict[str, Any] | None
    workspace: str
    def __init__(
        self,
        name: str,
        creation_timestamp: Any = None,
        last_updated_timestamp: Any = None,
        description: Any = None,
        latest_versions: Any = None,
        tags: dict[str, Any] | None = None,
        aliases: Any = None,
        deployment_job_id: Any = None,
        deployment_job_state: Any = None,
        workspace: str | None = None,
    ) -> None: ...

class RegisteredModelAlias(Entity):
    alias: Any
    version: str | int
    def __init__(self, alias: Any, version: str | int) -> None: ...

class RegisteredModelTag(KeyValue): ...
