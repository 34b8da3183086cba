"""The handle that logging calls with ``synchronous=False`` return."""

from trainyard import environment
from trainyard.tracking import run_logs

# Whether calls without an argument `synchronous` return a handle too: `config.enable_async_logging`.
returns_handles = environment.is_true("ENABLE_ASYNC_LOGGING")


class RunOperations:
    """A logging call under way.

    Parameters
    ----------
    log
        The log of the run that was logged to; ``None`` when nothing was.
    """

    def __init__(self, log=None):
        self._log = log

    def wait(self):
        """Wait until everything logged to the run until now is acknowledged; what was refused is raised."""
        if self._log is not None:
            run_logs.acknowledged(self._log)


def finish(log, synchronous):
    """Wait for the acknowledgement, or return a handle to wait on, as the argument ``synchronous`` of a call asks for.

    Left out it asks for neither: what was logged is safe, and will be delivered.
    """
    if synchronous:
        run_logs.acknowledged(log)
    return RunOperations(log) if is_asynchronous(synchronous) else None


def is_asynchronous(synchronous):
    """Tell whether a logging call returns a handle, for its ``synchronous`` argument."""
    return returns_handles if synchronous is None else not synchronous
