"""Searches for params, such as ``GridSearchCV``: what they found, and a run for each of the best points."""

import io
import numbers
from typing import NamedTuple

from trainyard.entities.dataset import DatasetInput, InputTag
from trainyard.notices import warn
from trainyard.tracking import context
from trainyard.tracking.client import MlflowClient, now

_RANK = "rank_test_score"


class Point(NamedTuple):
    """One combination of params that was tried."""

    params: dict
    metrics: dict


def is_search(estimator):
    """Tell whether an estimator searches the params of another one."""
    from sklearn.model_selection._search import BaseSearchCV

    return isinstance(estimator, BaseSearchCV)


def best_params(estimator):
    """Return the best params that a search has found, as ``best_<param>``; an empty dict for other estimators."""
    return {f"best_{name}": value for name, value in (getattr(estimator, "best_params_", None) or {}).items()}


def points(search, most):
    """Return what a search has tried, the best first where only some are wanted.

    Parameters
    ----------
    search
        A fitted search.
    most : int or None
        How many; ``None`` for all.

    Returns
    -------
    list[Point]
        Metrics are means and deviations over the splits, not those of each split.
    """
    results = search.cv_results_
    order = range(len(results["params"]))
    if most is not None:
        order = sorted(order, key=results[_rank_column(results)].__getitem__)[:most]
    names = [name for name in results if not name.startswith(("param", "split"))]
    return [
        Point(
            results["params"][index],
            {name: results[name][index] for name in names if isinstance(results[name][index], numbers.Number)},
        )
        for index in order
    ]


def log_results(run_id, results):
    """Log everything that a search has tried as the table ``cv_results.csv``."""
    import pandas

    table = pandas.DataFrame.from_dict(results).to_csv(index=False)
    MlflowClient().log_stream(run_id, io.BytesIO(table.encode()), "cv_results.csv")


def start_child(parent, estimator):
    """Start a run below that of the search, as of when the search began, and return its id."""
    from trainyard.sklearn.recording import tags_of

    tags = context.resolve_tags(
        {"mlflow.autologging": "sklearn", context.PARENT_RUN_ID: parent.info.run_id, **tags_of(estimator)}
    )
    run = MlflowClient().create_run(parent.info.experiment_id, parent.info.start_time, tags)
    return run.info.run_id


def end_child(run_id, dataset):
    """Attach the training data to a run below that of the search, and end it."""
    client = MlflowClient()
    if dataset is not None:
        use = DatasetInput(dataset._to_mlflow_entity(), [InputTag(context.DATASET_CONTEXT, "train")])
        client.log_inputs(run_id, [use])
    client.set_terminated(run_id, end_time=now())


def _rank_column(results):
    if _RANK in results:
        return _RANK
    # With several metrics there is a rank for each.
    name = next(name for name in results if name.startswith("rank_test_"))
    warn(f"the best runs of the search are chosen by {name}; max_tuning_runs=None logs all of them")
    return name
