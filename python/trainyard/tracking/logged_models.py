"""The logged-model calls of ``MlflowClient``."""

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.logged_model import LoggedModel, LoggedModelStatus
from trainyard.tracking.artifacts import refuse_offline

# Limit of one create or log-params request.
_PARAMS_PER_REQUEST = 100


class LoggedModelCalls:
    """Logged models: create, finalize, find, tag."""

    def create_logged_model(
        self, experiment_id, name=None, source_run_id=None, tags=None, params=None, model_type=None
    ):
        """Make a logged model in state PENDING.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        name
            Name for people; one is made up when left out.
        source_run_id
            Run that makes the model.
        tags
            Values by name.
        params
            Values by name, written as their ``str``.
        model_type
            Kind of model, for searches.

        Returns
        -------
        LoggedModel
        """
        refuse_offline("the logged model")
        params = pairs(params) or []
        answer = self._call(
            "CreateLoggedModel",
            experiment_id=str(experiment_id),
            name=name,
            source_run_id=source_run_id,
            tags=pairs(tags),
            params=params[:_PARAMS_PER_REQUEST],
            model_type=model_type,
        )
        model = LoggedModel._from_wire(answer["model"])
        if len(params) > _PARAMS_PER_REQUEST:
            self._log_model_params(model.model_id, params[_PARAMS_PER_REQUEST:])
            model.params.update((param["key"], param["value"]) for param in params)
        return model

    def log_model_params(self, model_id, params):
        """Add params to a logged model.

        Parameters
        ----------
        model_id
            Id of the model.
        params
            Values by name, written as their ``str``.
        """
        self._log_model_params(model_id, pairs(params) or [])

    def finalize_logged_model(self, model_id, status):
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
        status = LoggedModelStatus(status)._to_wire()
        return LoggedModel._from_wire(self._call("FinalizeLoggedModel", model_id=model_id, status=status)["model"])

    def get_logged_model(self, model_id):
        """Return a logged model.

        Parameters
        ----------
        model_id
            Id of the model.

        Returns
        -------
        LoggedModel
        """
        return LoggedModel._from_wire(self._call("GetLoggedModel", model_id=model_id)["model"])

    def delete_logged_model(self, model_id):
        """Soft-delete a logged model.

        Parameters
        ----------
        model_id
            Id of the model.
        """
        self._call("DeleteLoggedModel", model_id=model_id)

    def set_logged_model_tags(self, model_id, tags):
        """Set tags of a logged model.

        Parameters
        ----------
        model_id
            Id of the model.
        tags
            Values by name.
        """
        self._call("SetLoggedModelTags", model_id=model_id, tags=pairs(tags))

    def delete_logged_model_tag(self, model_id, key):
        """Remove a tag of a logged model.

        Parameters
        ----------
        model_id
            Id of the model.
        key
            Name of the tag.
        """
        self._call("DeleteLoggedModelTag", model_id=model_id, tag_key=key)

    def search_logged_models(
        self, experiment_ids, filter_string=None, datasets=None, max_results=None, order_by=None, page_token=None
    ):
        """Return one page of logged models of the given experiments.

        Parameters
        ----------
        experiment_ids
            Ids of the experiments.
        filter_string
            Filter; see :func:`trainyard.search_logged_models`.
        datasets
            Datasets that metrics in filter and order have to be of; see :func:`trainyard.search_logged_models`.
        max_results
            Most results of the page.
        order_by
            Order; see :func:`trainyard.search_logged_models`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of LoggedModel
        """
        answer = self._call(
            "SearchLoggedModels",
            experiment_ids=[str(experiment_id) for experiment_id in experiment_ids],
            filter=filter_string,
            datasets=datasets,
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList._from_wire(answer, "models", LoggedModel)

    def _log_model_params(self, model_id, params):
        for start in range(0, len(params), _PARAMS_PER_REQUEST):
            self._call("LogLoggedModelParams", model_id=model_id, params=params[start : start + _PARAMS_PER_REQUEST])
