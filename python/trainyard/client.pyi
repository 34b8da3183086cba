# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.tracking.client import MlflowClient as MlflowClient

__all__ = ["MlflowClient"]
