"""Requirements as texts: lists and files of them, and what a line is about."""

import os
import re

from trainyard.exceptions import MlflowException


def read_requirements(given, argument):
    """Read requirements, given as a list, or as the path of a requirements file.

    Comments are dropped, continued lines joined, and ``-r`` and ``-c`` followed, relative to the file they stand in.

    Parameters
    ----------
    given
        What the caller passed.
    argument
        Its name, for errors.

    Returns
    -------
    tuple
        Requirements, and constraints (from ``-c``).
    """
    requirements, constraints = [], []
    if isinstance(given, (str, os.PathLike)):
        _read_file(os.fspath(given), argument, False, requirements, constraints, ())
        return requirements, constraints
    try:
        lines = list(given)
    except TypeError:
        lines = [given]
    for line in lines:
        if not isinstance(line, str):
            raise MlflowException.invalid_parameter_value(
                f"{argument}: expected texts such as 'numpy==2.0', got {line!r}"
            )
    _read_lines(lines, os.getcwd(), argument, False, requirements, constraints, ())
    return requirements, constraints


def name_of(requirement):
    """Return the normalised name of the distribution that a requirement is about, or ``None`` for an option."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return normal(match[0].rstrip(".-_")) if match else None


def normal(name):
    """Return the normalised name of a distribution."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read_file(path, argument, is_constraint, requirements, constraints, open_files):
    path = os.path.abspath(path)
    if path in open_files:
        raise MlflowException.invalid_parameter_value(f"{argument}: {path} includes itself")
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MlflowException.invalid_parameter_value(
            f"{argument}: a text is the path of a requirements file: {error}"
        ) from None
    folder = os.path.dirname(path)
    _read_lines(lines, folder, argument, is_constraint, requirements, constraints, (*open_files, path))


def _read_lines(lines, folder, argument, is_constraint, requirements, constraints, open_files):
    for line in _joined(lines):
        option = re.match(r"(-r|--requirement|-c|--constraint)[\s=]+(\S.*)", line)
        if option:
            other = os.path.join(folder, option[2])
            is_other_constraint = option[1] in ("-c", "--constraint")
            _read_file(other, argument, is_other_constraint, requirements, constraints, open_files)
        else:
            (constraints if is_constraint else requirements).append(line)


def _joined(lines):
    """Yield lines without comments, each with the ones it is continued on."""
    whole = ""
    for line in lines:
        # As pip does: a comment begins at a "#" that stands first or behind a blank.
        whole += re.sub(r"(^|\s+)#.*$", "", line.strip())
        if whole.endswith("\\"):
            whole = whole[:-1]
            continue
        if whole.strip():
            yield whole.strip()
        whole = ""
    if whole.strip():
        yield whole.strip()
