"""What runs use and make: datasets and logged models as inputs and outputs."""

from trainyard.entities.base import Entity, KeyValue


class InputTag(KeyValue):
    """A tag of the use of a dataset, such as ``mlflow.data.context``."""


class Dataset(Entity):
    """A dataset as it was when a run used it."""

    _fields = ("name", "digest", "source_type", "source", "schema", "profile")

    def __init__(self, name, digest, source_type, source, schema=None, profile=None):
        self.name = name
        self.digest = digest
        self.source_type = source_type
        self.source = source
        self.schema = schema
        self.profile = profile


class DatasetInput(Entity):
    """A dataset that a run used, and for what."""

    _fields = ("dataset", "tags")

    def __init__(self, dataset, tags=None):
        self.dataset = dataset
        self.tags = list(tags or [])

    def to_dictionary(self):
        """Return the attributes as a dict; the tags are one too, by key."""
        return {"dataset": self.dataset.to_dictionary(), "tags": {tag.key: tag.value for tag in self.tags}}


class LoggedModelInput(Entity):
    """A logged model that a run used."""

    _fields = ("model_id",)

    def __init__(self, model_id):
        self.model_id = model_id


class LoggedModelOutput(Entity):
    """A logged model that a run made, and at which step."""

    _fields = ("model_id", "step")

    def __init__(self, model_id, step):
        self.model_id = model_id
        self.step = step


class RunInputs(Entity):
    """What a run used."""

    _fields = ("dataset_inputs", "model_inputs")

    def __init__(self, dataset_inputs, model_inputs=None):
        self.dataset_inputs = dataset_inputs
        self.model_inputs = model_inputs or []

    @classmethod
    def _from_wire(cls, wire):
        datasets = [
            DatasetInput(
                Dataset.from_dictionary({"schema": None, "profile": None, **use["dataset"]}),
                [InputTag(tag["key"], tag.get("value", "")) for tag in use.get("tags", ())],
            )
            for use in wire.get("dataset_inputs", ())
        ]
        return cls(datasets, [LoggedModelInput(use["model_id"]) for use in wire.get("model_inputs", ())])


class RunOutputs(Entity):
    """What a run made."""

    _fields = ("model_outputs",)

    def __init__(self, model_outputs):
        self.model_outputs = model_outputs

    @classmethod
    def _from_wire(cls, wire):
        outputs = wire.get("model_outputs", ())
        return cls([LoggedModelOutput(output["model_id"], int(output.get("step") or 0)) for output in outputs])
