"""Experiments and artifact listings."""

from trainyard.entities.base import DEFAULT_WORKSPACE, Entity, KeyValue, optional_int


class ExperimentTag(KeyValue):
    """A tag of an experiment."""


class Experiment(Entity):
    """A named group of runs; ``tags`` is a dict."""

    DEFAULT_EXPERIMENT_NAME = "Default"
    _fields = (
        "experiment_id",
        "name",
        "artifact_location",
        "lifecycle_stage",
        "tags",
        "creation_time",
        "last_update_time",
        "workspace",
        "trace_location",
        "effective_trace_archival_retention",
    )

    def __init__(
        self,
        experiment_id,
        name,
        artifact_location,
        lifecycle_stage,
        tags=None,
        creation_time=None,
        last_update_time=None,
        workspace=None,
        trace_location=None,
        effective_trace_archival_retention=None,
    ):
        self.experiment_id = experiment_id
        self.name = name
        self.artifact_location = artifact_location
        self.lifecycle_stage = lifecycle_stage
        self.tags = {tag.key: tag.value for tag in tags or []}
        self.creation_time = creation_time
        self.last_update_time = last_update_time
        self.workspace = workspace or DEFAULT_WORKSPACE
        self.trace_location = trace_location
        self.effective_trace_archival_retention = effective_trace_archival_retention

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            wire["experiment_id"],
            wire["name"],
            wire.get("artifact_location"),
            wire.get("lifecycle_stage", "active"),
            [ExperimentTag(tag["key"], tag.get("value", "")) for tag in wire.get("tags", ())],
            optional_int(wire.get("creation_time")),
            optional_int(wire.get("last_update_time")),
            wire.get("workspace"),
        )


class FileInfo(Entity):
    """A file or directory below an artifact root."""

    _fields = ("path", "is_dir", "file_size")

    def __init__(self, path, is_dir, file_size):
        self.path = path
        self.is_dir = is_dir
        self.file_size = file_size

    @classmethod
    def _from_wire(cls, wire):
        return cls(wire["path"], bool(wire.get("is_dir")), optional_int(wire.get("file_size")))
