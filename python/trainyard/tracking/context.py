"""Tags that say where a run comes from: user, script and git commit."""

import os
import sys

USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
RUN_NAME = "mlflow.runName"
RUN_NOTE = "mlflow.note.content"
PARENT_RUN_ID = "mlflow.parentRunId"
DATASET_CONTEXT = "mlflow.data.context"


def resolve_tags(tags=None):
    """Return the source tags of this process, overlaid with the given ones."""
    script = source_name()
    resolved = {USER: user(), SOURCE_NAME: script, SOURCE_TYPE: "LOCAL"}
    commit = git_commit(script)
    if commit:
        resolved[GIT_COMMIT] = commit
    resolved.update(tags or {})
    return resolved


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
