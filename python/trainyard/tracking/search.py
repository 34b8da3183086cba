"""Searching runs and logged models, as lists or as data frames."""

from trainyard.entities.logged_model import LoggedModel
from trainyard.entities.run import ViewType
from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.tracking import experiments
from trainyard.tracking.client import MlflowClient
from trainyard.tracking.paging import all_pages

_PAGE_SIZE = 1000
_LOGGED_MODELS_PAGE_SIZE = 100
_REGISTRY_PAGE_SIZE = 1000
# Whether the program knows that there is no pandas.
_told = False


def search_runs(
    experiment_ids=None,
    filter_string="",
    run_view_type=ViewType.ACTIVE_ONLY,
    max_results=100000,
    order_by=None,
    output_format="pandas",
    search_all_experiments=False,
    experiment_names=None,
):
    """Return the runs that match a filter.

    Parameters
    ----------
    experiment_ids
        Experiments to look in; by default the active one.
    filter_string
        Filter, such as ``"metrics.accuracy > 0.9 and params.depth = '5'"``.
    run_view_type
        Active runs, deleted runs, or all: a ``ViewType``.
    max_results
        Most runs to return.
    order_by
        Order, such as ``["metrics.accuracy DESC"]``.
    output_format
        ``"pandas"`` for a data frame, or ``"list"`` for a list of ``Run``. Where pandas is not installed it is always a
        list, with a warning once.
    search_all_experiments
        Look in all active experiments when none is given.
    experiment_names
        Names of experiments, in place of ids.

    Returns
    -------
    pandas.DataFrame or list of Run
    """
    _check_format(output_format)
    if experiment_ids is not None and experiment_names is not None:
        raise MlflowException.invalid_parameter_value("give either experiment_ids or experiment_names")
    client = MlflowClient()
    if isinstance(experiment_ids, (str, int)):
        experiment_ids = [experiment_ids]
    if experiment_names:
        experiment_ids = [
            experiment.experiment_id
            for experiment in map(client.get_experiment_by_name, experiment_names)
            if experiment
        ]
    elif not experiment_ids:
        if search_all_experiments:
            experiment_ids = [experiment.experiment_id for experiment in experiments.search_experiments()]
        elif experiment_ids is None:
            experiment_ids = [experiments.active_experiment_id()]
    runs = (
        all_pages(
            lambda count, token: client.search_runs(
                experiment_ids, filter_string, run_view_type, count, order_by, token
            ),
            max_results,
            _PAGE_SIZE,
        )
        if experiment_ids
        else []
    )
    pandas = _pandas(output_format)
    return runs if pandas is None else _runs_frame(pandas, runs)


def search_logged_models(
    experiment_ids=None, filter_string=None, datasets=None, max_results=None, order_by=None, output_format="pandas"
):
    """Return the logged models that match a filter.

    Parameters
    ----------
    experiment_ids
        Experiments to look in; by default the active one.
    filter_string
        Filter, such as ``"metrics.accuracy > 0.9 and name = 'iris'"``.
    datasets
        Datasets that metrics in the filter and the order have to be of, as dicts with ``dataset_name`` and
        ``dataset_digest``.
    max_results
        Most models to return; all when left out.
    order_by
        Order: dicts with ``field_name``, and ``ascending``, ``dataset_name`` and ``dataset_digest`` where wanted.
    output_format
        ``"pandas"`` for a data frame, or ``"list"`` for a list of ``LoggedModel``. Where pandas is not installed it is
        always a list, with a warning once.

    Returns
    -------
    pandas.DataFrame or list of LoggedModel
    """
    _check_format(output_format)
    client = MlflowClient()
    experiment_ids = experiment_ids or [experiments.active_experiment_id()]
    models = all_pages(
        lambda count, token: client.search_logged_models(
            experiment_ids, filter_string, datasets, count, order_by, token
        ),
        max_results,
        _LOGGED_MODELS_PAGE_SIZE,
    )
    pandas = _pandas(output_format)
    if pandas is None:
        return models
    return pandas.DataFrame([{field: getattr(model, field) for field in LoggedModel._fields} for model in models])


def search_registered_models(max_results=None, filter_string=None, order_by=None):
    """Return the registered models that match a filter.

    Parameters
    ----------
    max_results
        Most models to return; all when left out.
    filter_string
        Filter, such as ``"name LIKE 'iris%'"``.
    order_by
        Order, such as ``["last_updated_timestamp DESC"]``.

    Returns
    -------
    list of RegisteredModel
    """
    client = MlflowClient()
    return all_pages(
        lambda count, token: client.search_registered_models(filter_string, count, order_by, token),
        max_results,
        _REGISTRY_PAGE_SIZE,
    )


def search_model_versions(max_results=None, filter_string=None, order_by=None):
    """Return the model versions that match a filter.

    Parameters
    ----------
    max_results
        Most versions to return; all when left out.
    filter_string
        Filter, such as ``"name = 'iris' and tag.stage = 'checked'"``.
    order_by
        Order, such as ``["version_number DESC"]``.

    Returns
    -------
    list of ModelVersion
    """
    client = MlflowClient()
    return all_pages(
        lambda count, token: client.search_model_versions(filter_string, count, order_by, token),
        max_results,
        _REGISTRY_PAGE_SIZE,
    )


def _runs_frame(pandas, runs):
    columns = {
        "run_id": [run.info.run_id for run in runs],
        "experiment_id": [run.info.experiment_id for run in runs],
        "status": [run.info.status for run in runs],
        "artifact_uri": [run.info.artifact_uri for run in runs],
        "start_time": pandas.to_datetime([run.info.start_time for run in runs], unit="ms", utc=True),
        "end_time": pandas.to_datetime([run.info.end_time for run in runs], unit="ms", utc=True),
    }
    for kind, missing in (("metrics", float("nan")), ("params", None), ("tags", None)):
        dicts = [getattr(run.data, kind) for run in runs]
        for key in dict.fromkeys(key for pairs in dicts for key in pairs):
            columns[f"{kind}.{key}"] = [pairs.get(key, missing) for pairs in dicts]
    return pandas.DataFrame(columns)


def _check_format(output_format):
    if output_format not in ("pandas", "list"):
        raise MlflowException.invalid_parameter_value(
            f"output_format: unsupported value {output_format!r}; valid ones are 'pandas' and 'list'"
        )


def _pandas(output_format):
    """Return pandas, or ``None`` when the results are to be a list."""
    global _told
    if output_format == "list":
        return None
    try:
        import pandas
    except ImportError:
        if not _told:
            _told = True
            warn(
                "pandas is not installed, so searches return lists: pip install 'trainyard[pandas]' for data frames, "
                "or ask for output_format='list'"
            )
        return None
    return pandas
