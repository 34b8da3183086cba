"""The artifact calls of ``MlflowClient``: files and folders of runs and logged models."""

import os
import posixpath
import sys

from trainyard import _core, environment
from trainyard.entities.experiment import FileInfo
from trainyard.exceptions import MlflowException

# How much of a stream is in memory at a time.
_PIECE = 1 << 20


class ArtifactCalls:
    """Artifacts of runs and logged models."""

    def list_artifacts(self, run_id, path=None):
        """Return the files and folders in one folder of a run's artifacts, or of a model that the run logged.

        Parameters
        ----------
        run_id
            Id of the run.
        path
            Path in the artifacts; their root when left out. Models are found by the name they were logged with.

        Returns
        -------
        list of FileInfo
        """
        found = self._list(self._artifact_uri(run_id), path)
        model = None if found else self._model_in_run(run_id, path)
        if model is None:
            return found
        root, name, below = model
        return [
            FileInfo(posixpath.join(name, file.path), file.is_dir, file.file_size) for file in self._list(root, below)
        ]

    def list_logged_model_artifacts(self, model_id, path=None):
        """Return the files and folders in one folder of a logged model.

        Parameters
        ----------
        model_id
            Id of the logged model.
        path
            Path in the artifacts; their root when left out.

        Returns
        -------
        list of FileInfo
        """
        return self._list(self.get_logged_model(model_id).artifact_location, path)

    def download_artifacts(self, run_id, path, dst_path=None):
        """Fetch a file or folder of a run, or of a model that the run logged, and return where it lies now.

        Parameters
        ----------
        run_id
            Id of the run.
        path
            Path in the artifacts; their root when left out. Models are found by the name they were logged with.
        dst_path
            An existing folder to fetch into; a temporary one when left out.

        Returns
        -------
        str
        """
        try:
            return self._download(self._artifact_uri(run_id), path, dst_path)
        except MlflowException as error:
            model = self._model_in_run(run_id, path) if error.error_code == "RESOURCE_DOES_NOT_EXIST" else None
            if model is None:
                raise
        root, _, below = model
        return self._download(root, below, dst_path)

    def _model_in_run(self, run_id, path):
        """Return the model that a path of a run leads into: its root, its name, and the path below; or ``None``.

        Models are no artifacts of their run since MLflow 3; by their name they are still found there.
        """
        name, _, below = (path or "").strip("/").partition("/")
        if not name:
            return None
        try:
            model = self._connection.resolve_model(f"runs:/{run_id}/{name}")
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
        return (model["artifact_uri"], name, below) if model["model_id"] else None

    def log_artifact(self, run_id, local_path, artifact_path=None):
        """Add a local file or folder to a run's artifacts.

        Parameters
        ----------
        run_id
            Id of the run.
        local_path
            The file or folder.
        artifact_path
            Folder in the artifacts.
        """
        local_path = os.fspath(local_path)
        if os.path.isdir(local_path):
            artifact_path = posixpath.join(artifact_path or "", os.path.basename(os.path.normpath(local_path)))
        self._upload(self._artifact_uri(run_id), local_path, artifact_path)

    def log_artifacts(self, run_id, local_dir, artifact_path=None):
        """Add the contents of a local folder to a run's artifacts.

        Parameters
        ----------
        run_id
            Id of the run.
        local_dir
            The folder.
        artifact_path
            Folder in the artifacts.
        """
        self._upload(self._artifact_uri(run_id), _existing_folder(local_dir), artifact_path)

    def log_model_artifact(self, model_id, local_path, artifact_path=None):
        """Add a local file to a logged model.

        Parameters
        ----------
        model_id
            Id of the logged model.
        local_path
            The file or folder.
        artifact_path
            Folder in the artifacts.
        """
        self._upload(self.get_logged_model(model_id).artifact_location, os.fspath(local_path), artifact_path)

    def log_model_artifacts(self, model_id, local_dir, artifact_path=None):
        """Add the contents of a local folder to a logged model.

        Parameters
        ----------
        model_id
            Id of the logged model.
        local_dir
            The folder.
        artifact_path
            Folder in the artifacts.
        """
        location = self.get_logged_model(model_id).artifact_location
        self._upload(location, _existing_folder(local_dir), artifact_path)

    def log_text(self, run_id, text, artifact_file):
        """Write a text into a file of a run's artifacts.

        Parameters
        ----------
        run_id
            Id of the run.
        text
            The text, written in UTF-8.
        artifact_file
            Path of the file in the run's artifacts.
        """
        self._write(run_id, artifact_file, text.encode("utf-8"))

    def log_dict(self, run_id, dictionary, artifact_file):
        """Write a dict into a file of a run's artifacts: YAML for ``.yml`` and ``.yaml``, else JSON.

        Parameters
        ----------
        run_id
            Id of the run.
        dictionary
            The dict; NumPy numbers and dates in it are written as plain ones.
        artifact_file
            Path of the file in the run's artifacts.
        """
        self._write(run_id, artifact_file, serialize_dict(dictionary, artifact_file))

    def log_stream(self, run_id, stream, artifact_file):
        """Write what is left of a binary stream into a file of a run's artifacts.

        Parameters
        ----------
        run_id
            Id of the run.
        stream
            A file open for reading bytes, or anything else with ``read``.
        artifact_file
            Path of the file in the run's artifacts.
        """
        artifacts = self._connection.artifacts(self._artifact_uri(run_id))
        # A stream may be larger than the memory. The temporary file has its final name, which is what is stored.
        folder, _, name = artifact_file.rpartition("/")
        if name in ("", ".", "..") or os.sep in name:
            # No name of a file, which is refused with the reason.
            artifacts.write(artifact_file, b"")
            return
        import shutil
        import tempfile

        with tempfile.TemporaryDirectory(prefix="trainyard-") as temporary:
            local = os.path.join(temporary, name)
            with open(local, "wb") as file:
                shutil.copyfileobj(stream, file, _PIECE)
            artifacts.upload(local, folder, new_transfer())

    def _artifact_uri(self, run_id):
        refuse_offline(f"run {run_id}")
        return self._call("GetRun", run_id=run_id)["run"]["info"]["artifact_uri"]

    def _list(self, artifact_uri, path):
        finish_uploads()
        return [FileInfo._from_wire(wire) for wire in self._connection.artifacts(artifact_uri).list(path or "")]

    def _download(self, artifact_uri, path, dst_path):
        finish_uploads()
        if dst_path is None:
            import tempfile

            dst_path = tempfile.mkdtemp(prefix="trainyard-")
        elif not os.path.isdir(dst_path):
            raise MlflowException.invalid_parameter_value(f"dst_path: there is no folder {os.fspath(dst_path)!r}")
        return self._connection.artifacts(artifact_uri).download(path or "", os.fspath(dst_path), new_transfer())

    def _upload(self, artifact_uri, local_path, artifact_path):
        if not os.path.exists(local_path):
            raise FileNotFoundError(f"no such file or folder: {local_path!r}")
        self._connection.artifacts(artifact_uri).upload(local_path, artifact_path or "", new_transfer())

    def _write(self, run_id, artifact_file, content):
        self._connection.artifacts(self._artifact_uri(run_id)).write(artifact_file, content)


