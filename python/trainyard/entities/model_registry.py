"""The registry: registered models and their versions."""

from trainyard.entities.base import DEFAULT_WORKSPACE, Entity, KeyValue, optional_int
from trainyard.entities.logged_model import LoggedModelParameter
from trainyard.entities.run import Metric


class RegisteredModelTag(KeyValue):
    """A tag of a registered model."""


class ModelVersionTag(KeyValue):
    """A tag of a model version."""


class RegisteredModelAlias(Entity):
    """A name that points at one version."""

    _fields = ("alias", "version")

    def __init__(self, alias, version):
        self.alias = alias
        self.version = version


class ModelVersion(Entity):
    """One numbered model under a registered name; ``tags`` is a dict."""

    _fields = (
        "name",
        "version",
        "creation_timestamp",
        "last_updated_timestamp",
        "description",
        "user_id",
        "current_stage",
        "source",
        "run_id",
        "status",
        "status_message",
        "tags",
        "run_link",
        "aliases",
        "model_id",
        "params",
        "metrics",
        "deployment_job_state",
        "workspace",
    )

    def __init__(
        self,
        name,
        version,
        creation_timestamp,
        last_updated_timestamp=None,
        description=None,
        user_id=None,
        current_stage=None,
        source=None,
        run_id=None,
        status="READY",
        status_message=None,
        tags=None,
        run_link=None,
        aliases=None,
        model_id=None,
        params=None,
        metrics=None,
        deployment_job_state=None,
        workspace=None,
    ):
        self.name = name
        self.version = version
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.description = description
        self.user_id = user_id
        self.current_stage = current_stage
        self.source = source
        self.run_id = run_id
        self.status = status
        self.status_message = status_message
        self.tags = {tag.key: tag.value for tag in tags or []}
        self.run_link = run_link
        self.aliases = list(aliases or [])
        self.model_id = model_id
        self.params = params
        self.metrics = metrics
        self.deployment_job_state = deployment_job_state
        self.workspace = workspace or DEFAULT_WORKSPACE

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            wire["name"],
            # The number travels as text, and this is what MLflow's REST client hands out.
            str(wire["version"]),
            int(wire.get("creation_timestamp") or 0),
            optional_int(wire.get("last_updated_timestamp")),
            wire.get("description", ""),
            wire.get("user_id", ""),
            wire.get("current_stage"),
            wire.get("source"),
            wire.get("run_id", ""),
            wire.get("status", "READY"),
            wire.get("status_message"),
            [ModelVersionTag(tag["key"], tag.get("value", "")) for tag in wire.get("tags", ())],
            wire.get("run_link", ""),
            wire.get("aliases"),
            wire.get("model_id") or None,
            [LoggedModelParameter(param["name"], param.get("value", "")) for param in wire.get("model_params", ())],
            [Metric._from_wire(metric) for metric in wire.get("model_metrics", ())],
            workspace=wire.get("workspace"),
        )


class RegisteredModel(Entity):
    """A name with numbered versions; ``tags`` and ``aliases`` are dicts."""

    _fields = (
        "name",
        "creation_timestamp",
        "last_updated_timestamp",
        "description",
        "latest_versions",
        "tags",
        "aliases",
        "deployment_job_id",
        "deployment_job_state",
        "workspace",
    )

    def __init__(
        self,
        name,
        creation_timestamp=None,
        last_updated_timestamp=None,
        description=None,
        latest_versions=None,
        tags=None,
        aliases=None,
        deployment_job_id=None,
        deployment_job_state=None,
        workspace=None,
    ):
        self.name = name
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.description = description
        self.latest_versions = list(latest_versions or [])
        self.tags = {tag.key: tag.value for tag in tags or []}
        self.aliases = {alias.alias: alias.version for alias in aliases or []}
        self.deployment_job_id = deployment_job_id
        self.deployment_job_state = deployment_job_state
        self.workspace = workspace or DEFAULT_WORKSPACE

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            wire["name"],
            optional_int(wire.get("creation_timestamp")),
            optional_int(wire.get("last_updated_timestamp")),
            wire.get("description", ""),
            [ModelVersion._from_wire(version) for version in wire.get("latest_versions", ())],
            [RegisteredModelTag(tag["key"], tag.get("value", "")) for tag in wire.get("tags", ())],
            [RegisteredModelAlias(alias["alias"], str(alias["version"])) for alias in wire.get("aliases", ())],
            wire.get("deployment_job_id", ""),
            wire.get("deployment_job_state", "DEPLOYMENT_JOB_CONNECTION_STATE_UNSPECIFIED"),
            workspace=wire.get("workspace"),
        )
