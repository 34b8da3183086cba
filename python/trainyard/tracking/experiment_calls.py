"""The calls of ``MlflowClient`` about experiments."""

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.experiment import Experiment
from trainyard.entities.run import ViewType
from trainyard.exceptions import MlflowException


class ExperimentCalls:
    """Experiments: create, find, delete and restore, tag."""

    def create_experiment(self, name, artifact_location=None, tags=None):
        """Make an experiment and return its id.

        Parameters
        ----------
        name
            Name of the experiment.
        artifact_location
            Where artifacts of its runs go; below the store's own root when left out.
        tags
            Values by name.

        Returns
        -------
        str
        """
        location = str(artifact_location) if artifact_location is not None else None
        answer = self._call("CreateExperiment", name=name, artifact_location=location, tags=pairs(tags))
        return answer["experiment_id"]

    def get_experiment(self, experiment_id):
        """Return the experiment with this id.

        Parameters
        ----------
        experiment_id
            Id of the experiment.

        Returns
        -------
        Experiment
        """
        answer = self._call("GetExperiment", experiment_id=str(experiment_id))
        return Experiment._from_wire(answer["experiment"])

    def get_experiment_by_name(self, name):
        """Return the experiment with this name, or ``None``.

        Parameters
        ----------
        name
            Name of the experiment.

        Returns
        -------
        Experiment or None
        """
        try:
            answer = self._call("GetExperimentByName", experiment_name=name)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
        return Experiment._from_wire(answer["experiment"])

    def search_experiments(
        self, view_type=ViewType.ACTIVE_ONLY, max_results=1000, filter_string=None, order_by=None, page_token=None
    ):
        """Return one page of experiments.

        Parameters
        ----------
        view_type
            Active ones, deleted ones, or all: a ``ViewType``.
        max_results
            Most results of the page.
        filter_string
            Filter; see :func:`trainyard.search_experiments`.
        order_by
            Order; see :func:`trainyard.search_experiments`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of Experiment
        """
        answer = self._call(
            "SearchExperiments",
            view_type=ViewType.to_string(view_type).upper(),
            max_results=max_results,
            filter=filter_string,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList._from_wire(answer, "experiments", Experiment)

    def rename_experiment(self, experiment_id, new_name):
        """Give an experiment another name.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        new_name
            The new name.
        """
        self._call("UpdateExperiment", experiment_id=str(experiment_id), new_name=new_name)

    def delete_experiment(self, experiment_id):
        """Soft-delete an experiment and its runs.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        """
        self._call("DeleteExperiment", experiment_id=str(experiment_id))

    def restore_experiment(self, experiment_id):
        """Undo :meth:`delete_experiment`.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        """
        self._call("RestoreExperiment", experiment_id=str(experiment_id))

    def set_experiment_tag(self, experiment_id, key, value):
        """Set a tag of an experiment.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        key
            Name of the tag.
        value
            Value, written as its ``str``.
        """
        self._call("SetExperimentTag", experiment_id=str(experiment_id), key=key, value=str(value))

    def delete_experiment_tag(self, experiment_id, key):
        """Remove a tag of an experiment.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        key
            Name of the tag.
        """
        self._call("DeleteExperimentTag", experiment_id=str(experiment_id), key=key)
