"""Registry webhooks: made and tested through the client, heard of by a receiver on this machine."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import threading
import time

import pytest

pytest.importorskip("mlflow.entities.webhook", reason="webhooks came with MLflow 3.3")

from mlflow.entities.webhook import WebhookAction, WebhookEntity, WebhookEvent, WebhookStatus

from target_server import TargetServer

PATIENCE_SECONDS = 60
MODEL_EVENTS = [
    "registered_model.created",
    "model_version.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version_alias.created",
    "model_version_alias.deleted",
]
PROMPT_EVENTS = [
    "prompt.created",
    "prompt_version.created",
    "prompt_tag.set",
    "prompt_tag.deleted",
    "prompt_version_tag.set",
    "prompt_version_tag.deleted",
    "prompt_alias.created",
    "prompt_alias.deleted",
]

# Receivers are on this machine, and are to hear of a change at once and not for long.
SETTINGS = {
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    "MLFLOW_WEBHOOK_CACHE_TTL": "0",
    "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES": "1",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of this file's own: the one of the other tests calls nobody on this machine."""
    if os.environ.get("TRAINYARD_CONFORMANCE_URL"):
        pytest.skip("a server that runs already may not reach the receivers of these tests")
    running = TargetServer(tmp_path_factory.mktemp("webhooks"), SETTINGS)
    yield running
    running.stop()


class Receiver:
    """Keeps what is posted to it and answers with the status in the path; `/flaky` fails once for each delivery."""

    def __init__(self):
        self.requests = queue.Queue()
        seen = set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                self.requests.put((dict(handler.headers), body))
                status = handler.path.strip("/")
                if status == "flaky":
                    delivery = handler.headers["X-MLflow-Delivery-Id"]
                    status = "200" if delivery in seen else "503"
                    seen.add(delivery)
                handler.send_response(int(status))
                handler.end_headers()
                handler.wfile.write(b"heard")

            def log_message(handler, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        headers, body = self.requests.get(timeout=PATIENCE_SECONDS)
        return {name.lower(): value for name, value in headers.items()}, body

    def events(self, count):
        """The next requests as pairs of event and data; they may come in any order."""
        bodies = [json.loads(self.next()[1]) for _ in range(count)]
        return sorted(((f"{body['entity']}.{body['action']}", body["data"]) for body in bodies), key=repr)


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def hook(client, receiver):
    """Makes webhooks that are gone after the test, so that tests do not hear of each other's changes."""
    made = []

    def make(events, path="/200", **fields):
        webhook = client.create_webhook("hook", receiver.url + path, events, **fields)
        made.append(webhook.webhook_id)
        return webhook

    yield make
    for webhook_id in made:
        client.delete_webhook(webhook_id)


def test_the_life_of_a_webhook(client, hook, receiver):
    made = hook(["prompt_tag.set", "model_version.created"], description="d", secret="s")
    assert (made.name, made.url, made.description) == ("hook", f"{receiver.url}/200", "d")
    assert made.status == WebhookStatus.ACTIVE and made.secret is None
    assert [str(event) for event in made.events] == ["model_version.created", "prompt_tag.set"]
    assert 0 < made.creation_timestamp == made.last_updated_timestamp
    assert repr(client.get_webhook(made.webhook_id)) == repr(made)
    changed = client.update_webhook(
        made.webhook_id, name="other", description="", url=f"{receiver.url}/404", status="DISABLED", events=MODEL_EVENTS
    )
    assert (changed.name, changed.description, changed.url) == ("other", None, f"{receiver.url}/404")
    assert changed.status == WebhookStatus.DISABLED and {str(event) for event in changed.events} == set(MODEL_EVENTS)
    assert changed.creation_timestamp == made.creation_timestamp


def test_an_empty_update_changes_nothing(client, hook):
    made = hook(["model_version.created"], description="d")
    same = client.update_webhook(made.webhook_id)
    assert (same.name, same.url, same.description, same.events) == (made.name, made.url, "d", made.events)


def test_webhooks_are_listed_newest_first(client, hook):
    ids = []
    for _ in range(3):
        ids.append(hook(["prompt.created"]).webhook_id)
        time.sleep(0.002)
    page = client.list_webhooks(max_results=2)
    rest = client.list_webhooks(max_results=1000, page_token=page.token)
    assert [webhook.webhook_id for webhook in [*page, *rest]][:3] == ids[::-1]
    assert not rest.token


@pytest.mark.parametrize("max_results", [-1, 1001])
def test_a_bad_page_size_is_refused(client, refused, max_results):
    with refused("INVALID_PARAMETER_VALUE", "max_results must be between 1 and 1000"):
        client.list_webhooks(max_results=max_results)


def test_a_broken_page_token_is_refused(client, refused):
    with refused("INVALID_PARAMETER_VALUE", "Invalid page token"):
        client.list_webhooks(page_token="xyz")


def test_a_deleted_webhook_is_not_found(client, receiver, refused):
    made = client.create_webhook("hook", f"{receiver.url}/200", ["prompt.created"])
    client.delete_webhook(made.webhook_id)
    for call in (client.get_webhook, client.update_webhook, client.delete_webhook, client.test_webhook):
        with refused("RESOURCE_DOES_NOT_EXIST", f"Webhook with ID {made.webhook_id} not found."):
            call(made.webhook_id)


@pytest.mark.parametrize("name", ["-a", "a-", "a b", "a/b", "ä", "n" * 64])
def test_a_bad_name_is_refused(client, receiver, refused, name):
    with refused("INVALID_PARAMETER_VALUE", "is invalid"):
        client.create_webhook(name, f"{receiver.url}/200", ["prompt.created"])


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "nowhere", "http://", "http:///x"])
def test_a_bad_address_is_refused(client, refused, url):
    with refused("INVALID_PARAMETER_VALUE"):
        client.create_webhook("hook", url, ["prompt.created"])


