"""Fetching and reading artifacts by URI or by run."""

import os
import posixpath

from trainyard.exceptions import MlflowException
from trainyard.tracking.client import MlflowClient


def download_artifacts(artifact_uri=None, run_id=None, artifact_path=None, dst_path=None, tracking_uri=None):
    """Fetch a file or folder and return where it lies now.

    Parameters
    ----------
    artifact_uri
        ``runs:/…``, ``models:/…``, or an artifact URI.
    run_id, artifact_path
        A run and a path in its artifacts, in place of a URI.
    dst_path
        Folder to fetch into, made when it is missing; a temporary one when left out.
    tracking_uri
        The tracking store; the one in force by default.
    """
    if (artifact_uri is None) == (run_id is None):
        raise MlflowException.invalid_parameter_value("give either artifact_uri or run_id")
    client = MlflowClient(tracking_uri)
    if dst_path is not None:
        os.makedirs(dst_path, exist_ok=True)
    if run_id is not None:
        return client.download_artifacts(run_id, artifact_path or "", dst_path)
    uri = os.fspath(artifact_uri)
    if uri.startswith("runs:/"):
        run_id, _, path = uri.removeprefix("runs:").strip("/").partition("/")
        found = client.list_artifacts(run_id, posixpath.dirname(path))
        if not path or any(file.path == path for file in found):
            return client.download_artifacts(run_id, path, dst_path)
    if uri.startswith(("runs:/", "models:/")):
        uri = client._connection.resolve_model(uri)["artifact_uri"]
        return client._download(uri, "", dst_path)
    parent, name = posixpath.split(uri.rstrip("/"))
    return client._download(parent, name, dst_path)


def list_artifacts(artifact_uri=None, run_id=None, artifact_path=None, tracking_uri=None):
    """Return the files and folders in one folder of a run's artifacts, or below an artifact URI."""
    if (artifact_uri is None) == (run_id is None):
        raise MlflowException.invalid_parameter_value("give either artifact_uri or run_id")
    client = MlflowClient(tracking_uri)
    if run_id is not None:
        return client.list_artifacts(run_id, artifact_path)
    uri = os.fspath(artifact_uri)
    if uri.startswith("runs:/"):
        run_id, _, path = uri.removeprefix("runs:").strip("/").partition("/")
        return client.list_artifacts(run_id, path)
    if uri.startswith("models:/"):
        uri = client._connection.resolve_model(uri)["artifact_uri"]
    return client._list(uri, "")


def load_text(artifact_uri):
    """Return the text of an artifact."""
    with open(download_artifacts(artifact_uri), encoding="utf-8") as file:
        return file.read()


def load_dict(artifact_uri):
    """Return the content of a JSON artifact."""
    import json

    return json.loads(load_text(artifact_uri))


def load_image(artifact_uri):
    """Return a picture of an artifact as a PIL image."""
    import tempfile

    from trainyard.tracking.multimedia import import_pillow

    pillow = import_pillow("load_image")
    with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
        path = download_artifacts(artifact_uri, dst_path=folder)
        try:
            image = pillow.open(path)
            # Reads the pixels, as the file is about to go.
            image.load()
        except Exception as error:
            raise MlflowException(
                f"Unable to form a PIL Image object from file content: {error}", "BAD_REQUEST"
            ) from error
    return image
