"""Names of environment variables that hold keys and tokens and that a model read while it predicted its example.

They are kept beside the model, as MLflow keeps them, for whoever has to set them where the model will be served. Only
names are written, never values.
"""

import contextlib
import os
import threading

from trainyard import environment

FILE = "environment_variables.txt"
# Names that hold one of these, as in MLflow 3.18.
_KEYS = (
    "API_KEY",
    "API_TOKEN",
    "DATABRICKS_HOST",
    "DATABRICKS_USERNAME",
    "DATABRICKS_PASSWORD",
    "DATABRICKS_TOKEN",
    "DATABRICKS_INSECURE",
    "DATABRICKS_CLIENT_ID",
    "DATABRICKS_CLIENT_SECRET",
    "_DATABRICKS_WORKSPACE_HOST",
    "_DATABRICKS_WORKSPACE_ID",
)
_HEADER = """\
# Names of environment variables that this model read when it predicted its input example.
# Where it is served they may have to be set; not all of them need be required.
"""
_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def reads_recorded():
    """Collect the names of variables with keys and tokens that are read in the ``with`` block, in any thread.

    Yields
    ------
    set of str
        Names of variables that were set. It stays empty with ``MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING=false``.
    """
    names = set()
    if not environment.is_true("RECORD_ENV_VARS_IN_MODEL_LOGGING", default=True):
        yield names
        return
    # All ways to read a variable go through this one method, which is looked up on the class.
    kind = type(os.environ)
    with _one_at_a_time:
        read = kind.__getitem__

        def recording(self, key):
            value = read(self, key)
            if isinstance(key, str) and any(part in key for part in _KEYS):
                names.add(key)
            return value

        kind.__getitem__ = recording
        try:
            yield names
        finally:
            kind.__getitem__ = read


def write(folder, names):
    """Write the names into a model directory."""
    with open(os.path.join(folder, FILE), "w", encoding="utf-8") as file:
        file.write(_HEADER + "".join(f"{name}\n" for name in names))
