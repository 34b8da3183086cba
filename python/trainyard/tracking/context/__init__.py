"""Tags that say where a run comes from: user, script and git commit."""

import os
import sys

from trainyard import environment
from trainyard.exceptions import MlflowException
from trainyard.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT as DATASET_CONTEXT
from trainyard.utils.mlflow_tags import MLFLOW_GIT_COMMIT as GIT_COMMIT
from trainyard.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID as PARENT_RUN_ID
from trainyard.utils.mlflow_tags import MLFLOW_RUN_NAME as RUN_NAME
from trainyard.utils.mlflow_tags import MLFLOW_RUN_NOTE as RUN_NOTE
from trainyard.utils.mlflow_tags import MLFLOW_SOURCE_NAME as SOURCE_NAME
from trainyard.utils.mlflow_tags import MLFLOW_SOURCE_TYPE as SOURCE_TYPE
from trainyard.utils.mlflow_tags import MLFLOW_USER as USER

__all__ = [
    "DATASET_CONTEXT",
    "GIT_COMMIT",
    "PARENT_RUN_ID",
    "RUN_NAME",
    "RUN_NOTE",
    "SOURCE_NAME",
    "SOURCE_TYPE",
    "USER",
    "git_commit",
    "resolve_tags",
    "source_name",
    "user",
]


def resolve_tags(tags=None):
    """Return the source tags of this process, overlaid with those of ``MLFLOW_RUN_CONTEXT`` and the given ones."""
    script = source_name()
    resolved = {USER: user(), SOURCE_NAME: script, SOURCE_TYPE: "LOCAL"}
    commit = git_commit(script)
    if commit:
        resolved[GIT_COMMIT] = commit
    resolved.update(_tags_of_environment())
    resolved.update(tags or {})
    return resolved


def _tags_of_environment():
    text = environment.get("RUN_CONTEXT")
    if text is None:
        return {}
    import json

    try:
        tags = json.loads(text)
    except ValueError:
        tags = None
    if not isinstance(tags, dict):
        raise MlflowException.invalid_parameter_value(
            f"MLFLOW_RUN_CONTEXT has to be a JSON object of tags, not {text!r}"
        )
    return {str(key): str(value) for key, value in tags.items()}


def user():
    """Return the login name, or ``unknown``."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "unknown"


def source_name():
    """Return the path of the running script, or ``<console>``."""
    return (sys.argv[0] if getattr(sys, "argv", None) else "") or "<console>"


def git_commit(script):
    """Return the commit that is checked out around a script, read from ``.git`` without running git."""
    try:
        folder = os.path.dirname(os.path.abspath(script)) if os.path.exists(script) else os.getcwd()
        git = _find_git(folder)
        if git is None:
            return None
        head = _read(os.path.join(git, "HEAD"))
        if not head.startswith("ref: "):
            return head or None
        return _resolve_reference(git, head[5:])
    except OSError:
        return None


def _find_git(folder):
    while True:
        candidate = os.path.join(folder, ".git")
        if os.path.isdir(candidate):
            return candidate
        if os.path.isfile(candidate):  # a worktree or a submodule: the file says where the folder is
            return os.path.join(folder, _read(candidate).removeprefix("gitdir: "))
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _resolve_reference(git, reference):
    folders = [git]
    if os.path.isfile(os.path.join(git, "commondir")):
        folders.append(os.path.join(git, _read(os.path.join(git, "commondir"))))
    for folder in folders:
        if os.path.isfile(os.path.join(folder, reference)):
            return _read(os.path.join(folder, reference)) or None
        packed = os.path.join(folder, "packed-refs")
        if os.path.isfile(packed):
            for line in _read(packed).splitlines():
                commit, _, name = line.partition(" ")
                if name == reference:
                    return commit
    return None


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()
