"""Prints as JSON what distributions take with them: all that they need, themselves included, and the bytes of it."""

import json
import os
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def with_dependencies(names):
    """Return distributions and all that they need, by canonical name; what is not installed is left out."""
    found, waiting = {}, list(names)
    while waiting:
        key = canonicalize_name(waiting.pop())
        if key in found:
            continue
        try:
            found[key] = metadata.distribution(key)
        except metadata.PackageNotFoundError:
            print(f"{key} is needed and not installed", file=sys.stderr)
            continue
        for text in found[key].requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def size(distribution):
    """Return the bytes of the files of a distribution, with the bytecode that pip made of them."""
    paths = [distribution.locate_file(file) for file in distribution.files or ()]
    return sum(os.path.getsize(path) for path in paths if os.path.isfile(path))


found = with_dependencies(sys.argv[1:])
print(json.dumps({"names": sorted(found), "bytes": sum(map(size, found.values()))}))
