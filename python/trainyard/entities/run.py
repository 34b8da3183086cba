"""Runs and what belongs to them: info, data, metrics, params, tags."""

from trainyard.entities.base import Entity, KeyValue, optional_int
from trainyard.entities.dataset import RunInputs, RunOutputs


class RunStatus:
    """How far a run has come, as MLflow's numbers."""

    RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = 1, 2, 3, 4, 5
    _names = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")

    @classmethod
    def from_string(cls, status_str):
        """Return the number of a status name."""
        if status_str not in cls._names:
            raise ValueError(f"unknown run status {status_str!r}; valid ones are {', '.join(cls._names)}")
        return cls._names.index(status_str) + 1

    @classmethod
    def to_string(cls, status):
        """Return the name of a status number."""
        if not 1 <= status <= len(cls._names):
            raise ValueError(f"unknown run status number {status!r}")
        return cls._names[status - 1]

    @classmethod
    def is_terminated(cls, status):
        """Tell whether a run of this status has ended."""
        return status in (cls.FINISHED, cls.FAILED, cls.KILLED)

    @classmethod
    def all_status(cls):
        """Return all status numbers."""
        return list(range(1, len(cls._names) + 1))


class ViewType:
    """Which lifecycle stages a search returns."""

    ACTIVE_ONLY, DELETED_ONLY, ALL = 1, 2, 3
    _names = ("active_only", "deleted_only", "all")

    @classmethod
    def from_string(cls, view_str):
        """Return the number of a view type's name."""
        if view_str not in cls._names:
            raise ValueError(f"unknown view type {view_str!r}; valid ones are {', '.join(cls._names)}")
        return cls._names.index(view_str) + 1

    @classmethod
    def to_string(cls, view_type):
        """Return the name of a view type's number."""
        if view_type not in (cls.ACTIVE_ONLY, cls.DELETED_ONLY, cls.ALL):
            raise ValueError(f"unknown view type {view_type!r}; valid ones are those of ViewType")
        return cls._names[view_type - 1]


class LifecycleStage:
    """Whether something is in use or soft-deleted."""

    ACTIVE = "active"
    DELETED = "deleted"

    @classmethod
    def is_valid(cls, lifecycle_stage):
        """Tell whether the text is a lifecycle stage."""
        return lifecycle_stage in (cls.ACTIVE, cls.DELETED)

    @classmethod
    def view_type_to_stages(cls, view_type=ViewType.ALL):
        """Return the stages that a search of this view type looks at."""
        stages = {ViewType.ACTIVE_ONLY: [cls.ACTIVE], ViewType.DELETED_ONLY: [cls.DELETED]}
        return stages.get(view_type, [cls.ACTIVE, cls.DELETED])

    @classmethod
    def matches_view_type(cls, view_type, lifecycle_stage):
        """Tell whether a search of this view type finds things of a stage."""
        return lifecycle_stage in cls.view_type_to_stages(view_type)


class SourceType:
    """What kind of source started a run."""

    NOTEBOOK, JOB, PROJECT, LOCAL, UNKNOWN = 1, 2, 3, 4, 5
    _names = ("NOTEBOOK", "JOB", "PROJECT", "LOCAL", "UNKNOWN")

    @classmethod
    def to_string(cls, status):
        """Return the name of a source type."""
        return cls._names[status - 1]

    @classmethod
    def from_string(cls, status_str):
        """Return the number of a source type's name."""
        return cls._names.index(status_str) + 1


