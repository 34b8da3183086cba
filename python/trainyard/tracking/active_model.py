"""The logged model that metrics are linked to, and the one that was logged last."""

from trainyard import environment
from trainyard.entities.logged_model import LoggedModel
from trainyard.exceptions import MlflowException
from trainyard.tracking import thread

_last_logged_id = None


class ActiveModel(LoggedModel):
    """The active logged model; as a context manager it is active within the block."""

    def __init__(self, logged_model, set_by_user):
        super().__init__(**{field: getattr(logged_model, field) for field in LoggedModel._fields})
        self.set_by_user = set_by_user
        self._previous = thread.current.model_id
        _activate(self.model_id)

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        _activate(self._previous)


def _activate(model_id):
    thread.current.model_id = model_id
    thread.current.settle()


def set_active_model(*, name=None, model_id=None):
    """Link the metrics that this thread logs to a logged model.

    Parameters
    ----------
    name
        Name of a logged model of the active experiment, the newest of this name; it is made when there is none.
    model_id
        Id of a logged model, in place of a name.

    Returns
    -------
    ActiveModel
        The model, which can be used in a ``with`` statement.
    """
    from trainyard.tracking import experiments
    from trainyard.tracking.client import MlflowClient

    if (name is None) == (model_id is None):
        raise MlflowException.invalid_parameter_value("give either name or model_id")
    client = MlflowClient()
    if model_id is not None:
        model = client.get_logged_model(model_id)
    else:
        experiment_id = experiments.active_experiment_id()
        quoted = name.replace("'", "\\'")
        found = client.search_logged_models([experiment_id], f"name = '{quoted}'", max_results=1)
        model = found[0] if found else client.create_logged_model(experiment_id, name)
    return ActiveModel(model, set_by_user=True)


def get_active_model_id():
    """Return the id of the active logged model, or ``None``."""
    return thread.current.model_id or environment.get("ACTIVE_MODEL_ID")


def clear_active_model():
    """Link metrics to no logged model."""
    _activate(None)


def remember_logged(model_id):
    """Remember the model that was logged last."""
    global _last_logged_id
    _last_logged_id = model_id


def last_logged_model():
    """Return the model that this program logged last, or ``None``."""
    from trainyard.tracking.client import MlflowClient

    return MlflowClient().get_logged_model(_last_logged_id) if _last_logged_id else None
