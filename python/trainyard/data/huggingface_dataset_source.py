"""Datasets of the Hugging Face hub as sources."""

from trainyard.data.dataset_source import DatasetSource


class HuggingFaceDatasetSource(DatasetSource):
    """A dataset of the Hugging Face hub, or one that ``datasets.load_dataset`` makes of files.

    Parameters
    ----------
    path
        Name or path of the dataset.
    config_name
        Its configuration.
    data_dir, data_files
        Files that it is made of.
    split
        The part of it, such as ``"train"``.
    revision
        Version of the dataset.
    trust_remote_code
        Passed on to versions of ``datasets`` that know it.
    """

    def __init__(
        self,
        path,
        config_name=None,
        data_dir=None,
        data_files=None,
        split=None,
        revision=None,
        trust_remote_code=None,
    ):
        self.path = path
        self.config_name = config_name
        self.data_dir = data_dir
        self.data_files = data_files
        self.split = split
        self.revision = revision
        self.trust_remote_code = trust_remote_code

    @staticmethod
    def _get_source_type():
        return "hugging_face"

    def load(self, **kwargs):
        """Return what ``datasets.load_dataset`` gives for the source; ``kwargs`` are further arguments of it."""
        import datasets

        arguments = {
            "path": self.path,
            "name": self.config_name,
            "data_dir": self.data_dir,
            "data_files": self.data_files,
            # What is logged of "no split" is a text.
            "split": None if self.split in (None, "None") else self.split,
            "revision": self.revision,
        }
        if self.trust_remote_code is not None:
            arguments["trust_remote_code"] = self.trust_remote_code
        twice = arguments.keys() & kwargs.keys()
        if twice:
            raise KeyError(
                f"Found duplicated arguments in `HuggingFaceDatasetSource` and `kwargs`: {twice}. Please remove them "
                "from `kwargs`."
            )
        return datasets.load_dataset(**arguments, **kwargs)

    def to_dict(self):
        """Return what is logged of the source."""
        return {
            "path": self.path,
            "config_name": self.config_name,
            "data_dir": self.data_dir,
            "data_files": self.data_files,
            "split": str(self.split),
            "revision": self.revision,
        }

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        names = ("path", "config_name", "data_dir", "data_files", "split", "revision")
        return cls(**{name: source_dict.get(name) for name in names})
