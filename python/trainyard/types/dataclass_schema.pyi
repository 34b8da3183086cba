# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

def convert_dataclass_to_schema(dataclass: Any) -> Any: ...
