"""The calls of ``MlflowClient`` that log tables and read them back."""

import io
import os
import posixpath
import sys

from trainyard.exceptions import MlflowException
from trainyard.tracking import multimedia
from trainyard.tracking.artifacts import new_transfer

LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
_PAGE_SIZE = 1000

# The path stands in the filter that finds the runs with a table, where these characters have a meaning.
_FORBIDDEN = "\"',:[]{}"


class TableCalls:
    """Tables of runs."""

    def log_table(self, run_id, data, artifact_file):
        """Write a table into a run's artifacts, or add its rows to the table that is there.

        Parameters
        ----------
        run_id
            The run.
        data
            A pandas or Polars DataFrame, or a dict of columns or of the values of one row. Columns may hold pictures
            (``trainyard.Image`` or PIL images), which are stored as files of their own.
        artifact_file
            Path of the table in the run's artifacts; ends with ``.json`` or ``.parquet``.
        """
        import json

        _check_path(artifact_file)
        if not artifact_file.endswith((".json", ".parquet")):
            raise ValueError(
                f"Invalid artifact file path '{artifact_file}'. Please ensure the file you are trying to log as a "
                "table has a file name with either '.json' or '.parquet' extension."
            )
        table, images = _split_images(_frame(data), artifact_file)
        artifacts = self._connection.artifacts(self._artifact_uri(run_id))
        written = self._read_table(artifacts, artifact_file, infer_dtypes=False)
        if written is not None:
            import pandas

            table = pandas.concat([written, table], ignore_index=True)
        content = _encode(table, artifact_file)
        for path, image in images.items():
            artifacts.write(path, image)
        artifacts.write(artifact_file, content)
        logged = json.loads(self.get_run(run_id).data.tags.get(LOGGED_ARTIFACTS, "[]"))
        entry = {"path": artifact_file, "type": "table"}
        if entry not in logged:
            self.set_tag(run_id, LOGGED_ARTIFACTS, json.dumps([*logged, entry]))

    def load_table(self, experiment_id, artifact_file, run_ids=None, extra_columns=None):
        """Return the tables that runs of an experiment logged under one path, below each other.

        Parameters
        ----------
        experiment_id
            The experiment.
        artifact_file
            Path of the table in the runs' artifacts.
        run_ids
            Runs to take it from; all that have it by default.
        extra_columns
            Columns to add that say of which run a row is: ``"run_id"``, ``"params.lr"``, ``"metrics.accuracy"`` and so
            on, as in the data frame of ``search_runs``.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas

        _check_path(artifact_file)
        runs = self._runs_with_table(experiment_id, artifact_file, run_ids)
        if run_ids and len(set(run_ids)) != len(runs):
            import warnings

            warnings.warn("Not all runs have the specified table artifact. Some runs will be skipped.", stacklevel=3)
        if not runs:
            raise MlflowException("No runs found with the corresponding table artifact.", "RESOURCE_DOES_NOT_EXIST")
        tables = []
        for run in runs:
            artifacts = self._connection.artifacts(run.info.artifact_uri)
            table = self._read_table(artifacts, artifact_file)
            if table is None:
                raise MlflowException(
                    f"Artifact {artifact_file} not found for run {run.info.run_id}.", "RESOURCE_DOES_NOT_EXIST"
                )
            for column in extra_columns or ():
                # A column of the table that has the name keeps it.
                table[f"{column}_" if column in table else column] = _value_of_run(run, column)
            tables.append(table)
        return pandas.concat(tables, ignore_index=True)

    def _runs_with_table(self, experiment_id, artifact_file, run_ids):
        from trainyard.tracking.paging import all_pages

        entry = f'"path"%:%"{artifact_file}",%"type"%:%"table"'
        filter_string = f"tags.{LOGGED_ARTIFACTS} LIKE '%{entry}%'"
        if run_ids:
            filter_string += f" and attributes.run_id IN ({','.join(map(repr, run_ids))})"
        return all_pages(
            lambda count, token: self.search_runs([experiment_id], filter_string, max_results=count, page_token=token),
            None,
            _PAGE_SIZE,
        )

    def _read_table(self, artifacts, artifact_file, infer_dtypes=True):
        """Return the table that is stored under a path, or ``None``."""
        import tempfile

        path = posixpath.normpath(artifact_file)
        if not any(file["path"] == path for file in artifacts.list(posixpath.dirname(path))):
            return None
        with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
            return _decode(artifacts.download(path, folder, new_transfer()), infer_dtypes)


def _check_path(artifact_file):
    for character in _FORBIDDEN:
        if character in artifact_file:
            raise ValueError(f"The artifact_file contains forbidden character: {character}")


def _frame(data):
    """Return a table as a data frame that can be changed without changing the user's."""
    import pandas

    polars = sys.modules.get("polars")
    if polars is not None and isinstance(data, polars.DataFrame):
        data = data.to_dict(as_series=False)
    if isinstance(data, pandas.DataFrame):
        return data.copy(deep=False)
    if not isinstance(data, dict):
        raise MlflowException.invalid_parameter_value(
            f"data must be a pandas.DataFrame or a dictionary, not {type(data).__qualname__}"
        )
    try:
        return pandas.DataFrame(data)
    except ValueError:
        # The values of one row.
        return pandas.DataFrame([data])


