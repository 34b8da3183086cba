"""Pictures and tables of the active run."""

from trainyard.tracking import experiments
from trainyard.tracking.client import MlflowClient


def log_image(image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=False):
    """Write a picture into the active run's artifacts: as a file, or as one of a series under a key.

    Parameters
    ----------
    image
        A NumPy array of pixels (integers from 0 to 255, floats from 0 to 1), a PIL image or a ``trainyard.Image``.
    artifact_file
        Path of the file in the run's artifacts; its suffix is the format.
    key
        Name of a series of pictures, in place of ``artifact_file``.
    step
        Training step of the picture in its series, 0 when left out.
    timestamp
        Milliseconds since the epoch; now when left out.
    synchronous
        With ``True``, return when the picture is stored. By default a picture of a series is uploaded in the
        background; ``flush_async_logging`` and the end of the run wait for it.
    """
    from trainyard.tracking.fluent import active_run_id

    MlflowClient().log_image(active_run_id(), image, artifact_file, key, step, timestamp, synchronous)


def log_table(data, artifact_file, run_id=None):
    """Write a table into a run's artifacts, or add its rows to the table that is there.

    Parameters
    ----------
    data
        A pandas or Polars DataFrame, or a dict of columns or of the values of one row. Columns may hold pictures
        (``trainyard.Image`` or PIL images), which are stored as files of their own.
    artifact_file
        Path of the table in the run's artifacts; ends with ``.json`` or ``.parquet``.
    run_id
        The run; the active one by default.
    """
    from trainyard.tracking.fluent import active_run_id

    MlflowClient().log_table(run_id or active_run_id(), data, artifact_file)


def load_table(artifact_file, run_ids=None, extra_columns=None):
    """Return the tables that runs of the active experiment logged under one path, below each other.

    Parameters
    ----------
    artifact_file
        Path of the table in the runs' artifacts.
    run_ids
        Runs to take it from; all that have it by default.
    extra_columns
        Columns to add that say of which run a row is, such as ``"run_id"`` or ``"params.lr"``.

    Returns
    -------
    pandas.DataFrame
    """
    return MlflowClient().load_table(experiments.active_experiment_id(), artifact_file, run_ids, extra_columns)
