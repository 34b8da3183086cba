"""Artifacts in a bucket behind the proxy: large files that the stock client sends and fetches past the server."""

import json
import os
import pathlib

import mlflow
import pytest

from bucket import Bucket
from target_server import TARGET, TargetServer

if TARGET == "stock":
    pytest.skip("stock needs the vendor's library for a bucket", allow_module_level=True)

pytestmark = pytest.mark.models3
CHUNK = 1024 * 1024
SIZES = {
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(2 * CHUNK),
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * CHUNK),
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": str(2 * CHUNK),
    "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": str(3 * CHUNK),
}
OPT_IN = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true"}
PART = {"part_number": 1, "etag": "e", "url": "u"}


@pytest.fixture(scope="module")
def bucket():
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, bucket):
    """A server of this file's own, whose proxy keeps files in the bucket."""
    if os.environ.get("TRAINYARD_CONFORMANCE_URL"):
        pytest.skip("a server that runs already keeps its files elsewhere")
    folder = tmp_path_factory.mktemp("bucket")
    running = TargetServer(folder, bucket.settings | OPT_IN, artifacts="s3://yard/files")
    yield running
    running.stop()


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A file of three parts, the last of them short; the client is told to send such in parts."""
    for name, value in SIZES.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "large file.bin"
    path.write_bytes(os.urandom(12 * CHUNK + 7))
    return path


def test_the_server_says_that_its_bucket_takes_parts(wire):
    told = wire.send("GET", "/api/3.0/mlflow/server-info").json
    assert told["multipart_uploads_enabled"] and told["multipart_downloads_enabled"]


def test_the_client_sends_a_large_file_in_parts_and_fetches_it_in_ranges(bucket, large, experiment_id, tmp_path):
    bucket.requests.clear()
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(large), "deep/er")
    sent = bucket.asked("PUT", "partNumber", "uploadId", "X-Amz-Signature")
    assert sorted(query["partNumber"] for query in sent) == ["1", "2", "3"]
    key = f"files/{experiment_id}/{run.info.run_id}/artifacts/deep/er/large file.bin"
    assert bucket.files[key] == large.read_bytes()
    assert bucket.uploads == {}

    bucket.requests.clear()
    fetched = mlflow.artifacts.download_artifacts(
        run_id=run.info.run_id, artifact_path="deep/er/large file.bin", dst_path=str(tmp_path / "fetched")
    )
    assert pathlib.Path(fetched).read_bytes() == large.read_bytes()
    assert len(bucket.asked("GET", "X-Amz-Signature")) >= 4


def test_small_files_pass_through_the_server(bucket, tmp_path, experiment_id):
    bucket.requests.clear()
    with mlflow.start_run() as run:
        mlflow.log_text("hello", "notes.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes.txt") == "hello"
    assert bucket.asked("PUT", "partNumber") == []


def test_a_part_that_cannot_be_sent_leaves_nothing(bucket, large, experiment_id, monkeypatch):
    def broken(**_):
        raise OSError("the wire is cut")

    repository = "mlflow.store.artifact.http_artifact_repo.HttpArtifactRepository._upload_part"
    monkeypatch.setattr(repository, staticmethod(broken))
    with mlflow.start_run() as run, pytest.raises(Exception, match="part"):
        mlflow.log_artifact(str(large))
    assert bucket.uploads == {}
    assert not [key for key in bucket.files if run.info.run_id in key]


@pytest.fixture
def post(wire):
    """Sends a request about an upload of a file in `0/folder`."""

    def send(route: str, message: dict):
        body, headers = json.dumps(message).encode(), {"Content-Type": "application/json"}
        return wire.send("POST", f"/api/2.0/mlflow-artifacts/mpu/{route}/0/folder", body, headers)

    return send


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ("create", {"num_parts": 1}),
        ("create", {"path": "..", "num_parts": 1}),
        ("create", {"path": "a"}),
        ("create", {"path": "a", "num_parts": 10_001}),
        ("complete", {"path": "a", "upload_id": "u"}),
        ("complete", {"path": "a", "parts": [PART]}),
        ("complete", {"path": "a", "upload_id": "u", "parts": [PART | {"part_number": 2}]}),
        ("abort", {"path": "a"}),
    ],
    ids=["no-name", "no-file", "no-number", "too-many", "no-parts", "no-upload", "a-gap", "abort-no-upload"],
)
def test_a_request_that_makes_no_upload_is_refused(post, route, message):
    answer = post(route, message)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE"), answer.body


def test_an_upload_that_is_not_there_cannot_be_completed(post):
    answer = post("complete", {"path": "a", "upload_id": "none", "parts": [PART]})
    assert (answer.status, answer.error_code) == (404, "RESOURCE_DOES_NOT_EXIST"), answer.body


@pytest.mark.parametrize("path", ["/home/ada/model.bin", r"C:\models\model.bin", "model.bin"])
def test_the_folders_of_a_clients_own_machine_are_no_part_of_a_name(post, bucket, path):
    upload = post("create", {"path": path, "num_parts": 1}).json
    assert "/yard/files/0/folder/model.bin?" in upload["credentials"][0]["url"]
    aborted = post("abort", {"path": path, "upload_id": upload["upload_id"]})
    assert (aborted.status, aborted.body) == (200, b"{}")
    assert bucket.uploads == {}
