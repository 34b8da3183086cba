# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.base import Entity, KeyValue

class Experiment(Entity):
    artifact_location: str
    creation_time: int | None
    effective_trace_archival_retention: str | None
    experiment_id: str
    last_update_time: int | None
    lifecycle_stage: str
    name: str
    tags: dict[str, str]
    trace_location: Any
    workspace: str
    DEFAULT_EXPERIMENT_NAME: str
    def __init__(
        self,
        experiment_id: str | int,
        name: str,
        artifact_location: str,
        lifecycle_stage: str,
        tags: list[ExperimentTag] | None = None,
        creation_time: int | None = None,
        last_update_time: int | None = None,
        workspace: str | None = None,
        trace_location: Any = None,
        effective_trace_archival_retention: str | None = None,
    ) -> None: ...

class ExperimentTag(KeyValue): ...

class FileInfo(Entity):
    file_size: int | None
    is_dir: bool
    path: str
    def __init__(self, path: str, is_dir: bool, file_size: int | None) -> None: ...
