"""The files that a Python model was given as ``artifacts``, copied into its directory."""

import os

from trainyard.exceptions import MlflowException

ARTIFACTS_FOLDER = "artifacts"
_HUGGING_FACE = "hf:/"


def check_artifacts(artifacts):
    """Refuse artifacts that cannot be before anything is written.

    Parameters
    ----------
    artifacts
        Local paths and URIs by name, or ``None``.
    """
    if artifacts is None:
        return
    if not isinstance(artifacts, dict):
        raise MlflowException.invalid_parameter_value(
            f"artifacts: expected a dict of paths and URIs by name, got {type(artifacts).__name__}"
        )
    for name, uri in artifacts.items():
        if not isinstance(name, str) or not isinstance(uri, (str, os.PathLike)):
            raise MlflowException.invalid_parameter_value(
                f"artifacts: expected a dict of paths and URIs by name, got {name!r}: {uri!r}"
            )
        if not _is_remote(os.fspath(uri)) and not os.path.exists(_local_path(os.fspath(uri))):
            raise MlflowException.invalid_parameter_value(
                f"artifacts: there is no file or folder {os.fspath(uri)!r}, which {name!r} is to be"
            )


def copy_artifacts(artifacts, folder):
    """Copy artifacts into a model directory; return what its ``MLmodel`` file says about each.

    Parameters
    ----------
    artifacts
        Local paths and URIs by name.
    folder
        The model directory.
    """
    entries, places, taken = {}, {}, set()
    for name, uri in artifacts.items():
        uri = os.fspath(uri)
        if uri not in places:
            places[uri] = _copy(name, uri, folder, taken)
        entries[name] = {"path": places[uri], "uri": uri}
    return entries


def _copy(name, uri, folder, taken):
    """Copy one artifact and return its place in the model directory."""
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(prefix="trainyard-") as download:
        source = _fetch(name, uri, download) if _is_remote(uri) else os.path.abspath(_local_path(uri))
        base = os.path.basename(os.path.normpath(source))
        place, number = f"{ARTIFACTS_FOLDER}/{base}", 0
        # Names that differ in their case only are one file on some systems.
        while place.casefold() in taken:
            place, number = f"{ARTIFACTS_FOLDER}/{number}/{base}", number + 1
        taken.add(place.casefold())
        target = os.path.join(folder, place)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    return place


def _fetch(name, uri, folder):
    if uri.startswith(_HUGGING_FACE):
        try:
            from huggingface_hub import snapshot_download
        except ImportError as error:
            raise MlflowException.invalid_parameter_value(
                f"artifacts: {name!r} is {uri!r}, and to fetch it huggingface_hub has to be installed: {error}"
            ) from None
        return snapshot_download(repo_id=uri.removeprefix(_HUGGING_FACE), local_dir=os.path.join(folder, name))
    from trainyard.artifacts import download_artifacts

    return download_artifacts(artifact_uri=uri, dst_path=folder)


def _is_remote(uri):
    return not os.path.exists(uri) and ":/" in uri and not uri.startswith("file:/")


def _local_path(uri):
    if not uri.startswith("file:/"):
        return uri
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    return url2pathname(urlparse(uri).path)
