"""Which points of a run were logged for a logged model."""

from trainyard.tracking.numbers import number, whole


class ModelPoints:
    """The points of one run that were logged for logged models: of each metric those at step 0 and at the last step.

    These are the points that a model logged later comes across: it stands at step 0 unless something else is said, and
    the last point is the one that a store answers. A store does not answer for which model a point was logged.
    """

    def __init__(self):
        self._points = {}

    def add(self, key, value, step):
        """Note a point, which has been logged, so that its numbers are known to be some."""
        point = (whole("step", key, step or 0), number(key, value))
        first, _ = self._points.get(key, (None, None))
        self._points[key] = (first if point[0] else point, point)

    def __contains__(self, point):
        """Tell whether a ``Metric`` is one of the points."""
        return any(
            known is not None and known[0] == point.step and _is_same(known[1], point.value)
            for known in self._points.get(point.key, ())
        )


def _is_same(one, other):
    return one == other or (one != one and other != other)
