"""Recording must not break a training: errors of the recording become warnings."""

import functools
import sys

from trainyard.notices import warn


def report(message):
    """Warn of something that could not be recorded; where warnings are errors, the text goes to stderr instead."""
    try:
        warn(message)
    except Warning:
        print(f"trainyard: {message}", file=sys.stderr)


def attempt(failure, function, *args, **kwargs):
    """Call a function and return what it returns; an error becomes a warning that begins with ``failure``."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        report(f"{failure}: {type(error).__name__}: {error}")
        return None


def never_raise(method):
    """Decorate a method of a callback: an error in it becomes a warning, once for each object and method."""

    @functools.wraps(method)
    def isolated(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except Exception as error:
            warned = vars(self).setdefault("_warned_of", set())
            if method.__name__ not in warned:
                warned.add(method.__name__)
                report(
                    f"{type(self).__name__}.{method.__name__} could not log everything: {type(error).__name__}: {error}"
                )
            return None

    return isolated