@pytest.mark.parametrize("field", ["name", "url", "events"])
def test_a_missing_field_is_named(wire, receiver, field):
    request = {"name": "hook", "url": f"{receiver.url}/200", "events": [{"entity": "PROMPT", "action": "CREATED"}]}
    del request[field]
    answer = wire.post("webhooks", request)
    assert answer.status == 400
    assert answer.json["error_code"] == "INVALID_PARAMETER_VALUE"
    assert f"Missing value for required parameter '{field}'" in answer.json["message"]


def test_an_impossible_event_is_refused(wire, receiver):
    event = {"entity": "REGISTERED_MODEL", "action": "DELETED"}
    answer = wire.post("webhooks", {"name": "hook", "url": f"{receiver.url}/200", "events": [event]})
    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    message = "Invalid action 'deleted' for entity 'registered_model'. Valid actions are: ['created']"
    assert message in answer.json["message"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"entity": "NOPE", "action": "CREATED"}, id="unknown-word"),
        pytest.param({"entity": "PROMPT"}, id="no-action"),
    ],
)
def test_an_unknown_event_is_refused(wire, receiver, event):
    answer = wire.post("webhooks", {"name": "hook", "url": f"{receiver.url}/200", "events": [event]})
    assert (answer.status, answer.json["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(("path", "success", "status"), [("/200", True, 200), ("/404", False, 404)])
def test_a_test_answers_what_came_back(client, hook, receiver, path, success, status):
    made = hook(["model_version.created", "prompt.created"], path, status="DISABLED")
    result = client.test_webhook(made.webhook_id)
    assert (result.success, result.response_status, result.response_body) == (success, status, "heard")
    assert result.error_message is None
    event, data = receiver.events(1)[0]
    assert event == "model_version.created"
    assert data == {
        "name": "example_model",
        "version": "1",
        "source": "models:/123",
        "run_id": "abcd1234abcd5678",
        "tags": {"example_key": "example_value"},
        "description": "An example model version",
    }


def test_examples_of_every_event(client, hook, receiver):
    made = hook(["prompt.created"])
    examples = {}
    for event in [*MODEL_EVENTS, *PROMPT_EVENTS, "budget_policy.exceeded"]:
        entity, action = event.split(".")
        client.test_webhook(made.webhook_id, WebhookEvent(WebhookEntity(entity), WebhookAction(action)))
        examples[event] = receiver.events(1)[0]
    assert {event: example[0] for event, example in examples.items()} == {event: event for event in examples}
    assert examples["prompt_version.created"][1]["template"] == "Hello {{name}}!"
    assert set(examples["budget_policy.exceeded"][1]) > {"budget_policy_id", "current_spend", "window_start"}


def test_a_receiver_that_is_not_there(client, hook, receiver):
    made = hook(["prompt.created"])
    receiver.server.server_close()
    result = client.test_webhook(made.webhook_id)
    assert not result.success and result.response_status is None
    assert result.error_message.startswith("Failed to test webhook: ")


def test_deliveries_are_signed(client, hook, receiver, unique):
    hook(["registered_model.created"], secret="s3cret")
    client.create_registered_model(unique)
    headers, body = receiver.next()
    assert headers["content-type"] == "application/json"
    delivery, timestamp = headers["x-mlflow-delivery-id"], headers["x-mlflow-timestamp"]
    assert abs(time.time() - int(timestamp)) < 3600
    signed = f"{delivery}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(b"s3cret", signed, hashlib.sha256)).decode()
    assert headers["x-mlflow-signature"] == f"v1,{signature}"


def test_deliveries_without_a_secret_are_not_signed(client, hook, receiver, unique):
    hook(["registered_model.created"])
    client.create_registered_model(unique)
    headers, body = receiver.next()
    assert "x-mlflow-signature" not in headers
    assert set(json.loads(body)) == {"entity", "action", "timestamp", "data"}


def test_a_failed_delivery_comes_again_under_its_id(client, hook, receiver, unique):
    hook(["registered_model.created"], "/flaky")
    client.create_registered_model(unique)
    (first, first_body), (second, second_body) = receiver.next(), receiver.next()
    assert first["x-mlflow-delivery-id"] == second["x-mlflow-delivery-id"]
    assert first_body == second_body


def test_changes_of_a_model_are_told(client, hook, receiver, unique):
    hook(MODEL_EVENTS + PROMPT_EVENTS)
    client.create_registered_model(unique, tags={"a": "1"})
    client.set_registered_model_tag(unique, "told", "to nobody")
    client.create_model_version(unique, "s3://bucket/path", tags={"t": "v"}, description="d")
    client.create_model_version(unique, "s3://bucket/path")
    client.set_model_version_tag(unique, "1", "k", "v")
    client.delete_model_version_tag(unique, "1", "absent")
    client.set_registered_model_alias(unique, "champ", "1")
    client.set_registered_model_alias(unique, "champ", "2")
    client.delete_registered_model_alias(unique, "champ")
    version = {"name": unique, "source": "s3://bucket/path", "run_id": None}
    expected = [
        ("registered_model.created", {"name": unique, "tags": {"a": "1"}, "description": ""}),
        ("model_version.created", {**version, "version": "1", "tags": {"t": "v"}, "description": "d"}),
        ("model_version.created", {**version, "version": "2", "tags": {}, "description": None}),
        ("model_version_tag.set", {"name": unique, "version": "1", "key": "k", "value": "v"}),
        ("model_version_tag.deleted", {"name": unique, "version": "1", "key": "absent"}),
        ("model_version_alias.created", {"name": unique, "alias": "champ", "version": "1"}),
        ("model_version_alias.created", {"name": unique, "alias": "champ", "version": "2"}),
        ("model_version_alias.deleted", {"name": unique, "alias": "champ"}),
    ]
    assert by_content(receiver.events(len(expected))) == by_content(expected)


def test_changes_of_a_prompt_are_told(client, hook, receiver, unique):
    hook(MODEL_EVENTS + PROMPT_EVENTS)
    client.register_prompt(unique, "Hi {{name}}", commit_message="first", tags={"z": "1"})
    client.set_prompt_version_tag(unique, "1", "k", "v")
    client.delete_prompt_version_tag(unique, "1", "k")
    client.set_prompt_alias(unique, "champ", 1)
    client.delete_prompt_alias(unique, "champ")
    client.set_prompt_tag(unique, "x", "y")
    client.delete_prompt_tag(unique, "x")
    heard = []
    while len({event for event, _ in heard}) < len(PROMPT_EVENTS):
        heard += receiver.events(1)
    assert {event for event, _ in heard} == set(PROMPT_EVENTS)
    data = dict(heard)
    assert data["prompt.created"]["name"] == unique
    assert data["prompt_version.created"] == {
        "name": unique,
        "version": "1",
        "template": "Hi {{name}}",
        "tags": {"z": "1"},
        "description": "first",
    }
    assert data["prompt_alias.created"] == {"name": unique, "alias": "champ", "version": "1"}


def test_a_disabled_webhook_hears_nothing(client, hook, receiver, unique):
    hook(["registered_model.created"], status="DISABLED")
    hook(["model_version.created"])
    client.create_registered_model(unique)
    client.create_model_version(unique, "s3://bucket/path")
    assert receiver.events(1)[0][0] == "model_version.created"
    assert receiver.requests.empty()


def by_content(events):
    return sorted(events, key=lambda event: json.dumps(event, sort_keys=True))
