"""Finding the files of a model by its URI, and the rules about what may be loaded."""

import os

from trainyard import environment
from trainyard.exceptions import MlflowException
from trainyard.tracking import connection

_ALLOWING = ("ALLOW_MODEL_CODE_EXECUTION", "ALLOW_PICKLE_DESERIALIZATION")


def download_model(model_uri, dst_path=None):
    """Return the local folder of a model; what it says about digests and paths has been checked.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/…``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into; a temporary one when left out.
    """
    if dst_path is not None and not os.path.isdir(dst_path):
        raise MlflowException.invalid_parameter_value(f"dst_path: there is no folder {os.fspath(dst_path)!r}")
    if dst_path is None:
        dst_path = _temporary_folder()
    from trainyard.tracking.client import MlflowClient

    place = MlflowClient()._registered_place(os.fspath(model_uri))
    return connection.connect().download_model(place, os.fspath(dst_path))


def _temporary_folder():
    """Make a folder that goes away with the process; what has been loaded may still read from it until then."""
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="trainyard-model-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def is_safe_only():
    """Tell whether ``TRAINYARD_SAFE_ONLY`` forbids to write or load anything that can run code."""
    return environment.is_true("SAFE_ONLY")


def refuse_code_to_save(what, instead):
    """Raise when a format that can run code when it is loaded must not be written.

    Parameters
    ----------
    what
        What was asked for, as in "a model with code_paths".
    instead
        What can be done without running code, as in "use serialization_format='skops'".
    """
    if is_safe_only():
        raise MlflowException.invalid_parameter_value(
            f"TRAINYARD_SAFE_ONLY is set, and {what} can run code when it is loaded; {instead}"
        )


def may_load_code():
    """Tell whether something that can run code may be loaded."""
    return not is_safe_only() and all(environment.is_true(name, default=True) for name in _ALLOWING)


def refuse_code_to_load(what, instead):
    """Raise when something that can run code must not be loaded; see :func:`refuse_code_to_save`."""
    if is_safe_only():
        raise MlflowException.invalid_parameter_value(
            f"TRAINYARD_SAFE_ONLY is set, and loading {what} can run code; {instead}"
        )
    for name in _ALLOWING:
        if not environment.is_true(name, default=True):
            raise MlflowException.invalid_parameter_value(
                f"MLFLOW_{name} is false, and loading {what} can run code; {instead}"
            )


def download_flavor(model_uri, dst_path, flavor):
    """Return the local folder of a model, whose code can be imported now, and what it says for a flavor's loader."""
    folder = download_model(model_uri, dst_path)
    conf = flavor_of(folder, flavor)
    add_code_to_path(folder, conf)
    return folder, conf


def add_code_to_path(folder, flavor_conf):
    """Make the modules importable that were saved with a model."""
    code = flavor_conf.get("code")
    if not code:
        return
    refuse_code_to_load("a model with code_paths", "log it without, with its code installed as a package")
    import sys

    path = inside(folder, code)
    if path not in sys.path:
        sys.path.insert(0, path)


def inside(folder, path):
    """Return the place of a file of a model directory; a path that leaves the directory is refused."""
    root = os.path.realpath(folder)
    place = os.path.realpath(os.path.join(root, path))
    if os.path.isabs(path) or (place != root and not place.startswith(root + os.sep)):
        raise MlflowException.invalid_parameter_value(f"the model names the file {path!r}, which is outside of it")
    return place


def flavor_of(folder, flavor):
    """Return what the ``MLmodel`` file of a folder says for the loader of a flavor."""
    from trainyard import _core

    flavors = _core.read_model(folder).get("flavors") or {}
    if flavor not in flavors:
        raise MlflowException.invalid_parameter_value(
            f"the model at {folder} has no flavor {flavor!r}; it has {sorted(flavors)}"
        )
    return flavors[flavor]
