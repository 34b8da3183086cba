"""Environment variables: MLflow's names, where one that begins with ``TRAINYARD_`` wins over ``MLFLOW_``."""

import os


def get(ending):
    """Return the variable of this ending, such as ``TRACKING_URI``; ``None`` when unset or empty."""
    return os.environ.get(f"TRAINYARD_{ending}") or os.environ.get(f"MLFLOW_{ending}") or None


def put(ending, value):
    """Set the variable for this process and the ones it starts."""
    os.environ[f"MLFLOW_{ending}"] = value
    if f"TRAINYARD_{ending}" in os.environ:
        os.environ[f"TRAINYARD_{ending}"] = value


def drop(ending):
    """Unset the variable under both names."""
    os.environ.pop(f"TRAINYARD_{ending}", None)
    os.environ.pop(f"MLFLOW_{ending}", None)


def is_true(ending, default=False):
    """Read a switch: ``1``, ``true``, ``yes`` and ``on`` are true, in any case."""
    value = get(ending)
    return default if value is None else value.strip().lower() in ("1", "true", "yes", "on")
