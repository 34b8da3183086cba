"""Trainings under way, so that an estimator which trains others is recorded once, as the outermost."""

import contextlib
import functools
import threading

_local = threading.local()


class Sessions:
    """The trainings of one kind that are under way.

    A training runs inside another when the same thread began both, or when it runs in a thread that the other one has
    started: such threads are its workers. Threads of the user train on their own.
    """

    @contextlib.contextmanager
    def begin(self):
        """Be a training for the length of a block."""
        _follow_threads()
        session = _Session(self)
        begun = _begun()
        begun.append(session)
        try:
            yield
        finally:
            session.is_active = False
            begun.remove(session)

    def is_inside(self):
        """Tell whether the caller runs inside a training."""
        inherited = getattr(threading.current_thread(), "_trainyard_sessions", ())
        return any(session.kind is self and session.is_active for session in (*_begun(), *inherited))


class _Session:
    def __init__(self, kind):
        self.kind = kind
        self.is_active = True


def _begun():
    """Return the sessions that this thread has begun; a list of the thread's own, so that no lock is needed."""
    if not hasattr(_local, "sessions"):
        _local.sessions = []
    return _local.sessions


def _follow_threads():
    """Let each thread know the trainings in which it was started; Python itself does not keep who started a thread."""
    start = threading.Thread.start
    if hasattr(start, "_trainyard"):
        return

    @functools.wraps(start)
    def started(self, *args, **kwargs):
        inherited = getattr(threading.current_thread(), "_trainyard_sessions", ())
        sessions = (*_begun(), *inherited)
        if sessions:
            self._trainyard_sessions = sessions
        return start(self, *args, **kwargs)

    started._trainyard = True
    threading.Thread.start = started
