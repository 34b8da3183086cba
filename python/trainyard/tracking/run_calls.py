"""The calls of ``MlflowClient`` about runs themselves: start, find, change, end, delete."""

import time

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.run import Run, RunStatus, ViewType
from trainyard.tracking import run_logs
from trainyard.tracking.context import PARENT_RUN_ID, USER


class RunCalls:
    """Runs, without what is logged to them."""

    def create_run(self, experiment_id, start_time=None, tags=None, run_name=None):
        """Start a run and return it.

        Parameters
        ----------
        experiment_id
            Id of the experiment.
        start_time
            Milliseconds since the epoch; now when left out.
        tags
            Values by name.
        run_name
            Name for people; one is made up when left out.

        Returns
        -------
        Run
        """
        answer = self._call(
            "CreateRun",
            experiment_id=str(experiment_id),
            user_id=str((tags or {}).get(USER, "unknown")),
            start_time=start_time or now(),
            tags=pairs(tags),
            run_name=run_name,
        )
        run = Run._from_wire(answer["run"])
        run_logs.remember(self, run.info.run_id)
        return run

    def get_run(self, run_id):
        """Return a run with its params, tags and the latest point of each metric.

        Parameters
        ----------
        run_id
            Id of the run.

        Returns
        -------
        Run
        """
        return Run._from_wire(self._call("GetRun", run_id=run_id)["run"])

    def get_parent_run(self, run_id):
        """Return the run under which a run is nested, or ``None``.

        Parameters
        ----------
        run_id
            Id of the run.

        Returns
        -------
        Run or None
        """
        parent_run_id = self.get_run(run_id).data.tags.get(PARENT_RUN_ID)
        return self.get_run(parent_run_id) if parent_run_id else None

    def search_runs(
        self,
        experiment_ids,
        filter_string="",
        run_view_type=ViewType.ACTIVE_ONLY,
        max_results=1000,
        order_by=None,
        page_token=None,
    ):
        """Return one page of runs of the given experiments.

        Parameters
        ----------
        experiment_ids
            Ids of the experiments.
        filter_string
            Filter; see :func:`trainyard.search_runs`.
        run_view_type
            Active runs, deleted runs, or all: a ``ViewType``.
        max_results
            Most results of the page.
        order_by
            Order; see :func:`trainyard.search_runs`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of Run
        """
        if isinstance(experiment_ids, (int, str)):
            experiment_ids = [experiment_ids]
        answer = self._call(
            "SearchRuns",
            experiment_ids=[str(experiment_id) for experiment_id in experiment_ids],
            filter=filter_string,
            run_view_type=ViewType.to_string(run_view_type).upper(),
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList._from_wire(answer, "runs", Run)

    def update_run(self, run_id, status=None, name=None):
        """Change status or name of a run.

        Parameters
        ----------
        run_id
            Id of the run.
        status
            Name of the status, such as ``"FAILED"``.
        name
            The new name.
        """
        self._call("UpdateRun", run_id=run_id, status=status, run_name=name)

    def set_terminated(self, run_id, status=None, end_time=None):
        """End a run, by default as FINISHED and now, and wait for a while until everything is delivered.

        Parameters
        ----------
        run_id : str
            Id of the run.
        status : str
            ``"FINISHED"``, ``"FAILED"`` or ``"KILLED"``.
        end_time : int
            Milliseconds since the epoch; now when left out.

        Raises
        ------
        MlflowException
            When ``status`` is none, or the store has refused something that was logged to the run.
        """
        status = status or RunStatus.to_string(RunStatus.FINISHED)
        run_logs.end(self, run_id, status, end_time)

    def delete_run(self, run_id):
        """Soft-delete a run.

        Parameters
        ----------
        run_id
            Id of the run.
        """
        self._call("DeleteRun", run_id=run_id)

    def restore_run(self, run_id):
        """Undo :meth:`delete_run`.

        Parameters
        ----------
        run_id
            Id of the run.
        """
        self._call("RestoreRun", run_id=run_id)


def now():
    """Return the time in milliseconds since the epoch."""
    return int(time.time() * 1000)
