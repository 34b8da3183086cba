# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.types.schema import Schema

def enforce_schema(data: Any, schema: Any) -> Any: ...
def validate_schema(data: Any, expected_schema: Schema) -> None: ...