class Metric(Entity):
    """One point of a metric."""

    _fields = ("key", "value", "timestamp", "step", "model_id", "dataset_name", "dataset_digest", "run_id")

    def __init__(self, key, value, timestamp, step, model_id=None, dataset_name=None, dataset_digest=None, run_id=None):
        if (dataset_name is None) != (dataset_digest is None):
            from trainyard.exceptions import MlflowException

            raise MlflowException.invalid_parameter_value(
                "dataset_name and dataset_digest belong together: give both or neither"
            )
        self.key = key
        self.value = value
        self.timestamp = timestamp
        self.step = step
        self.model_id = model_id
        self.dataset_name = dataset_name
        self.dataset_digest = dataset_digest
        self.run_id = run_id

    @classmethod
    def from_dictionary(cls, metric_dict):
        """Make the point from a dict of its attributes; unknown keys are ignored."""
        return super().from_dictionary(metric_dict)

    @classmethod
    def _from_wire(cls, wire):
        # Doubles that JSON has no number for travel as the texts NaN, Infinity and -Infinity.
        return cls(
            wire["key"],
            float(wire["value"]),
            int(wire["timestamp"]),
            int(wire.get("step") or 0),
            wire.get("model_id") or None,
            wire.get("dataset_name") or None,
            wire.get("dataset_digest") or None,
            wire.get("run_id") or None,
        )


class Param(KeyValue):
    """A parameter of a run."""


class RunTag(KeyValue):
    """A tag of a run."""


class RunInfo(Entity):
    """Who, when, where, and how a run ended."""

    _fields = (
        "run_id",
        "experiment_id",
        "user_id",
        "status",
        "start_time",
        "end_time",
        "lifecycle_stage",
        "artifact_uri",
        "run_name",
    )

    def __init__(
        self,
        run_id,
        experiment_id,
        user_id,
        status,
        start_time,
        end_time,
        lifecycle_stage,
        artifact_uri=None,
        run_name=None,
    ):
        self.run_id = run_id
        self.experiment_id = experiment_id
        self.user_id = user_id
        self.status = status
        self.start_time = start_time
        self.end_time = end_time
        self.lifecycle_stage = lifecycle_stage
        self.artifact_uri = artifact_uri
        self.run_name = run_name

    @property
    def run_uuid(self):
        """The run id under its older name."""
        return self.run_id

    @classmethod
    def get_searchable_attributes(cls):
        """Return the attributes that a filter can name."""
        return sorted(set(cls._fields) - {"experiment_id", "lifecycle_stage"})

    @classmethod
    def get_orderable_attributes(cls):
        """Return the attributes that results can be ordered by."""
        return cls.get_searchable_attributes()

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            wire.get("run_id") or wire.get("run_uuid"),
            wire["experiment_id"],
            wire.get("user_id") or "",
            wire.get("status", "RUNNING"),
            optional_int(wire.get("start_time")),
            optional_int(wire.get("end_time")),
            wire.get("lifecycle_stage", LifecycleStage.ACTIVE),
            wire.get("artifact_uri"),
            wire.get("run_name"),
        )


class RunData(Entity):
    """What was logged to a run: of each metric the latest value, the params, the tags; each a dict by key."""

    _fields = ("metrics", "params", "tags")

    def __init__(self, metrics=None, params=None, tags=None):
        self._metric_objs = list(metrics or [])
        self.metrics = {metric.key: metric.value for metric in self._metric_objs}
        self.params = {param.key: param.value for param in params or []}
        self.tags = {tag.key: tag.value for tag in tags or []}

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            [Metric._from_wire(metric) for metric in wire.get("metrics", ())],
            [Param(param["key"], param.get("value", "")) for param in wire.get("params", ())],
            [RunTag(tag["key"], tag.get("value", "")) for tag in wire.get("tags", ())],
        )


class Run(Entity):
    """A run with everything that was logged to it."""

    _fields = ("info", "data", "inputs", "outputs")

    def __init__(self, run_info, run_data, run_inputs=None, run_outputs=None):
        self.info = run_info
        self.data = run_data
        self.inputs = run_inputs
        self.outputs = run_outputs

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            RunInfo._from_wire(wire["info"]),
            RunData._from_wire(wire.get("data") or {}),
            RunInputs._from_wire(wire.get("inputs") or {}),
            RunOutputs._from_wire(wire.get("outputs") or {}),
        )
