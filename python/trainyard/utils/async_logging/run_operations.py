"""Handles of logging calls, under the module name that MLflow has for them."""

from trainyard.exceptions import MlflowException
from trainyard.tracking.operations import RunOperations


class _Together(RunOperations):
    """Several handles that are waited on as one."""

    def __init__(self, parts):
        self._parts = parts

    def wait(self):
        """Wait for all of them, then raise what went wrong with any."""
        errors = []
        for part in self._parts:
            try:
                part.wait()
            except Exception as error:
                errors.append(error)
        if errors:
            raise MlflowException(f"{len(errors)} of {len(self._parts)} logging calls failed: {errors}")


def get_combined_run_operations(run_operations_list):
    """Return one handle for several; ``None`` for none.

    Parameters
    ----------
    run_operations_list
        Handles that logging calls returned; ``None`` among them is passed over.

    Returns
    -------
    RunOperations or None
    """
    parts = [part for part in run_operations_list if part is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    return _Together(parts)


__all__ = ["RunOperations", "get_combined_run_operations"]
