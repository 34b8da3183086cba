"""Trainings under way, so that an estimator which trains others is recorded once, as the outermost."""

import contextlib
import threading


class Sessions:
    """The trainings under way in this process.

    A training runs inside another when the same thread began both, or when its thread was started after the other
    training began: such threads are workers of that training.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._active = []

    @contextlib.contextmanager
    def begin(self):
        """Be a training for the length of a block."""
        session = (threading.current_thread(), set(threading.enumerate()))
        with self._lock:
            self._active.append(session)
        try:
            yield
        finally:
            with self._lock:
                self._active.remove(session)

    def is_inside(self):
        """Tell whether the caller runs inside a training."""
        thread = threading.current_thread()
        with self._lock:
            return any(thread is owner or thread not in before for owner, before in self._active)
