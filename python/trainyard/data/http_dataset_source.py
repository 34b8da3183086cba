"""Files on the web as sources."""

import os
from urllib.parse import unquote, urlsplit

from trainyard.data.dataset_source import DatasetSource, required
from trainyard.exceptions import MlflowException

_TIMEOUT_SECONDS = 120


class HTTPDatasetSource(DatasetSource):
    """A file at an ``http:`` or ``https:`` URL.

    Parameters
    ----------
    url
        The URL.
    """

    def __init__(self, url):
        self._url = url

    @property
    def url(self):
        """The URL."""
        return self._url

    @staticmethod
    def _get_source_type():
        return "http"

    def load(self, dst_path=None):
        """Download the file and return where it lies now.

        Parameters
        ----------
        dst_path
            Folder to put it into; a temporary one when left out.
        """
        import shutil
        import tempfile
        import urllib.error
        import urllib.request

        try:
            with urllib.request.urlopen(self.url, timeout=_TIMEOUT_SECONDS) as response:
                name = self._file_name(response.headers)
                folder = tempfile.mkdtemp(prefix="trainyard-") if dst_path is None else os.fspath(dst_path)
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    shutil.copyfileobj(response, file, 1 << 20)
        except urllib.error.HTTPError as error:
            raise MlflowException(
                f"{self.url} answered {error.code} {error.reason}", "RESOURCE_DOES_NOT_EXIST"
            ) from None
        except urllib.error.URLError as error:
            raise MlflowException(
                f"{self.url} could not be reached: {error.reason}", "TEMPORARILY_UNAVAILABLE"
            ) from error
        return path

    def _file_name(self, headers):
        name = headers.get_filename()
        if name:
            # The server chooses the name; it must not choose the folder too.
            if os.path.basename(name) != name or "\\" in name or name in (".", ".."):
                raise MlflowException.invalid_parameter_value(
                    f"Invalid filename in Content-Disposition header: {name}. It must be a file name, not a path."
                )
            return name
        name = os.path.basename(unquote(urlsplit(self.url).path))
        return "dataset_source" if name in ("", ".", "..") else name

    @staticmethod
    def _can_resolve(raw_source):
        if not isinstance(raw_source, str):
            return False
        try:
            return urlsplit(raw_source).scheme in ("http", "https")
        except ValueError:
            return False

    @classmethod
    def _resolve(cls, raw_source):
        return cls(raw_source)

    def to_dict(self):
        """Return what is logged of the source."""
        return {"url": self.url}

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        return cls(required(cls, source_dict, "url"))
