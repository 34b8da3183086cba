# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

def doctor(mask_envs: Any = False) -> Any: ...
