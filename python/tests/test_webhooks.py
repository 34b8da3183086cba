"""Webhooks as Python programs make them, and their document."""

import base64
import hashlib
import hmac
import http.server
import re
import sys
import threading
import time
from pathlib import Path

import pytest

from conftest import free_port, serve
from trainyard import MlflowClient
from trainyard.entities import Webhook, WebhookEvent, WebhookStatus
from trainyard.entities.webhook import WebhookAction, WebhookEntity
from trainyard.exceptions import MlflowException

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"


@pytest.fixture
def client(tmp_path):
    return MlflowClient(f"sqlite:///{tmp_path}/yard.db")


def test_the_life_of_a_webhook(client):
    events = ["model_version.created", WebhookEvent("prompt_tag", "set")]
    made = client.create_webhook("hook", "https://h.example/", events, description="d", secret="s3cret")
    assert isinstance(made, Webhook)
    assert (made.name, made.url, made.description, made.status) == ("hook", "https://h.example/", "d", "ACTIVE")
    assert [str(event) for event in made.events] == ["model_version.created", "prompt_tag.set"]
    assert made.secret is None and made.workspace == "default"
    assert made.creation_timestamp == made.last_updated_timestamp > 0
    assert client.get_webhook(made.webhook_id) == made
    changed = client.update_webhook(made.webhook_id, description="", status="DISABLED", events=["prompt.created"])
    assert (changed.description, changed.status, changed.url) == (None, WebhookStatus.DISABLED, made.url)
    assert changed.events == [WebhookEvent(WebhookEntity.PROMPT, WebhookAction.CREATED)]
    assert not changed.status.is_active()
    client.delete_webhook(made.webhook_id)
    with pytest.raises(MlflowException, match="not found") as refused:
        client.get_webhook(made.webhook_id)
    assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_webhooks_are_listed_in_pages(client):
    ids = [client.create_webhook(f"h{n}", "https://h/", ["prompt.created"]).webhook_id for n in range(3)]
    page = client.list_webhooks(max_results=2)
    rest = client.list_webhooks(max_results=2, page_token=page.token)
    assert [webhook.webhook_id for webhook in [*page, *rest]] == ids[::-1]
    assert rest.token is None


def test_what_is_no_event_or_status_is_refused(client):
    for event in ["model_version.deleted", "model_version", "a.b", "model_version.created.x"]:
        with pytest.raises(MlflowException) as refused:
            client.create_webhook("hook", "https://h/", [event])
        assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    with pytest.raises(ValueError, match="PAUSED"):
        client.create_webhook("hook", "https://h/", ["prompt.created"], status="PAUSED")
    with pytest.raises(MlflowException, match="Webhook name 'a b' is invalid"):
        client.create_webhook("a b", "https://h/", ["prompt.created"])
    assert client.list_webhooks() == []


def test_a_store_without_a_server_calls_nobody(client):
    webhook = client.create_webhook("hook", "https://h/", ["prompt.created"])
    with pytest.raises(MlflowException, match="needs a server"):
        client.test_webhook(webhook.webhook_id, "prompt.created")


@pytest.fixture
def open_server(tmp_path):
    """The URL of a server whose webhooks may reach this machine."""
    port = free_port()
    command = [sys.executable, "-m", "trainyard", "server", "--port", str(port), "--webhook-allow-private-ips"]
    yield from serve([*command, "--webhook-allowed-schemes", "https,http"], port, tmp_path)


@pytest.fixture
def receiver():
    """The address of a receiver, and the requests it got: headers and body of each."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            requests.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"heard")

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", requests
    server.shutdown()
    server.server_close()


def python_blocks():
    return re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def test_the_documented_example_is_delivered_and_found_genuine(open_server, receiver, capsys):
    url, requests = receiver
    example, check = python_blocks()
    for documented, real in [("http://127.0.0.1:5000", open_server), ("https://deploy.example.org/hooks/models", url)]:
        assert documented in example
        example = example.replace(documented, real)
    exec(example, {})
    assert capsys.readouterr().out == (
        "<WebhookTestResult: error_message=None, response_body='heard', response_status=200, success=True>\n"
    )
    names = {}
    exec(check, names)
    headers, body = requests[0]
    # Headers travel in any case; Python's own objects for them do not mind.
    headers = {name.title().replace("Mlflow", "MLflow"): value for name, value in headers.items()}
    assert names["is_genuine"]("a long random text", headers, body)
    assert not names["is_genuine"]("another text", headers, body)


def test_addresses_inside_are_refused_by_a_server(our_server):
    with pytest.raises(MlflowException, match="not a public IP address") as refused:
        MlflowClient(our_server).create_webhook("hook", "https://127.0.0.1/", ["prompt.created"])
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_a_secret_is_not_printed():
    webhook = Webhook("id", "hook", "https://h/", [WebhookEvent("prompt", "created")], 1, 1, secret="s3cret")
    assert "s3cret" not in repr(webhook) and webhook.secret == "s3cret"


def test_the_documented_check_takes_genuine_deliveries_only():
    names = {}
    exec(python_blocks()[1], names)
    is_genuine = names["is_genuine"]

    def headers(secret, body, timestamp):
        signed = f"id.{timestamp}.".encode() + body
        signature = base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()
        return {
            "X-MLflow-Delivery-Id": "id",
            "X-MLflow-Timestamp": str(timestamp),
            "X-MLflow-Signature": f"v1,{signature}",
        }

    now = int(time.time())
    assert is_genuine("s", headers("s", b"{}", now), b"{}")
    assert not is_genuine("s", headers("other", b"{}", now), b"{}")
    assert not is_genuine("s", headers("s", b"{}", now), b"{ }")
    assert not is_genuine("s", headers("s", b"{}", now - 3600), b"{}")


def test_the_document_names_every_event():
    from trainyard.entities import webhook

    documented = re.findall(r"^\| `(\w+\.\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert {*documented, "budget_policy.exceeded"} == set(webhook.WebhookEventStr.__args__)