def _split_images(table, artifact_file):
    """Return the table with the paths of its pictures in place of the pictures, and the files by path."""
    images = {}
    folder = posixpath.join("table_images", os.path.splitext(artifact_file)[0])
    for position, column in enumerate(table.columns):
        if table.dtypes.iloc[position].kind != "O" or not len(table):
            continue
        cells = list(table.iloc[:, position])
        found = [_is_image(cell) for cell in cells]
        if any(found) and not all(found):
            raise ValueError(
                f"Column `{column}` contains a mix of images and non-images. Please ensure that all elements in the "
                "column are of the same type."
            )
        if all(found):
            table.isetitem(position, [_store(cell, folder, images) for cell in cells])
    return table, images


def _is_image(cell):
    return callable(getattr(cell, "save", None)) and callable(getattr(cell, "resize", None)) and hasattr(cell, "size")


def _store(image, folder, images):
    import uuid

    name = posixpath.join(folder, str(uuid.uuid4()))
    image = multimedia.to_pil_image(image)
    images[f"{name}.png"] = multimedia.encode(image, f"{name}.png")
    images[f"{name}.webp"] = multimedia.encode(multimedia.compress_image_size(image), f"{name}.webp")
    return {"type": "image", "filepath": f"{name}.png", "compressed_filepath": f"{name}.webp"}


def _encode(table, artifact_file):
    try:
        if artifact_file.endswith(".json"):
            return table.to_json(orient="split", index=False, date_format="iso").encode("utf-8")
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        return buffer.getvalue()
    except Exception as error:
        reason = "the data is not JSON serializable" if artifact_file.endswith(".json") else "it cannot be parquet"
        raise MlflowException.invalid_parameter_value(
            f"Failed to save {table} as table as {reason}. Error: {error}"
        ) from error


def _decode(path, infer_dtypes):
    import pandas

    if path.endswith(".parquet"):
        return pandas.read_parquet(path)
    if infer_dtypes:
        return pandas.read_json(path, orient="split")
    import json

    # As it is written, with texts that look like dates or numbers left alone.
    with open(path, encoding="utf-8") as file:
        written = json.load(file)
    return pandas.DataFrame(written["data"], columns=written["columns"])


def _value_of_run(run, column):
    """Return what the data frame of ``search_runs`` has for a run in a column."""
    kind, dot, key = column.partition(".")
    if dot and kind in ("metrics", "params", "tags"):
        return getattr(run.data, kind).get(key, float("nan") if kind == "metrics" else None)
    if column in ("start_time", "end_time"):
        import pandas

        return pandas.to_datetime(getattr(run.info, column), unit="ms", utc=True)
    if column in ("run_id", "experiment_id", "status", "artifact_uri"):
        return getattr(run.info, column)
    raise MlflowException.invalid_parameter_value(
        f"extra_columns: {column!r} is no column of runs, which have run_id, experiment_id, status, artifact_uri, "
        "start_time, end_time, metrics.…, params.… and tags.…"
    )
