# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

DATASET_CONTEXT: str
GIT_COMMIT: str
PARENT_RUN_ID: str
RUN_NAME: str
RUN_NOTE: str
SOURCE_NAME: str
SOURCE_TYPE: str
USER: str

def git_commit(script: Any) -> Any: ...
def resolve_tags(tags: dict[str, Any] | None = None) -> Any: ...
def source_name() -> Any: ...
def user() -> Any: ...

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
