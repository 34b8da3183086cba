"""Registering models, and the calls about logged models that need no client object."""

import contextlib

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.tracking import active_model, context, experiments, fluent
from trainyard.tracking.artifacts import refuse_offline
from trainyard.tracking.client import MlflowClient
from trainyard.utils.mlflow_tags import MLFLOW_MODEL_IS_EXTERNAL


def register_model(model_uri, name, await_registration_for=300, *, tags=None, env_pack=None):
    """Make a model a new version under a registered name, which is made when there is none.

    Parameters
    ----------
    model_uri
        ``models:/m-…``, ``runs:/<run id>/<model name>`` or an artifact URI.
    name
        The registered name.
    await_registration_for
        Seconds to wait until the version is ready.
    tags
        Tags of the version.
    env_pack
        Not supported here; has to be ``None``.

    Returns
    -------
    ModelVersion
    """
    if env_pack is not None:
        raise MlflowException("env_pack is not supported; leave it out", "INVALID_PARAMETER_VALUE")
    client = MlflowClient()
    model = client._connection.resolve_model(client._registered_place(str(model_uri)))
    is_new = True
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        is_new = False
    model_id = model["model_id"]
    try:
        return client.create_model_version(
            name,
            f"models:/{model_id}" if model_id else model["artifact_uri"],
            run_id=model["run_id"],
            tags=tags,
            await_creation_for=await_registration_for,
            model_id=model_id,
        )
    except MlflowException:
        # A name without versions is nothing that anybody has asked for.
        if is_new:
            # The error to be told is the first one.
            with contextlib.suppress(MlflowException):
                if not client.get_latest_versions(name):
                    client.delete_registered_model(name)
        raise


def initialize_logged_model(name=None, source_run_id=None, tags=None, params=None, model_type=None, experiment_id=None):
    """Make a logged model in state PENDING, to be filled by :func:`MlflowClient.log_model_artifacts`.

    Parameters
    ----------
    name
        Name for people; one is made up when left out.
    source_run_id
        Run that makes the model; by default the active one.
    tags, params
        What is known of the model.
    model_type
        Kind of model, for searches.
    experiment_id
        The experiment; by default that of the active run, else the active one.

    Returns
    -------
    LoggedModel
    """
    # The experiment is asked for as well.
    refuse_offline("the logged model")
    run = fluent.active_run()
    if source_run_id is None and run is not None:
        source_run_id = run.info.run_id
    if experiment_id is None:
        experiment_id = run.info.experiment_id if run else experiments.active_experiment_id()
    model = MlflowClient().create_logged_model(
        experiment_id, name, source_run_id, context.resolve_tags(tags), params, model_type
    )
    active_model.remember_logged(model.model_id)
    return model


def create_external_model(name=None, source_run_id=None, tags=None, params=None, model_type=None, experiment_id=None):
    """Make a logged model whose files are kept elsewhere; it is ready at once.

    It has an ``MLmodel`` file that says so, so that it can be registered.

    Parameters
    ----------
    name : str
        Name for people; one is made up when left out.
    source_run_id : str
        Run that makes the model; by default the active one.
    tags, params : dict
        What is known of the model.
    model_type : str
        Kind of model, for searches.
    experiment_id : str
        The experiment; by default that of the active run, else the active one.

    Returns
    -------
    LoggedModel
    """
    tags = {**(tags or {}), MLFLOW_MODEL_IS_EXTERNAL: "true"}
    model = initialize_logged_model(name, source_run_id, tags, params, model_type, experiment_id)
    description = _core.new_model() | {
        "artifact_path": model.artifact_location,
        "model_id": model.model_id,
        "model_uuid": model.model_id,
        "metadata": {MLFLOW_MODEL_IS_EXTERNAL: True},
    }
    if model.source_run_id:
        description["run_id"] = model.source_run_id
    client = MlflowClient()
    client._connection.artifacts(model.artifact_location).write(
        "MLmodel", _core.model_yaml(description).encode("utf-8")
    )
    return client.finalize_logged_model(model.model_id, "READY")


def finalize_logged_model(model_id, status):
    """Say that the files of a logged model are complete (``READY``) or never will be (``FAILED``).

    Parameters
    ----------
    model_id
        Id of the model.
    status
        ``"READY"`` or ``"FAILED"``, or a ``LoggedModelStatus``.

    Returns
    -------
    LoggedModel
    """
    return MlflowClient().finalize_logged_model(model_id, status)


def get_logged_model(model_id):
    """Return a logged model.

    Parameters
    ----------
    model_id
        Id of the model.

    Returns
    -------
    LoggedModel
    """
    return MlflowClient().get_logged_model(model_id)


def log_model_params(params, model_id=None):
    """Add params to a logged model, by default the active one.

    Parameters
    ----------
    params
        Values by name, written as their ``str``.
    model_id
        Id of the model; by default the active one.
    """
    model_id = model_id or active_model.get_active_model_id()
    if model_id is None:
        raise MlflowException.invalid_parameter_value("model_id: there is no active model; give an id")
    MlflowClient().log_model_params(model_id, params)


def set_logged_model_tags(model_id, tags):
    """Set tags of a logged model.

    Parameters
    ----------
    model_id
        Id of the model.
    tags
        Values by name.
    """
    MlflowClient().set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id, key):
    """Remove a tag of a logged model.

    Parameters
    ----------
    model_id
        Id of the model.
    key
        Name of the tag.
    """
    MlflowClient().delete_logged_model_tag(model_id, key)


def set_model_version_tag(name, version=None, key=None, value=None):
    """Set a tag of a model version.

    Parameters
    ----------
    name
        Name of the registered model.
    version
        Number of the version.
    key
        Name of the tag.
    value
        Value, written as its ``str``.
    """
    MlflowClient().set_model_version_tag(name, version, key, value)
