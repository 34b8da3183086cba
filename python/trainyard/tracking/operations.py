"""The handle that logging calls with ``synchronous=False`` return."""


class RunOperations:
    """A logging call under way; here the call has been acknowledged when it returns."""

    def wait(self):
        """Wait for the acknowledgement."""


def handle(synchronous):
    """Return what a logging call returns for its ``synchronous`` argument."""
    return RunOperations() if synchronous is False else None
