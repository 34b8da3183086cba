"""Bringing a model to the tracking store while it is still being written.

The order makes failures harmless: nothing exists remotely until the model itself lies on disk, since what cannot be
saved fails there; from then on a failure leaves a logged model that says so. ``MLmodel``, without which there is no
model, is written and sent last.
"""

import os
import threading

from trainyard.entities.run import Metric
from trainyard.exceptions import MlflowException
from trainyard.models.model import MLMODEL_FILE
from trainyard.tracking import active_model, fluent, run_logs
from trainyard.tracking.artifacts import new_transfer
from trainyard.tracking.client import MlflowClient

# What one request to create a logged model takes.
_PARAMS_PER_REQUEST = 100
# How much of a metric's history is looked through for the points of one step: servers give no more at once.
_POINTS_PER_PAGE = 25_000
_MOST_PAGES = 20
# Metrics of a run whose first steps are told at once.
_SUMMARIES = 20_000


class Delivery:
    """One logged model on its way.

    Parameters
    ----------
    folder
        The model directory that is being written.
    run
        The run that logs the model, or ``None``.
    experiment_id
        Experiment of a new logged model.
    name, params, tags, model_type
        Of a new logged model.
    step
        Training step at which the model was made.
    logged
        An existing logged model to fill.
    """

    def __init__(self, folder, run, experiment_id, name, params, tags, model_type, step, logged=None):
        self._client = MlflowClient()
        self._folder = folder
        self._run = run
        self._experiment_id = experiment_id
        self._name = name
        self._params = params
        self._tags = tags
        self._model_type = model_type
        self._step = step
        self._logged = logged
        # An existing model is only touched once this delivery has begun to fill it.
        self._is_touched = False
        self._sent = {}
        self._error = None
        self._thread = None
        self._transfer = new_transfer()

    def begin(self):
        """Make the logged model and send the files that are there, in the background; later calls do nothing.

        For the moment when the model itself is written: what is written from now on may not fail for the model's sake.
        """
        if self._thread is None:
            files = self._unsent()
            self._thread = threading.Thread(target=self._run_in_background, args=(files,), name="trainyard-upload")
            self._thread.start()

    def finish(self, model):
        """Write ``MLmodel``, send what is left, and return the logged model, which is ready."""
        self.begin()
        self._thread.join()
        if self._error is not None:
            raise self._error
        model.model_id = model.model_uuid = self._logged.model_id
        model.artifact_path = self._logged.artifact_location
        model.run_id = self._run.info.run_id if self._run else None
        model.finish(self._folder)
        files = self._unsent()
        self._send([file for file in files if file != MLMODEL_FILE])
        self._send([MLMODEL_FILE])
        if self._run is not None:
            self._link_metrics()
        return self._client.finalize_logged_model(self._logged.model_id, "READY")

    def give_up(self):
        """Stop sending, and mark the logged model as failed if it exists by now."""
        self._transfer.cancel()
        if self._thread is not None:
            self._thread.join()
        if not self._is_touched or self._logged is None:
            return
        try:
            self._client.finalize_logged_model(self._logged.model_id, "FAILED")
        except Exception as error:
            from trainyard.notices import warn

            warn(f"logged model {self._logged.model_id} could not be marked as failed: {error}")

    def _run_in_background(self, files):
        try:
            self._make_logged_model()
            self._send(files)
        except BaseException as error:
            self._error = error

    def _make_logged_model(self):
        if self._logged is None:
            params = list(self._params.items())
            self._logged = self._client.create_logged_model(
                self._experiment_id,
                self._name,
                self._run.info.run_id if self._run else None,
                self._tags,
                dict(params[:_PARAMS_PER_REQUEST]),
                self._model_type,
            )
            self._is_touched = True
            if len(params) > _PARAMS_PER_REQUEST:
                self._client.log_model_params(self._logged.model_id, dict(params[_PARAMS_PER_REQUEST:]))
        self._is_touched = True
        active_model.remember_logged(self._logged.model_id)
        if self._run is not None:
            self._client._call(
                "LogOutputs",
                run_id=self._run.info.run_id,
                models=[{"model_id": self._logged.model_id, "step": self._step}],
            )

    def _unsent(self):
        """Paths of the files that have not been sent as they are now."""
        return [file for file in _files_below(self._folder) if self._sent.get(file) != self._state_of(file)]

    def _send(self, files):
        if not files:
            return
        states = {file: self._state_of(file) for file in files}
        pairs = [(os.path.join(self._folder, *file.split("/")), file) for file in files]
        self._client._connection.artifacts(self._logged.artifact_location).send(pairs, self._transfer)
        self._sent.update(states)

    def _state_of(self, file):
        state = os.stat(os.path.join(self._folder, *file.split("/")))
        return state.st_size, state.st_mtime_ns

    def _link_metrics(self):
        """Repeat the run's points of this step with the model's id.

        What this program logged to the run at step 0, and not for a model, it has kept. The latest point of each metric
        came with the run. Histories are asked for where a later point hides what another program may have logged, or
        this one at another step. Points that this program logged for other models are theirs.
        """
        run_id = self._run.info.run_id
        own = {} if self._step else {point.key: point for point in fluent.first_points(run_id)}
        points, hidden = list(own.values()), []
        for latest in self._run.data._metric_objs:
            if latest.key in own:
                continue
            if self._is_wanted(run_id, latest):
                points.append(latest)
            elif latest.step >= self._step:
                hidden.append(latest.key)
        for key in self._begun(run_id, hidden):
            points += [point for point in self._points_of_step(run_id, key) if self._is_wanted(run_id, point)]
        linked = [
            Metric(
                point.key,
                point.value,
                point.timestamp,
                point.step,
                self._logged.model_id,
                point.dataset_name,
                point.dataset_digest,
            )
            for point in points
        ]
        if linked:
            # They are the run's as well: they do not count as logged for this model.
            self._client._log_batch(run_id, metrics=linked)

    def _is_wanted(self, run_id, point):
        """Tell whether a point is of this step and, as far as can be known, of no other model."""
        of_model = point.model_id or run_logs.is_point_of_model(self._client, run_id, point)
        return point.step == self._step and not of_model

    def _begun(self, run_id, keys):
        """Those of these metrics that had begun by this step, as Trainyard tells of many at once.

        Other servers do not tell: each of their histories is looked at.
        """
        if not keys:
            return keys
        try:
            answer = self._client._call("GetMetricSummaries", run_id=run_id, max_results=_SUMMARIES)
        except MlflowException:
            return keys
        begins = {metric["key"]: int(metric["first"]["step"]) for metric in answer.get("metrics") or ()}
        return [key for key in keys if begins.get(key, self._step) <= self._step]

    def _points_of_step(self, run_id, key):
        """The points of this step in a metric's history, which is in order of time.

        Steps usually are as well: nothing behind a later step is asked for, and no more than the beginning of a very
        long history.
        """
        points, token = [], None
        for _ in range(_MOST_PAGES):
            answer = self._client._call(
                "GetMetricHistory", run_id=run_id, metric_key=key, max_results=_POINTS_PER_PAGE, page_token=token
            )
            page = [Metric._from_wire(wire) for wire in answer.get("metrics") or ()]
            points += [point for point in page if point.step == self._step]
            token = answer.get("next_page_token")
            if not token or (page and page[-1].step > self._step):
                break
        return points


def _files_below(folder):
    files = []
    for parent, _, names in os.walk(folder):
        below = os.path.relpath(parent, folder)
        prefix = "" if below == os.curdir else below.replace(os.sep, "/") + "/"
        files.extend(prefix + name for name in names)
    return files
