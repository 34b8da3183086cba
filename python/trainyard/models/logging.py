"""Logging a model: a logged model is made, its files are saved and sent, and it is marked as complete."""

import os
import shutil
import tempfile

from trainyard.entities.run import Metric
from trainyard.exceptions import MlflowException
from trainyard.models.model import Model, ModelInfo
from trainyard.tracking import active_model, context, experiments, fluent
from trainyard.tracking.client import MlflowClient

_BAD_NAME = "/:.%\"'"


def log_model(
    save,
    name=None,
    registered_model_name=None,
    await_registration_for=300,
    metadata=None,
    run_id=None,
    model_type=None,
    params=None,
    tags=None,
    step=0,
    model_id=None,
):
    """Save a model and log it to the active run, if there is one.

    Parameters
    ----------
    save
        ``save(folder, model)`` fills a folder and completes the ``Model``. What can be refused should have been
        refused before: from here on a failure leaves a logged model that is marked as failed.
    name
        Name of the logged model.
    registered_model_name
        Make the model a new version under this registered name.
    await_registration_for
        Seconds to wait until the version is ready.
    metadata
        The caller's own notes.
    run_id
        The run, in place of the active one.
    model_type, params, tags
        Of the logged model.
    step
        Training step at which the model was made; the metrics of the run at this step are linked to it.
    model_id
        An existing logged model to fill, in place of a new one.

    Returns
    -------
    ModelInfo
    """
    if name is not None and any(character in name for character in _BAD_NAME):
        raise MlflowException.invalid_parameter_value(
            f"Invalid model name ({name!r}) provided. Model name must be a non-empty string and cannot contain the "
            "following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )
    client = MlflowClient()
    run = _run(client, run_id)
    with _Folder() as folder:
        model = Model(metadata=metadata)
        logged = _logged_model(client, model_id, name, run, params, tags, model_type)
        try:
            if run is not None:
                client._call(
                    "LogOutputs",
                    run_id=run.info.run_id,
                    models=[{"model_id": logged.model_id, "step": int(step)}],
                )
            model.model_id = model.model_uuid = logged.model_id
            model.artifact_path = logged.artifact_location
            model.run_id = run.info.run_id if run else None
            save(folder, model)
            client._upload(logged.artifact_location, folder, "")
            if run is not None:
                _link_metrics(client, run, logged.model_id, int(step))
        except BaseException:
            _mark_failed(client, logged.model_id)
            raise
        logged = client.finalize_logged_model(logged.model_id, "READY")
    active_model.remember_logged(logged.model_id)
    info = ModelInfo(model, logged)
    if registered_model_name is not None:
        from trainyard.tracking.registration import register_model

        version = register_model(info.model_uri, registered_model_name, await_registration_for)
        info.registered_model_version = int(version.version) if str(version.version).isdigit() else version.version
    return info


class _Folder:
    """A temporary folder; removing it is not worth an error."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="trainyard-")
        return os.path.join(self.path, "model")

    def __exit__(self, exc_type, exc_value, traceback):
        shutil.rmtree(self.path, ignore_errors=True)


def _run(client, run_id):
    if run_id is None:
        active = fluent.active_run()
        run_id = active.info.run_id if active else None
    return client.get_run(run_id) if run_id else None


def _logged_model(client, model_id, name, run, params, tags, model_type):
    if model_id is not None:
        return client.get_logged_model(model_id)
    all_params = dict(params or {})
    if run is not None:
        for key, value in run.data.params.items():
            all_params.setdefault(key, value)
        experiment_id = run.info.experiment_id
    else:
        experiment_id = experiments.active_experiment_id()
    return client.create_logged_model(
        experiment_id,
        name,
        run.info.run_id if run else None,
        context.resolve_tags(tags),
        all_params,
        model_type,
    )


def _link_metrics(client, run, model_id, step):
    """Repeat the run's points of this step with the model's id.

    The latest point of each metric came with the run; those of step 0 that a later step hides were kept when this
    program logged them. So no history has to be asked for.
    """
    points = {point.key: point for point in fluent.first_points(run.info.run_id)}
    points.update((point.key, point) for point in run.data._metric_objs if point.step == step)
    linked = []
    for point in points.values():
        if point.step == step and not point.model_id:
            linked.append(
                Metric(
                    point.key,
                    point.value,
                    point.timestamp,
                    point.step,
                    model_id,
                    point.dataset_name,
                    point.dataset_digest,
                )
            )
    if linked:
        client.log_batch(run.info.run_id, metrics=linked)


def _mark_failed(client, model_id):
    try:
        client.finalize_logged_model(model_id, "FAILED")
    except Exception as error:
        import warnings

        warnings.warn(f"logged model {model_id} could not be marked as failed: {error}", stacklevel=3)
