"""Changing the description of a model that is stored already, in place: its signature and its requirements."""

import contextlib
import hashlib
import os

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.models.environment import CONDA_FILE
from trainyard.models.model import MLMODEL_FILE, Model
from trainyard.models.requirement_lines import name_of, read_requirements
from trainyard.models.signature import ModelSignature

_REQUIREMENTS_FILE = "requirements.txt"


def set_signature(model_uri, signature):
    """Give a saved model another signature, in place.

    Parameters
    ----------
    model_uri
        A local folder, ``models:/<model id>``, ``runs:/<run id>/<name>`` or an artifact URI. Versions in the registry
        do not change: log the model again.
    signature
        The ``ModelSignature``.
    """
    if not isinstance(signature, ModelSignature):
        raise MlflowException.invalid_parameter_value(
            f"The signature argument must be a ModelSignature object, got {type(signature).__name__}"
        )
    with _files(model_uri, "signature", [MLMODEL_FILE]) as folder:
        model = Model.load(folder)
        model.signature = signature
        model.save(os.path.join(folder, MLMODEL_FILE))


def update_model_requirements(model_uri, operation, requirement_list):
    """Add requirements to a saved model, or remove some, in place.

    Parameters
    ----------
    model_uri
        A local folder, ``models:/<model id>``, ``runs:/<run id>/<name>`` or an artifact URI.
    operation
        ``"add"``, which replaces requirements of the same name, or ``"remove"``.
    requirement_list
        Requirements such as ``"numpy==2.0"``; for removing, names.
    """
    if operation not in ("add", "remove"):
        raise MlflowException.invalid_parameter_value(f"operation: expected 'add' or 'remove', got {operation!r}")
    given, _ = read_requirements(requirement_list, "requirement_list")
    names = {name_of(requirement) for requirement in given}
    if None in names:
        wrong = [requirement for requirement in given if name_of(requirement) is None]
        raise MlflowException.invalid_parameter_value(f"Found invalid requirements: {wrong}")

    def changed(lines):
        kept = [line for line in lines if name_of(line) not in names]
        return kept + given if operation == "add" else kept

    with _files(model_uri, "requirements", [MLMODEL_FILE, _REQUIREMENTS_FILE, CONDA_FILE]) as folder:
        path = os.path.join(folder, _REQUIREMENTS_FILE)
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(changed(lines)))
        path = os.path.join(folder, CONDA_FILE)
        with open(path, encoding="utf-8") as file:
            conda = _core.from_yaml(file.read())
        for dependency in conda.get("dependencies") or []:
            if isinstance(dependency, dict) and "pip" in dependency:
                dependency["pip"] = changed(dependency["pip"])
        with open(path, "w", encoding="utf-8") as file:
            file.write(_core.to_yaml(conda))
        _record_digests(folder, [_REQUIREMENTS_FILE, CONDA_FILE])


def _record_digests(folder, names):
    """Write the digests of changed files into the ``MLmodel`` file, where it has digests."""
    model = Model.load(folder)
    digests = (model._other.get("trainyard") or {}).get("sha256")
    if not digests:
        return
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            digests[name] = hashlib.sha256(file.read()).hexdigest()
    model.save(os.path.join(folder, MLMODEL_FILE))


@contextlib.contextmanager
def _files(model_uri, what, names):
    """Give the folder with files of a model, and send them back when they have been changed."""
    import tempfile

    from trainyard.models.uri import parse_model_uri

    uri = os.fspath(model_uri)
    if os.path.isdir(uri):
        yield uri
        return
    if uri.startswith("models:/") and parse_model_uri(uri).model_id is None:
        raise MlflowException.invalid_parameter_value(
            f"Failed to set {what} on {uri!r}. Model URIs with the `models:/<name>/<version>` scheme are not supported."
        )
    from trainyard.tracking.client import MlflowClient

    client = MlflowClient()
    if uri.startswith(("models:/", "runs:/")):
        uri = client._connection.resolve_model(uri)["artifact_uri"]
    with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
        for name in names:
            try:
                client._download(uri, name, folder)
            except Exception as error:
                raise MlflowException(
                    f'Failed to download "{name}" of the model "{model_uri}": {error}', "RESOURCE_DOES_NOT_EXIST"
                ) from error
        yield folder
        for name in names:
            client._upload(uri, os.path.join(folder, name), "")
