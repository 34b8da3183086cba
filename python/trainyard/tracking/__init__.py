"""Recording runs: the connection, the client, and the calls of the fluent interface."""

_LAZY = {
    "MlflowClient": "trainyard.tracking.client",
    "get_registry_uri": "trainyard.tracking.connection",
    "get_tracking_uri": "trainyard.tracking.connection",
    "is_tracking_uri_set": "trainyard.tracking.connection",
    "set_registry_uri": "trainyard.tracking.connection",
    "set_tracking_uri": "trainyard.tracking.connection",
}


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_LAZY[name]), name)
