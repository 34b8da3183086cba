"""Sources that a URI names and that are loaded as files."""

from trainyard.data.dataset_source import DatasetSource, required


class FileSystemDatasetSource(DatasetSource):
    """A file or folder that a URI names.

    Parameters
    ----------
    uri
        The URI.
    """

    def __init__(self, uri):
        self._uri = uri

    @property
    def uri(self):
        """The URI."""
        return self._uri

    def load(self, dst_path=None):
        """Fetch the file or folder and return where it lies now.

        Parameters
        ----------
        dst_path
            Folder to fetch into; a temporary one when left out.
        """
        from trainyard.artifacts import download_artifacts

        return download_artifacts(artifact_uri=self.uri, dst_path=dst_path)

    @classmethod
    def _resolve(cls, raw_source):
        return cls(str(raw_source))

    def to_dict(self):
        """Return what is logged of the source."""
        return {"uri": self.uri}

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        return cls(required(cls, source_dict, "uri"))
