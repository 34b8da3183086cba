"""The handle that logging calls with ``synchronous=False`` return."""

from trainyard import environment

# Whether calls without an argument `synchronous` return a handle too: `config.enable_async_logging`.
returns_handles = environment.is_true("ENABLE_ASYNC_LOGGING")


class RunOperations:
    """A logging call under way; here the call has been acknowledged when it returns."""

    def wait(self):
        """Wait for the acknowledgement."""


def handle(synchronous):
    """Return what a logging call returns for its ``synchronous`` argument."""
    return RunOperations() if is_asynchronous(synchronous) else None


def is_asynchronous(synchronous):
    """Tell whether a logging call returns a handle, for its ``synchronous`` argument."""
    return returns_handles if synchronous is None else not synchronous
