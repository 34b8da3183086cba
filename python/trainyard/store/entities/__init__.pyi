# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.entities.base import PagedList as PagedList

__all__ = ["PagedList"]
