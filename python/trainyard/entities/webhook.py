"""Webhooks of the model registry: addresses that are told of changes."""

from enum import Enum

from trainyard.entities.base import DEFAULT_WORKSPACE, Entity
from trainyard.exceptions import MlflowException


class WebhookStatus(str, Enum):
    """Whether a webhook is told of anything."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"

    def __str__(self):
        return self.value

    def is_active(self):
        """Tell whether the webhook is in use."""
        return self is WebhookStatus.ACTIVE


class WebhookEntity(str, Enum):
    """What an event is about."""

    REGISTERED_MODEL = "registered_model"
    MODEL_VERSION = "model_version"
    MODEL_VERSION_TAG = "model_version_tag"
    MODEL_VERSION_ALIAS = "model_version_alias"
    PROMPT = "prompt"
    PROMPT_VERSION = "prompt_version"
    PROMPT_TAG = "prompt_tag"
    PROMPT_VERSION_TAG = "prompt_version_tag"
    PROMPT_ALIAS = "prompt_alias"
    BUDGET_POLICY = "budget_policy"

    def __str__(self):
        return self.value


class WebhookAction(str, Enum):
    """What happened to it."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    SET = "set"
    EXCEEDED = "exceeded"

    def __str__(self):
        return self.value


_EVENTS = (
    "registered_model.created",
    "model_version.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version_alias.created",
    "model_version_alias.deleted",
    "prompt.created",
    "prompt_version.created",
    "prompt_tag.set",
    "prompt_tag.deleted",
    "prompt_version_tag.set",
    "prompt_version_tag.deleted",
    "prompt_alias.created",
    "prompt_alias.deleted",
    "budget_policy.exceeded",
)


def __getattr__(name):
    # The type of these texts; made when asked for, because `typing` takes its time to load.
    if name == "WebhookEventStr":
        from typing import Literal

        return Literal[_EVENTS]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class WebhookEvent:
    """Something that a webhook can be told of.

    Parameters
    ----------
    entity
        What it is about: a :class:`WebhookEntity` or its text.
    action
        What happened: a :class:`WebhookAction` or its text.
    """

    def __init__(self, entity, action):
        self._entity = WebhookEntity(entity)
        self._action = WebhookAction(action)
        if str(self) not in _EVENTS:
            prefix = f"{self._entity}."
            valid = sorted(event.removeprefix(prefix) for event in _EVENTS if event.startswith(prefix))
            raise MlflowException.invalid_parameter_value(
                f"Invalid action '{self._action}' for entity '{self._entity}'. Valid actions are: {valid}"
            )

    @property
    def entity(self):
        """What the event is about."""
        return self._entity

    @property
    def action(self):
        """What happened."""
        return self._action

    @classmethod
    def from_str(cls, event_str):
        """Make an event of its text ``entity.action``.

        Parameters
        ----------
        event_str
            Such as ``"model_version.created"``.

        Returns
        -------
        WebhookEvent
        """
        entity, dot, action = event_str.partition(".")
        if not dot or "." in action:
            raise MlflowException.invalid_parameter_value(
                f"Invalid event {event_str!r}: expected 'entity.action', such as 'registered_model.created'"
            )
        try:
            return cls(entity, action)
        except ValueError as error:
            raise MlflowException.invalid_parameter_value(f"Invalid event {event_str!r}: {error}") from error

    @classmethod
    def _from_wire(cls, wire):
        return cls(wire["entity"].lower(), wire["action"].lower())

    def _to_wire(self):
        return {"entity": self._entity.name, "action": self._action.name}

    def __str__(self):
        return f"{self._entity.value}.{self._action.value}"

    def __eq__(self, other):
        return isinstance(other, WebhookEvent) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def __repr__(self):
        return f"WebhookEvent(entity={self._entity}, action={self._action})"


class Webhook(Entity):
    """An address with the events that it is told of; servers never give a secret away."""

    # Without the secret, so that it is not printed.
    _fields = (
        "webhook_id",
        "name",
        "url",
        "events",
        "creation_timestamp",
        "last_updated_timestamp",
        "description",
        "status",
        "workspace",
    )

    def __init__(
        self,
        webhook_id,
        name,
        url,
        events,
        creation_timestamp,
        last_updated_timestamp,
        description=None,
        status=WebhookStatus.ACTIVE,
        secret=None,
        workspace=None,
    ):
        if not events:
            raise MlflowException.invalid_parameter_value("a webhook needs at least one event")
        self.webhook_id = webhook_id
        self.name = name
        self.url = url
        self.events = events
        self.creation_timestamp = creation_timestamp
        self.last_updated_timestamp = last_updated_timestamp
        self.description = description
        self.status = WebhookStatus(status)
        self.secret = secret
        self.workspace = workspace or DEFAULT_WORKSPACE

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            wire["webhook_id"],
            wire["name"],
            wire["url"],
            [WebhookEvent._from_wire(event) for event in wire["events"]],
            int(wire["creation_timestamp"]),
            int(wire["last_updated_timestamp"]),
            wire.get("description") or None,
            wire["status"],
        )


class WebhookTestResult(Entity):
    """What came back from a webhook."""

    _fields = ("success", "response_status", "response_body", "error_message")

    def __init__(self, success, response_status=None, response_body=None, error_message=None):
        self.success = success
        self.response_status = response_status
        self.response_body = response_body
        self.error_message = error_message

    @classmethod
    def _from_wire(cls, wire):
        return cls(
            bool(wire.get("success")),
            wire.get("response_status") or None,
            wire.get("response_body") or None,
            wire.get("error_message") or None,
        )
