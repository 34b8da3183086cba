"""The active experiment of this program, and calls about experiments."""

from trainyard import _core, environment
from trainyard.entities.experiment import Experiment
from trainyard.entities.run import LifecycleStage, ViewType
from trainyard.exceptions import MlflowException
from trainyard.tracking import connection
from trainyard.tracking.client import MlflowClient

_DEFAULT_ID = "0"

# The experiment that was set, with the tracking URI it was set for: ids of one store mean nothing in another.
_active = None


def set_experiment(experiment_name=None, experiment_id=None):
    """Make an experiment the active one, and make it if there is none of this name.

    Parameters
    ----------
    experiment_name
        Name of the experiment.
    experiment_id
        Id of an existing experiment, in place of a name.

    Returns
    -------
    Experiment
        The active experiment.
    """
    global _active
    if (experiment_name is None) == (experiment_id is None):
        raise MlflowException.invalid_parameter_value("give either experiment_name or experiment_id")
    experiment = _find(experiment_name, experiment_id)
    if experiment is None:
        return _choose_offline(experiment_name, experiment_id)
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise MlflowException.invalid_parameter_value(
            f"Cannot set a deleted experiment '{experiment.name}' as the active experiment. You can restore it with "
            "MlflowClient().restore_experiment"
        )
    _active = (connection.get_tracking_uri(), experiment.experiment_id)
    # Programs that this one starts record in the same experiment.
    environment.put("EXPERIMENT_ID", experiment.experiment_id)
    environment.drop("EXPERIMENT_NAME")
    return experiment


def _find(name, experiment_id):
    """Return an experiment, made when there is none of its name; ``None`` without a store to ask."""
    if _core.is_offline():
        return None
    client = MlflowClient()
    try:
        if experiment_id is not None:
            return client.get_experiment(experiment_id)
        return client.get_experiment_by_name(name) or _create_or_get(client, name)
    except MlflowException as error:
        if error.error_code == "TEMPORARILY_UNAVAILABLE":
            return None
        raise


def _choose_offline(name, experiment_id):
    """Choose an experiment that is found, or made, when runs of it are delivered."""
    global _active
    _active = None
    environment.drop("EXPERIMENT_ID")
    environment.drop("EXPERIMENT_NAME")
    environment.put("EXPERIMENT_ID" if name is None else "EXPERIMENT_NAME", name or experiment_id)
    return Experiment(experiment_id, name, None, LifecycleStage.ACTIVE)


def active_experiment():
    """Return id and name of the experiment that new runs belong to; the id is ``None`` without a store to ask."""
    name = environment.get("EXPERIMENT_NAME")
    if name is None or chosen_experiment_id() is not None:
        return active_experiment_id(), None
    experiment = _find(name, None)
    return (None, name) if experiment is None else (active_experiment_id(), None)


def chosen_experiment_id():
    """Return the id of the experiment that was set for the tracking store in use, or ``None``."""
    return _active[1] if _active is not None and _active[0] == connection.get_tracking_uri() else None


def active_experiment_id():
    """Return the id of the experiment that new runs belong to: set, from the environment, or ``Default``."""
    chosen = chosen_experiment_id()
    if chosen is not None:
        return chosen
    if _active is not None:
        # What the environment holds then is the id that `set_experiment` left there for another store.
        return _DEFAULT_ID
    name, experiment_id = environment.get("EXPERIMENT_NAME"), environment.get("EXPERIMENT_ID")
    if name is None:
        return experiment_id or _DEFAULT_ID
    client = MlflowClient()
    experiment = client.get_experiment_by_name(name) or _create_or_get(client, name)
    if experiment_id is not None and experiment_id != experiment.experiment_id:
        raise MlflowException.invalid_parameter_value(
            f"MLFLOW_EXPERIMENT_NAME is '{name}', which has id {experiment.experiment_id}, "
            f"but MLFLOW_EXPERIMENT_ID is {experiment_id}"
        )
    return experiment.experiment_id


def _create_or_get(client, name):
    try:
        return client.get_experiment(client.create_experiment(name))
    except MlflowException as error:
        # Somebody else made it in the meantime.
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        return client.get_experiment_by_name(name)


def get_experiment(experiment_id):
    """Return the experiment with this id.

    Parameters
    ----------
    experiment_id
        Id of the experiment.

    Returns
    -------
    Experiment
    """
    return MlflowClient().get_experiment(experiment_id)


def get_experiment_by_name(name):
    """Return the experiment with this name, or ``None``.

    Parameters
    ----------
    name
        Name of the experiment, matched by case.

    Returns
    -------
    Experiment or None
    """
    return MlflowClient().get_experiment_by_name(name)


def create_experiment(name, artifact_location=None, tags=None):
    """Make an experiment and return its id.

    Parameters
    ----------
    name
        Name, which no other experiment may have.
    artifact_location
        Where artifacts of its runs go; below the store's own root when left out.
    tags
        Tags to set.

    Returns
    -------
    str
    """
    return MlflowClient().create_experiment(name, artifact_location, tags)


def delete_experiment(experiment_id):
    """Soft-delete an experiment and its runs.

    Parameters
    ----------
    experiment_id
        Id of the experiment.
    """
    MlflowClient().delete_experiment(experiment_id)


def restore_experiment(experiment_id):
    """Undo :func:`delete_experiment`.

    Parameters
    ----------
    experiment_id
        Id of the experiment.
    """
    MlflowClient().restore_experiment(experiment_id)


def set_experiment_tag(key, value):
    """Set a tag of the active experiment.

    Parameters
    ----------
    key
        Name of the tag.
    value
        Value, written as its ``str``.
    """
    MlflowClient().set_experiment_tag(active_experiment_id(), key, value)


def set_experiment_tags(tags):
    """Set several tags of the active experiment.

    Parameters
    ----------
    tags
        Values by name.
    """
    for key, value in tags.items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key):
    """Remove a tag of the active experiment.

    Parameters
    ----------
    key
        Name of the tag.
    """
    MlflowClient().delete_experiment_tag(active_experiment_id(), key)


def search_experiments(view_type=ViewType.ACTIVE_ONLY, max_results=None, filter_string=None, order_by=None):
    """Return all experiments that match a filter.

    Parameters
    ----------
    view_type
        Active experiments, deleted ones, or all: a ``ViewType``.
    max_results
        Most experiments to return; all when left out.
    filter_string
        Filter, such as ``"name LIKE 'iris%' AND tags.team = 'a'"``.
    order_by
        Order, such as ``["last_update_time DESC"]``.

    Returns
    -------
    list of Experiment
    """
    from trainyard.tracking.paging import all_pages

    client = MlflowClient()
    return all_pages(
        lambda count, token: client.search_experiments(view_type, count, filter_string, order_by, token),
        max_results,
        page_size=1000,
    )
