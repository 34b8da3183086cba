"""Which tracking store is in use, and the open connections to it.

A connection is made at first use and shared by all threads. Embedded stores are closed around a fork, on both sides of
which the next call opens them again.
"""

import os
import threading

from trainyard import _core, environment

_lock = threading.Lock()
_tracking_uri = None
_registry_uri = None
_connections = {}


def set_tracking_uri(uri):
    """Choose where runs and models are recorded.

    Parameters
    ----------
    uri
        ``http://host:port`` of a server, ``sqlite:///path.db``, or a ``pathlib.Path`` of a folder for an embedded
        store in it. An empty text goes back to the environment and the default.
    """
    global _tracking_uri
    if not isinstance(uri, str):
        uri = f"sqlite:///{os.path.abspath(uri)}/yard.db"
    _tracking_uri = uri or None
    if uri:
        environment.put("TRACKING_URI", uri)
    else:
        environment.drop("TRACKING_URI")


def get_tracking_uri():
    """Return the tracking URI in force: set, from the environment, or the embedded store in ``./yard``."""
    return _tracking_uri or _core.default_tracking_uri()


def is_tracking_uri_set():
    """Tell whether a tracking URI was set by a call or in the environment."""
    return bool(_tracking_uri or environment.get("TRACKING_URI"))


def set_registry_uri(uri):
    """Choose the registry, which by default is the tracking store.

    Parameters
    ----------
    uri
        As for :func:`set_tracking_uri`; an empty text goes back to the tracking store.
    """
    global _registry_uri
    _registry_uri = str(uri) or None


def get_registry_uri():
    """Return the registry URI in force."""
    return _registry_uri or environment.get("REGISTRY_URI") or get_tracking_uri()


def connect(uri=None):
    """Return the open connection to a tracking URI, the one in force by default."""
    uri = uri or get_tracking_uri()
    connection = _connections.get(uri)
    if connection is None:
        with _lock:
            connection = _connections.get(uri)
            if connection is None:
                connection = _connections[uri] = _core.Client(uri)
    return connection


def _after_fork_in_child():
    global _lock
    _lock = threading.Lock()
    _core.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_core.before_fork, after_in_parent=_core.after_fork, after_in_child=_after_fork_in_child)
