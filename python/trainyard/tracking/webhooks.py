"""The calls of ``MlflowClient`` about webhooks of the registry."""

from trainyard.entities.base import PagedList
from trainyard.entities.webhook import Webhook, WebhookEvent, WebhookStatus, WebhookTestResult


class WebhookCalls:
    """Webhooks: addresses that are told of changes in the registry."""

    def create_webhook(self, name, url, events, description=None, secret=None, status=None):
        """Make a webhook.

        Parameters
        ----------
        name
            Name for people: letters, digits, dots, underscores and hyphens.
        url
            Where events are posted.
        events
            What to tell: texts such as ``"model_version.created"``, or :class:`WebhookEvent` objects.
        description
            Text for people.
        secret
            Key of the signatures; without one deliveries are not signed.
        status
            ``"ACTIVE"``, which is the default, or ``"DISABLED"``.

        Returns
        -------
        Webhook
        """
        return self._webhook(
            "CreateWebhook",
            name=name,
            url=url,
            events=_events(events),
            description=description,
            secret=secret,
            status=_status(status),
        )

    def get_webhook(self, webhook_id):
        """Return a webhook.

        Parameters
        ----------
        webhook_id
            Id of the webhook.

        Returns
        -------
        Webhook
        """
        return self._webhook("GetWebhook", webhook_id=webhook_id)

    def list_webhooks(self, max_results=None, page_token=None):
        """Return one page of webhooks, the newest first.

        Parameters
        ----------
        max_results
            Most results of the page; 100 when left out.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of Webhook
        """
        answer = self._call_registry("ListWebhooks", max_results=max_results, page_token=page_token)
        return PagedList._from_wire(answer, "webhooks", Webhook)

    def update_webhook(self, webhook_id, name=None, description=None, url=None, events=None, secret=None, status=None):
        """Change what is given of a webhook.

        Parameters
        ----------
        webhook_id
            Id of the webhook.
        name
            The new name.
        description
            The new description; an empty text removes it.
        url
            The new address.
        events
            The events in place of those before; see :meth:`create_webhook`.
        secret
            The new secret; with an empty text deliveries are no longer signed.
        status
            ``"ACTIVE"`` or ``"DISABLED"``.

        Returns
        -------
        Webhook
        """
        return self._webhook(
            "UpdateWebhook",
            webhook_id=webhook_id,
            name=name,
            description=description,
            url=url,
            events=None if events is None else _events(events),
            secret=secret,
            status=_status(status),
        )

    def delete_webhook(self, webhook_id):
        """Delete a webhook.

        Parameters
        ----------
        webhook_id
            Id of the webhook.
        """
        self._call_registry("DeleteWebhook", webhook_id=webhook_id)

    def test_webhook(self, webhook_id, event=None):
        """Have the server send an example to a webhook, once.

        Parameters
        ----------
        webhook_id
            Id of the webhook.
        event
            The event of the example; the webhook's first when left out.

        Returns
        -------
        WebhookTestResult
        """
        wire = None if event is None else _events([event])[0]
        answer = self._call_registry("TestWebhook", webhook_id=webhook_id, event=wire)
        return WebhookTestResult._from_wire(answer["result"])

    def _webhook(self, operation, **fields):
        return Webhook._from_wire(self._call_registry(operation, **fields)["webhook"])


def _events(events):
    events = [WebhookEvent.from_str(event) if isinstance(event, str) else event for event in events]
    return [event._to_wire() for event in events]


def _status(status):
    return None if status is None else WebhookStatus(status).value