def new_transfer():
    """Return what watches an upload or download: it shows a bar on a terminal, unless that is switched off."""
    return _core.Transfer(environment.is_true("ENABLE_ARTIFACTS_PROGRESS_BAR", default=True))


def refuse_offline(owner):
    """Raise where no server may be asked: artifacts are not in the journal.

    Parameters
    ----------
    owner
        What the artifacts are of, such as "run 123".
    """
    if _core.is_offline():
        raise MlflowException(
            f"{owner}: artifacts and models need the server, which TRAINYARD_OFFLINE forbids to ask. Params, metrics "
            "and tags are recorded without it; to log artifacts and models, leave TRAINYARD_OFFLINE out",
            "TEMPORARILY_UNAVAILABLE",
        )


def finish_uploads():
    """Wait for artifacts that are uploaded in the background, when there were any."""
    uploads = sys.modules.get("trainyard.tracking.uploads")
    if uploads is not None:
        uploads.wait()


def serialize_dict(dictionary, artifact_file):
    """Return a dict as the bytes of a file: YAML or JSON, by the suffix of its name."""
    import json

    if artifact_file.endswith((".yml", ".yaml")):
        from trainyard import _core

        # By way of JSON, so that what YAML has no word for (NumPy numbers, dates) is treated alike in both.
        return _core.to_yaml(json.loads(json.dumps(dictionary, default=_plain))).encode("utf-8")
    return json.dumps(dictionary, indent=2, default=_plain).encode("utf-8")


def _plain(value):
    """Return a value that JSON does not know as one that it does."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def _existing_folder(path):
    path = os.fspath(path)
    if not os.path.isdir(path):
        raise MlflowException.invalid_parameter_value(f"local_dir: there is no folder {path!r}")
    return path
