"""Which points of a run were logged for a logged model."""

import collections

from trainyard.tracking.numbers import number, whole

# Points of each metric that are kept.
_NEWEST = 128


class ModelPoints:
    """The points of one run that were logged for logged models: of each metric the newest, and the last at step 0.

    These are the points that a model logged later comes across: it stands at step 0 unless something else is said, or
    at one of the last steps. A store does not answer for which model a point was logged.
    """

    def __init__(self):
        self._first = {}
        self._newest = {}

    def add(self, key, value, step):
        """Note a point, which has been logged, so that its numbers are known to be some."""
        point = (whole("step", key, step or 0), number(key, value))
        if point[0] == 0:
            self._first[key] = point
        newest = self._newest.get(key)
        if newest is None:
            newest = self._newest.setdefault(key, collections.deque(maxlen=_NEWEST))
        newest.append(point)

    def __contains__(self, point):
        """Tell whether a ``Metric`` is one of the points."""
        # Other threads may log meanwhile.
        known = list(self._newest.get(point.key, ()))
        if point.key in self._first:
            known.append(self._first[point.key])
        return any(step == point.step and _is_same(value, point.value) for step, value in known)


def _is_same(one, other):
    return one == other or (one != one and other != other)
