"""A bare HTTP client for what the stock client never sends: broken bodies, encoded paths, wrong types."""

import contextlib
import http.client
import json
import urllib.parse


class Answer:
    """Status, headers and body of one response."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error_code(self) -> str:
        return self.json["error_code"]

    @property
    def message(self) -> str:
        return self.json["message"]


class Wire:
    """Sends requests whose path and body are taken exactly as given."""

    def __init__(self, url: str):
        self.address = urllib.parse.urlsplit(url).netloc

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            # A server may answer and hang up before it has read a body that is too large.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, route: str, **fields) -> Answer:
        query = urllib.parse.urlencode(fields, doseq=True)
        return self.send("GET", f"/api/2.0/mlflow/{route}?{query}")

    def post(self, route: str, message) -> Answer:
        """`message` is sent as JSON; bytes are sent as they are."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.send("POST", f"/api/2.0/mlflow/{route}", body, {"Content-Type": "application/json"})

    def artifact(self, method: str, path: str, body: bytes | None = None, **headers) -> Answer:
        return self.send(method, f"/api/2.0/mlflow-artifacts/artifacts/{path}", body, headers)
