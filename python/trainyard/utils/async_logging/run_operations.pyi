# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.tracking.operations import RunOperations as RunOperations

def get_combined_run_operations(run_operations_list: list[RunOperations]) -> RunOperations: ...

__all__ = ["RunOperations", "get_combined_run_operations"]
