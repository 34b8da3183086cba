# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any, Literal

from trainyard.entities.base import PagedList
from trainyard.entities.webhook import Webhook, WebhookEvent, WebhookStatus, WebhookTestResult

class WebhookCalls:
    def create_webhook(
        self,
        name: str,
        url: str,
        events: list[
            Literal[
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
            ]
            | WebhookEvent
        ],
        description: str | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook: ...
    def get_webhook(self, webhook_id: str) -> Webhook: ...
    def list_webhooks(self, max_results: int | None = None, page_token: str | None = None) -> PagedList[Webhook]: ...
    def update_webhook(
        self,
        webhook_id: str,
        name: str | None = None,
        description: str | None = None,
        url: str | None = None,
        events: list[
            Literal[
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
            ]
            | WebhookEvent
        ]
        | None = None,
        secret: str | None = None,
        status: str | WebhookStatus | None = None,
    ) -> Webhook: ...
    def delete_webhook(self, webhook_id: str) -> None: ...
    def test_webhook(self, webhook_id: str, event: Any = None) -> WebhookTestResult: ...
