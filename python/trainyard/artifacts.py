"""Fetching and reading artifacts by URI or by run."""

import json
import os
import posixpath
import tempfile

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.tracking.client import MlflowClient


def download_artifacts(
    artifact_uri=None, run_id=None, artifact_path=None, dst_path=None, tracking_uri=None, registry_uri=None
):
    """Fetch a file or folder and return where it lies now.

    Parameters
    ----------
    artifact_uri
        ``runs:/…``, ``models:/…``, or an artifact URI.
    run_id, artifact_path
        A run and a path in its artifacts, in place of a URI. The path can lead into a model that the run logged.
    dst_path
        Folder to fetch into, made when it is missing; a temporary one when left out.
    tracking_uri
        The tracking store; the one in force by default.
    registry_uri
        The registry that ``models:/name/…`` is looked up in; the one in force by default.

    Returns
    -------
    str
        Path of the file or folder.
    """
    if (artifact_uri is None) == (run_id is None):
        raise MlflowException.invalid_parameter_value("give either artifact_uri or run_id")
    client = MlflowClient(tracking_uri, registry_uri)
    if dst_path is not None:
        os.makedirs(dst_path, exist_ok=True)
    if run_id is not None:
        return client.download_artifacts(run_id, artifact_path or "", dst_path)
    uri = os.fspath(artifact_uri)
    if uri.startswith("runs:/"):
        return client.download_artifacts(*_run_and_path(uri), dst_path)
    root, path = _root_and_path(client, uri)
    if root == uri:
        # A place of its own can be a file as well as a folder; its parent knows.
        root, path = posixpath.split(root.rstrip("/"))
    return client._download(root, path, dst_path)


def list_artifacts(artifact_uri=None, run_id=None, artifact_path=None, tracking_uri=None):
    """Return what is in one folder of a run's artifacts, or below an artifact URI.

    Parameters
    ----------
    artifact_uri
        ``runs:/…``, ``models:/…``, or an artifact URI.
    run_id, artifact_path
        A run and a path in its artifacts, in place of a URI.
    tracking_uri
        The tracking store; the one in force by default.

    Returns
    -------
    list of FileInfo
    """
    if (artifact_uri is None) == (run_id is None):
        raise MlflowException.invalid_parameter_value("give either artifact_uri or run_id")
    client = MlflowClient(tracking_uri)
    if run_id is not None:
        return client.list_artifacts(run_id, artifact_path)
    uri = os.fspath(artifact_uri)
    if uri.startswith("runs:/"):
        return client.list_artifacts(*_run_and_path(uri))
    return client._list(*_root_and_path(client, uri))


def load_text(artifact_uri):
    """Return the text of an artifact.

    Parameters
    ----------
    artifact_uri
        URI of a file in UTF-8.
    """
    return _read_text(artifact_uri)[1]


def load_dict(artifact_uri):
    """Return the content of a JSON or YAML artifact, as :func:`log_dict` writes them.

    Parameters
    ----------
    artifact_uri
        URI of a file; one that ends in ``.yml`` or ``.yaml`` is YAML, any other JSON.
    """
    path, text = _read_text(artifact_uri)
    try:
        if path.endswith((".yml", ".yaml")):
            return _core.from_yaml(text)
        return json.loads(text)
    except (ValueError, MlflowException) as error:
        kind = "YAML" if path.endswith((".yml", ".yaml")) else "JSON"
        raise MlflowException(
            f"Unable to form a {kind} object from file content: {artifact_uri}: {error}", "BAD_REQUEST"
        ) from error


def _read_text(artifact_uri):
    with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
        path = download_artifacts(artifact_uri, dst_path=folder)
        try:
            with open(path, encoding="utf-8") as file:
                return path, file.read()
        except UnicodeDecodeError as error:
            raise MlflowException(f"{artifact_uri} is no text in UTF-8: {error}", "BAD_REQUEST") from error


def load_image(artifact_uri):
    """Return a picture of an artifact as a ``PIL.Image.Image``, which needs the package pillow.

    Parameters
    ----------
    artifact_uri
        URI of an image file.
    """
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


def _run_and_path(uri):
    """Take ``runs:/…`` apart: the run, and the path in its artifacts."""
    run_id, _, path = uri.removeprefix("runs:").strip("/").partition("/")
    return run_id, path


def _root_and_path(client, uri):
    """Return the artifact root that a URI leads into, and the path below it."""
    if uri.startswith("models:/"):
        model, path = _model_and_path(uri)
        return client._connection.resolve_model(client._registered_place(model))["artifact_uri"], path
    return uri, ""


def _model_and_path(uri):
    """Take ``models:/m-1/a/b``, ``models:/name/1/a/b`` and ``models:/name@alias/a/b`` apart."""
    first, *rest = uri.removeprefix("models:").strip("/").split("/")
    if first.startswith("m-") or "@" in first:
        return f"models:/{first}", "/".join(rest)
    return "/".join(["models:", first, *rest[:1]]), "/".join(rest[1:])
