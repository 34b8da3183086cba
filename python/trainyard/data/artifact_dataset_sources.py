"""Files on this machine and objects in buckets as sources: one class per scheme of URIs."""

import os
from urllib.parse import unquote, urlsplit

from trainyard.data.filesystem_dataset_source import FileSystemDatasetSource

# Scheme and name of the class. What a scheme leads to is for the artifact store to know; here they are only names.
_SCHEMES = {
    "s3": "S3ArtifactDatasetSource",
    "r2": "R2ArtifactDatasetSource",
    "b2": "B2ArtifactDatasetSource",
    "gs": "GCSArtifactDatasetSource",
    "wasbs": "AzureBlobArtifactDatasetSource",
    "abfss": "AzureDataLakeArtifactDatasetSource",
    "ftp": "FTPArtifactDatasetSource",
    "sftp": "SFTPArtifactDatasetSource",
    "hdfs": "HdfsArtifactDatasetSource",
    "viewfs": "HdfsArtifactDatasetSource",
}


class LocalArtifactDatasetSource(FileSystemDatasetSource):
    """A file or folder on this machine, by path or ``file:`` URI."""

    @staticmethod
    def _get_source_type():
        return "local"

    def load(self, dst_path=None):
        """Return the absolute path; with ``dst_path``, copy the file or folder into it and return the copy's path."""
        parts = urlsplit(self.uri)
        path = os.path.abspath(unquote(parts.path) if parts.scheme == "file" else self.uri)
        if not os.path.exists(path):
            raise FileNotFoundError(f"no such file or folder: {path!r}")
        if dst_path is None:
            return path
        import shutil

        os.makedirs(dst_path, exist_ok=True)
        copy = os.path.join(dst_path, os.path.basename(path))
        if os.path.isdir(path):
            shutil.copytree(path, copy, dirs_exist_ok=True)
        else:
            shutil.copyfile(path, copy)
        return copy

    @staticmethod
    def _can_resolve(raw_source):
        if isinstance(raw_source, os.PathLike):
            return True
        if not isinstance(raw_source, str):
            return False
        scheme, host = _split(raw_source)
        if scheme == "file":
            return not host or host == "." or host.startswith(("localhost", "127.0.0.1"))
        return not scheme or (os.name == "nt" and len(scheme) == 1)


def _source_class(scheme, name):
    def can_resolve(raw_source):
        return isinstance(raw_source, str) and _split(raw_source)[0] == scheme

    fields = {
        "__doc__": f"A file or folder at a URI that begins with ``{scheme}:``.",
        "__module__": __name__,
        "_get_source_type": staticmethod(lambda: scheme),
        "_can_resolve": staticmethod(can_resolve),
    }
    return type(name, (FileSystemDatasetSource,), fields)


def _split(text):
    try:
        parts = urlsplit(text)
        return parts.scheme, parts.hostname
    except ValueError:
        return text, None


ARTIFACT_SOURCES = [LocalArtifactDatasetSource, *(_source_class(*item) for item in _SCHEMES.items())]
