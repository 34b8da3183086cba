# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any, Literal

from trainyard.models.signature import ModelSignature

def set_signature(model_uri: str | PathLike[str], signature: ModelSignature) -> Any: ...
def update_model_requirements(
    model_uri: str | PathLike[str], operation: Literal["add", "remove"], requirement_list: list[str]
) -> None: ...
