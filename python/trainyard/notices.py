"""Warnings that point at the line of the user's script, however deep in the package they come up."""

import os
import sys
import threading

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class _Local(threading.local):
    is_muted = False


_local = _Local()


class muted:
    """Context manager within which this thread shows none of these warnings."""

    def __init__(self, is_muted=True):
        self._is_muted = is_muted

    def __enter__(self):
        self._before = _local.is_muted
        _local.is_muted = self._before or self._is_muted

    def __exit__(self, *_):
        _local.is_muted = self._before


def warn(message, category=UserWarning):
    """Warn in the name of the innermost frame that is not this package's."""
    if _local.is_muted:
        return
    import warnings

    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level if frame is not None else 2)
