"""What each thread has for itself: the runs it has started, and the logged model that its metrics are linked to."""

import threading


class _Thread(threading.local):
    """The state of one thread; ``settle`` is to be called after a change of it."""

    def __init__(self):
        # The started runs, the innermost last, and the log of that one.
        self.runs = []
        self.log = None
        # The active logged model, and the one that the environment named when the innermost run began.
        self.model_id = None
        self.environment_model_id = None
        # All that `log_metric` asks for, since it is called more often than anything else: what logs a point to the
        # innermost run, as long as its metrics are linked to no model.
        self.log_point = None

    def settle(self):
        linked = self.model_id or self.environment_model_id
        self.log_point = None if linked or self.log is None else self.log.log_metric


current = _Thread()
