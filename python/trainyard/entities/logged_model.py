"""Logged models: the models that runs record with ``log_model``."""

from enum import Enum

from trainyard.entities.base import Entity, KeyValue
from trainyard.entities.run import Metric


class LoggedModelTag(KeyValue):
    """A tag of a logged model."""


class LoggedModelParameter(KeyValue):
    """A parameter of a logged model."""


class LoggedModelStatus(str, Enum):
    """Whether a logged model's files are complete."""

    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"

    def __str__(self):
        return self.value

    @classmethod
    def _from_wire(cls, status):
        word = status.removeprefix("LOGGED_MODEL_")
        return {"PENDING": cls.PENDING, "READY": cls.READY, "UPLOAD_FAILED": cls.FAILED}.get(word, cls.UNSPECIFIED)

    def _to_wire(self):
        return "LOGGED_MODEL_UPLOAD_FAILED" if self is LoggedModelStatus.FAILED else f"LOGGED_MODEL_{self.value}"


class LoggedModel(Entity):
    """A model with what was logged about it; ``tags`` and ``params`` are dicts."""

    _fields = (
        "experiment_id",
        "model_id",
        "name",
        "artifact_location",
        "creation_timestamp",
        "last_updated_timestamp",
        "model_type",
        "source_run_id",
        "status",
        "status_message",
        "tags",
        "params",
        "metrics",
    )

    def __init__(
        self,
        experiment_id,
        model_id,
        name,
        artifact_location,
        creation_timestamp,
        last_updated_timestamp,
        model_type=None,
        source_run_id=None,
        status=LoggedModelStatus.READY,
        status_message=None,
        tags=None,
        params=None,
        metrics=None,
    ):
        self.experiment_id = experiment_id
        self.model_id = model_id
        self.name = name
        self.artifact_location = artifact_location
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.model_type = model_type
        self.source_run_id = source_run_id
        self.status = status
        self.status_message = status_message
        self.tags = _as_dict(tags)
        self.params = _as_dict(params)
        self.metrics = metrics

    def __iter__(self):
        yield from super().__iter__()
        yield "model_uri", self.model_uri

    def to_dictionary(self):
        """Return the attributes that the constructor takes as a dict, nested entities included."""
        attributes = super().to_dictionary()
        del attributes["model_uri"]
        return attributes

    @property
    def model_uri(self):
        """URI under which the model can be loaded."""
        return f"models:/{self.model_id}"

    @classmethod
    def _from_wire(cls, wire):
        info, data = wire["info"], wire.get("data") or {}
        return cls(
            info["experiment_id"],
            info["model_id"],
            info.get("name"),
            info.get("artifact_uri"),
            int(info.get("creation_timestamp_ms") or 0),
            int(info.get("last_updated_timestamp_ms") or 0),
            info.get("model_type") or None,
            info.get("source_run_id") or None,
            LoggedModelStatus._from_wire(info.get("status", "")),
            info.get("status_message", ""),
            [LoggedModelTag(tag["key"], tag.get("value", "")) for tag in info.get("tags", ())],
            [LoggedModelParameter(param["key"], param.get("value", "")) for param in data.get("params", ())],
            [Metric._from_wire(metric) for metric in data.get("metrics", ())],
        )


def _as_dict(pairs):
    if pairs is None or isinstance(pairs, dict):
        return dict(pairs or {})
    return {pair.key: pair.value for pair in pairs}
