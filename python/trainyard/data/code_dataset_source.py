"""The running program as a source, for data that says nothing of where it comes from."""

from trainyard.data.dataset_source import DatasetSource


class CodeDatasetSource(DatasetSource):
    """The program that made the data.

    Parameters
    ----------
    tags
        The tags that say which program it was: user, script, commit.
    """

    def __init__(self, tags):
        self._tags = tags

    @staticmethod
    def _get_source_type():
        return "code"

    def to_dict(self):
        """Return what is logged of the source."""
        return {"tags": self._tags}

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        return cls(source_dict.get("tags"))
