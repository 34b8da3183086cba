# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.tracking.context import resolve_tags as resolve_tags

__all__ = ["resolve_tags"]
