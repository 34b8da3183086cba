# Written by python/tools/stub_files.py from the package itself; do not edit.
import enum
from typing import Any, Literal

from typing_extensions import Self

from trainyard.entities.base import Entity

class Webhook(Entity):
    creation_timestamp: int
    description: str | None
    events: list[WebhookEvent]
    last_updated_timestamp: int
    name: str
    secret: str | None
    status: WebhookStatus
    url: str
    webhook_id: str
    workspace: str
    def __init__(
        self,
        webhook_id: str,
        name: str,
        url: str,
        events: list[WebhookEvent],
        creation_timestamp: int,
        last_updated_timestamp: int,
        description: str | None = None,
        status: str | WebhookStatus = ...,
        secret: str | None = None,
        workspace: str | None = None,
    ) -> None: ...

class WebhookAction(str, enum.Enum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    SET = "set"
    EXCEEDED = "exceeded"
    def __format__(self, format_spec: Any) -> Any: ...

class WebhookEntity(str, enum.Enum):
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
    def __format__(self, format_spec: Any) -> Any: ...

class WebhookEvent:
    def __init__(self, entity: str | WebhookEntity, action: str | WebhookAction) -> None: ...
    @property
    def entity(self) -> WebhookEntity: ...
    @property
    def action(self) -> WebhookAction: ...
    @classmethod
    def from_str(
        cls,
        event_str: Literal[
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
        ],
    ) -> Self: ...
    def __eq__(self, other: Any) -> bool: ...
    def __hash__(self) -> int: ...

class WebhookStatus(str, enum.Enum):
    def is_active(self) -> Any: ...
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    def __format__(self, format_spec: Any) -> Any: ...

class WebhookTestResult(Entity):
    error_message: str | None
    response_body: str | None
    response_status: int | None
    success: bool
    def __init__(
        self,
        success: bool,
        response_status: int | None = None,
        response_body: str | None = None,
        error_message: str | None = None,
    ) -> None: ...
