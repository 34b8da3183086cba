"""What a ``.keras`` file says about itself, read without Keras."""

import json
import zipfile


def modules(path):
    """Return the top-level modules of the layers, optimizers and functions in a ``.keras`` file."""
    found = set()
    for entry in _objects(_config(path)):
        module = entry.get("module")
        if isinstance(module, str) and module:
            found.add(module.partition(".")[0])
    return found


def registered_names(path):
    """Return the names under which the file looks for classes of the user's."""
    return {entry["registered_name"] for entry in _objects(_config(path)) if entry.get("registered_name")}


def _config(path):
    if not zipfile.is_zipfile(path):  # the older HDF5 file
        return {}
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def _objects(value):
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
