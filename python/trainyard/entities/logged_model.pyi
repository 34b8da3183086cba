# Written by python/tools/stub_files.py from the package itself; do not edit.
import enum
from collections.abc import Iterator
from typing import Any

from trainyard.entities.base import Entity, KeyValue
from trainyard.entities.run import Metric

class LoggedModel(Entity):
    artifact_location: str
    creation_timestamp: int
    experiment_id: str
    last_updated_timestamp: int
    metrics: list[Metric] | None
    model_id: str
    model_type: str | None
    name: str
    params: dict[str, str]
    source_run_id: str | None
    status: LoggedModelStatus
    status_message: str | None
    tags: dict[str, str]
    def __init__(
        self,
        experiment_id: str | int,
        model_id: str,
        name: str,
        artifact_location: str,
        creation_timestamp: int,
        last_updated_timestamp: int,
        model_type: str | None = None,
        source_run_id: str | None = None,
        status: LoggedModelStatus | int = ...,
        status_message: str | None = None,
        tags: list[LoggedModelTag] | dict[str, str] | None = None,
        params: list[LoggedModelParameter] | dict[str, str] | None = None,
        metrics: list[Metric] | None = None,
    ) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def to_dictionary(self) -> dict[str, Any]: ...
    @property
    def model_uri(self) -> str: ...

class LoggedModelParameter(KeyValue): ...

class LoggedModelStatus(str, enum.Enum):
    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"
    def __format__(self, format_spec: Any) -> Any: ...

class LoggedModelTag(KeyValue): ...
