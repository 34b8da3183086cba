"""The thread that samples the machine and logs averages to a run."""

import logging
import threading
import time

from trainyard import _core
from trainyard.entities.run import Metric
from trainyard.environment_variables import (
    MLFLOW_SYSTEM_METRICS_NODE_ID,
    MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL,
)
from trainyard.exceptions import MlflowException

_PREFIX = "system/"

# CPU use is a mean since the sample before; over less than this it says nothing.
_SHORTEST_SAMPLE_SECONDS = 0.2

_log = logging.getLogger(__name__)


class SystemMetricsMonitor:
    """Logs the system metrics of a run from a thread of its own, between :meth:`start` and :meth:`finish`.

    Parameters
    ----------
    run_id
        The run.
    sampling_interval
        Seconds between samples, unless the environment says otherwise.
    samples_before_logging
        Samples that are averaged into one point, unless the environment says otherwise.
    resume_logging
        Go on after the last step of system metrics that the run has, instead of beginning with step 0. Without a store
        to ask for it, step 0 it is.
    node_id
        Name of this machine, unless the environment has one.
    tracking_uri
        The tracking store; the one in force by default.
    """

    def __init__(
        self,
        run_id,
        sampling_interval=10,
        samples_before_logging=1,
        resume_logging=False,
        node_id=None,
        tracking_uri=None,
    ):
        from trainyard.tracking.client import MlflowClient
        from trainyard.tracking.connection import get_tracking_uri

        self.sampling_interval = MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL.get() or sampling_interval
        self.samples_before_logging = MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get() or samples_before_logging
        self.node_id = MLFLOW_SYSTEM_METRICS_NODE_ID.get() or node_id
        self._run_id = run_id
        # The URI of now: the program may choose another store while the run goes on.
        self._client = MlflowClient(tracking_uri or get_tracking_uri())
        self._step = self._next_step() if resume_logging else 0
        self._stop = threading.Event()
        self._thread = None

    def start(self):
        """Begin sampling."""
        self._thread = threading.Thread(target=self._run, name="trainyard-system-metrics", daemon=True)
        self._thread.start()

    def finish(self):
        """Log what has been sampled since the last point, and stop."""
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join()
        self._thread = None

    def _run(self):
        # What goes wrong here is not worth a training: it is said once, and the metrics end.
        try:
            sampler = _core.SystemSampler()
            sampled_at = time.monotonic()
            samples = 0
            while not self._stop.wait(self.sampling_interval):
                sampler.sample()
                sampled_at = time.monotonic()
                samples += 1
                if samples == self.samples_before_logging:
                    self._log(sampler)
                    samples = 0
            if time.monotonic() - sampled_at >= _SHORTEST_SAMPLE_SECONDS:
                sampler.sample()
                samples += 1
            if samples:
                self._log(sampler)
        except Exception as error:
            _log.warning("system metrics of run %s are no longer recorded: %s", self._run_id, error)

    def _log(self, sampler):
        from trainyard.tracking.client import now

        prefix = f"{_PREFIX}{self.node_id}/" if self.node_id else _PREFIX
        timestamp = now()
        points = [Metric(prefix + name, value, timestamp, self._step) for name, value in sampler.take_averages()]
        self._client.log_batch(self._run_id, metrics=points)
        self._step += 1

    def _next_step(self):
        try:
            points = [] if _core.is_offline() else self._client.get_run(self._run_id).data._metric_objs
        except MlflowException:
            # Where the run cannot be read now, points that overlap are better than none.
            return 0
        return max((point.step + 1 for point in points if point.key.startswith(_PREFIX)), default=0)
