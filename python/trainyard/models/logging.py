"""Logging a model: it is saved, becomes a logged model with files, and is registered where that is asked for."""

import os
import shutil
import tempfile

from trainyard.exceptions import MlflowException
from trainyard.models.arguments import check_further, model_name
from trainyard.models.delivery import Delivery
from trainyard.models.model import Model, ModelInfo
from trainyard.tracking import context, experiments, fluent
from trainyard.tracking.artifacts import refuse_offline
from trainyard.tracking.client import MlflowClient

# Arguments of every flavor's ``log_model`` that are about the logged model, and what may stand in its ``**kwargs``.
_LOGGING = (
    "name", "artifact_path", "registered_model_name", "await_registration_for", "model_type", "params", "tags", "step",
    "model_id", "prompts", "resources", "auth_policy", "run_id",
)  # fmt: skip
FURTHER = ("run_id", "prompts", "resources", "auth_policy", "validate_serving_input", "flavor_name")


def log_saved(save, arguments, further=()):
    """Log what a flavor saves, with the arguments of the flavor's own ``log_model``.

    Parameters
    ----------
    save
        ``save(folder, model)`` fills a folder and completes the ``Model``.
    arguments
        The ``locals()`` of the flavor's ``log_model``; names and meaning are those of
        :mod:`trainyard.models.arguments`.
    further
        Keywords that the flavor itself takes out of its ``**kwargs``.

    Returns
    -------
    ModelInfo
    """
    kwargs = check_further(arguments, {*FURTHER, *further})
    known = {name: value for name, value in {**arguments, **kwargs}.items() if name in _LOGGING}
    return log_model(save, **known)


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
    artifact_path=None,
    prompts=None,
    resources=None,
    auth_policy=None,
):
    """Save a model and log it to the active run, if there is one.

    Nothing exists remotely before the model itself has been written to disk. A later failure leaves a logged model
    that is marked as failed.

    Parameters
    ----------
    save
        ``save(folder, model)`` fills a folder and completes the ``Model``.
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
        Of the logged model; the tags are the version's too.
    step
        Training step at which the model was made; the metrics of the run at this step are linked to it.
    model_id
        An existing logged model to fill, in place of a new one.
    artifact_path
        Older name of ``name``.
    prompts, resources, auth_policy
        Kept in the ``MLmodel`` file.

    Returns
    -------
    ModelInfo
    """
    name = model_name(name, artifact_path)
    _check_registered_name(registered_model_name)
    params, tags, step = _texts("params", params), _texts("tags", tags), _step(step)
    if resources is not None and auth_policy is not None:
        raise MlflowException.invalid_parameter_value("Only one of `resources`, and `auth_policy` can be specified.")
    client = MlflowClient()
    run = _run(client, run_id)
    logged = client.get_logged_model(model_id) if model_id is not None else None
    if logged is None:
        all_params = {**params, **{key: value for key, value in (run.data.params if run else {}).items()}}
        experiment_id = run.info.experiment_id if run else experiments.active_experiment_id()
    else:
        all_params, experiment_id = {}, logged.experiment_id
    with _Folder() as folder:
        delivery = Delivery(
            folder, run, experiment_id, name, all_params, context.resolve_tags(tags), model_type, step, logged
        )
        model = Model(metadata=metadata, prompts=prompts, resources=resources, auth_policy=auth_policy)
        model._delivery = delivery
        try:
            save(folder, model)
            logged = delivery.finish(model)
        except BaseException:
            delivery.give_up()
            raise
    info = ModelInfo(model, logged)
    if registered_model_name is not None:
        from trainyard.tracking.registration import register_model

        version = register_model(info.model_uri, registered_model_name, await_registration_for, tags=tags or None)
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
    refuse_offline(f"run {run_id}" if run_id else "the model")
    return client.get_run(run_id) if run_id else None


def _check_registered_name(name):
    """Refuse what the registry would refuse, which it is only asked when the model has been logged."""
    if name is None:
        return
    if not isinstance(name, str) or not name.strip():
        raise MlflowException.invalid_parameter_value(
            f"registered_model_name: expected a text that is not empty, got {name!r}"
        )
    if "/" in name or ":" in name:
        raise MlflowException.invalid_parameter_value(f"Invalid model name '{name}'. Names cannot contain '/' or ':'.")


def _texts(argument, values):
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise MlflowException.invalid_parameter_value(f"{argument}: expected a dict, got {type(values).__name__}")
    return {str(key): str(value) for key, value in values.items()}


def _step(step):
    try:
        return int(step or 0)
    except (TypeError, ValueError):
        raise MlflowException.invalid_parameter_value(f"step: expected an integer, got {step!r}") from None
