# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

from trainyard.entities.experiment import FileInfo

def download_artifacts(
    artifact_uri: str | PathLike[str] | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | PathLike[str] | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str: ...
def list_artifacts(
    artifact_uri: str | PathLike[str] | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]: ...
def load_dict(artifact_uri: str | PathLike[str]) -> dict[str, Any]: ...
def load_image(artifact_uri: str | PathLike[str]) -> Any: ...
def load_text(artifact_uri: str | PathLike[str]) -> str: ...
