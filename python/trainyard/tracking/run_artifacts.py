"""Files of the active run: adding them, from disk or from memory."""

import posixpath

from trainyard.tracking.client import MlflowClient
from trainyard.tracking.fluent import active_run, active_run_id


def log_artifact(local_path, artifact_path=None, run_id=None):
    """Add a local file or folder to the artifacts of a run, below ``artifact_path``.

    Parameters
    ----------
    local_path
        The file or folder.
    artifact_path
        Folder in the run's artifacts.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    MlflowClient().log_artifact(run_id or active_run_id(), local_path, artifact_path)


def log_artifacts(local_dir, artifact_path=None, run_id=None):
    """Add the contents of a local folder to the artifacts of a run, below ``artifact_path``.

    Parameters
    ----------
    local_dir
        The folder.
    artifact_path
        Folder in the run's artifacts.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    MlflowClient().log_artifacts(run_id or active_run_id(), local_dir, artifact_path)


def log_text(text, artifact_file, run_id=None):
    """Write a text into a file of a run's artifacts.

    Parameters
    ----------
    text
        The text, written in UTF-8.
    artifact_file
        Path of the file in the run's artifacts.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    MlflowClient().log_text(run_id or active_run_id(), text, artifact_file)


def log_dict(dictionary, artifact_file, run_id=None):
    """Write a dict into a file of a run's artifacts: YAML for ``.yml`` and ``.yaml``, else JSON.

    Parameters
    ----------
    dictionary
        The dict; NumPy numbers and dates in it are written as plain ones.
    artifact_file
        Path of the file in the run's artifacts.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    MlflowClient().log_dict(run_id or active_run_id(), dictionary, artifact_file)


def log_stream(stream, artifact_file, run_id=None):
    """Write what is left of a binary stream into a file of a run's artifacts.

    Parameters
    ----------
    stream
        A file open for reading bytes, or anything else with ``read``.
    artifact_file
        Path of the file in the run's artifacts.
    run_id
        The run; by default the active one, which is started when there is none.
    """
    MlflowClient().log_stream(run_id or active_run_id(), stream, artifact_file)


def log_figure(figure, artifact_file, *, save_kwargs=None):
    """Write a Matplotlib or Plotly figure into a file of the active run's artifacts.

    Parameters
    ----------
    figure
        A ``matplotlib.figure.Figure`` or a Plotly figure.
    artifact_file
        Path of the file in the run's artifacts; its suffix is the format.
    save_kwargs
        Further arguments of the figure's own method.
    """
    MlflowClient().log_figure(active_run_id(), figure, artifact_file, save_kwargs=save_kwargs)


def get_artifact_uri(artifact_path=None):
    """Return the URI of the active run's artifacts, or of one below them.

    Parameters
    ----------
    artifact_path
        Path below the run's artifacts.

    Returns
    -------
    str
    """
    active_run_id()
    root = active_run().info.artifact_uri
    return posixpath.join(root, artifact_path) if artifact_path else root
