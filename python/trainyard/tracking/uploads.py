"""Artifacts that are uploaded in the background, by one thread of the process and in order.

They are few and large next to metrics, so they are kept in memory and not in a journal, ``_MOST_WAITING``
of them at most. While the server is away they wait for it; who waits for them does so for ``PATIENCE_SECONDS`` at most.
"""

import atexit
import os
import threading
import time
import warnings

_MOST_WAITING = 32
PATIENCE_SECONDS = 30
PAUSE_SECONDS = 1


class _Uploads:
    """Work that waits for the thread, and what went wrong with it."""

    def __init__(self):
        self._changed = threading.Condition()
        self._waiting = []
        self._thread = None
        self._failed = []
        # When those who wait now lose patience with a server that is away.
        self._deadline = None

    def start(self, work, what):
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="trainyard-uploads", daemon=True)
                self._thread.start()
            if not self._changed.wait_for(lambda: len(self._waiting) < _MOST_WAITING, PATIENCE_SECONDS):
                self._failed.append(f"the {what} was not uploaded: {_MOST_WAITING} others are waiting before it")
                return
            self._waiting.append((work, what))
            self._changed.notify_all()

    def wait(self):
        with self._changed:
            self._deadline = time.monotonic() + PATIENCE_SECONDS
            self._changed.wait_for(lambda: not self._waiting)
            self._deadline = None
            failed, self._failed = self._failed, []
        return failed

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                work = self._waiting[0][0]
            failure = None
            try:
                work()
            except Exception as error:
                failure = error
            with self._changed:
                done = 1
                if getattr(failure, "error_code", None) == "TEMPORARILY_UNAVAILABLE":
                    if self._deadline is None or time.monotonic() < self._deadline:
                        self._changed.wait(PAUSE_SECONDS)
                        continue
                    done = len(self._waiting)
                if failure is not None:
                    self._failed += [f"the {what} could not be uploaded: {failure}" for _, what in self._waiting[:done]]
                # Only now, so that an empty list means that everything is there.
                del self._waiting[:done]
                self._changed.notify_all()


_uploads = _Uploads()


def start(work, what):
    """Have a function called in the background; ``what`` names its result in messages."""
    _uploads.start(work, what)


def wait():
    """Wait for everything that was started, and warn of what failed."""
    for failure in _uploads.wait():
        warnings.warn(failure, RuntimeWarning, stacklevel=3)


def _forget():
    """In a forked child: the thread, and what it was to upload, are the parent's."""
    global _uploads
    _uploads = _Uploads()


atexit.register(wait)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
