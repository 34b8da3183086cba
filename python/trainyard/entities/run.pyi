# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from typing_extensions import Self

from trainyard.entities.base import Entity, KeyValue
from trainyard.entities.dataset import RunInputs, RunOutputs

class LifecycleStage:
    ACTIVE: str
    DELETED: str
    @classmethod
    def is_valid(cls, lifecycle_stage: str) -> bool: ...
    @classmethod
    def view_type_to_stages(cls, view_type: int = 3) -> list[str]: ...
    @classmethod
    def matches_view_type(cls, view_type: int, lifecycle_stage: str) -> bool: ...

class Metric(Entity):
    dataset_digest: str | None
    dataset_name: str | None
    key: str
    model_id: str | None
    run_id: str | None
    step: int
    timestamp: int
    value: float
    def __init__(
        self,
        key: str,
        value: float,
        timestamp: int,
        step: int,
        model_id: str | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        run_id: str | None = None,
    ) -> None: ...
    @classmethod
    def from_dictionary(cls, metric_dict: dict[str, Any]) -> Self: ...

class Param(KeyValue): ...

class Run(Entity):
    data: RunData
    info: RunInfo
    inputs: RunInputs | None
    outputs: RunOutputs | None
    def __init__(
        self,
        run_info: RunInfo,
        run_data: RunData,
        run_inputs: RunInputs | None = None,
        run_outputs: RunOutputs | None = None,
    ) -> None: ...

class RunData(Entity):
    metrics: dict[str, float]
    params: dict[str, str]
    tags: dict[str, str]
    def __init__(
        self, metrics: list[Metric] | None = None, params: list[Param] | None = None, tags: list[RunTag] | None = None
    ) -> None: ...

class RunInfo(Entity):
    artifact_uri: str | None
    end_time: int | None
    experiment_id: str
    lifecycle_stage: str
    run_id: str
    run_name: str | None
    start_time: int
    status: str
    user_id: str
    def __init__(
        self,
        run_id: str,
        experiment_id: str | int,
        user_id: str,
        status: str,
        start_time: int,
        end_time: int | None,
        lifecycle_stage: str,
        artifact_uri: str | PathLike[str] | None = None,
        run_name: str | None = None,
    ) -> None: ...
    @property
    def run_uuid(self) -> Any: ...
    @classmethod
    def get_searchable_attributes(cls) -> list[str]: ...
    @classmethod
    def get_orderable_attributes(cls) -> list[str]: ...

class RunStatus:
    RUNNING: int
    SCHEDULED: int
    FINISHED: int
    FAILED: int
    KILLED: int
    @classmethod
    def from_string(cls, status_str: str) -> int: ...
    @classmethod
    def to_string(cls, status: int) -> str: ...
    @classmethod
    def is_terminated(cls, status: int) -> bool: ...
    @classmethod
    def all_status(cls) -> list[int]: ...

class RunTag(KeyValue): ...

class SourceType:
    NOTEBOOK: int
    JOB: int
    PROJECT: int
    LOCAL: int
    UNKNOWN: int
    @classmethod
    def to_string(cls, status: int) -> str: ...
    @classmethod
    def from_string(cls, status_str: str) -> int: ...

class ViewType:
    ACTIVE_ONLY: int
    DELETED_ONLY: int
    ALL: int
    @classmethod
    def from_string(cls, view_str: str) -> int: ...
    @classmethod
    def to_string(cls, view_type: int) -> str: ...
