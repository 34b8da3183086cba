"""Datasets of the Hugging Face package ``datasets``."""

import warnings
from functools import cached_property

from trainyard.data.dataset import TableDataset, resolve_source, schema_or_none
from trainyard.data.digests import MAX_ROWS, pandas_digest
from trainyard.exceptions import MlflowException


class HuggingFaceDataset(TableDataset):
    """A ``datasets.Dataset``; made by :func:`from_huggingface`."""

    def __init__(self, ds, source, targets=None, name=None, digest=None):
        self._ds = ds
        super().__init__(ds.column_names, "Hugging Face dataset", source, targets, name, digest)

    def _compute_digest(self):
        return pandas_digest(self._first_rows())

    def _first_rows(self):
        # The rest of the data stays where it is, which may be a file larger than memory.
        return self._ds.select(range(min(MAX_ROWS, self._ds.num_rows))).to_pandas()

    @property
    def ds(self):
        """The ``datasets.Dataset``."""
        return self._ds

    @property
    def profile(self):
        """Number of rows, and sizes where the data set knows them."""
        sizes = {"dataset_size": self._ds.dataset_size, "size_in_bytes": self._ds.size_in_bytes}
        return {"num_rows": self._ds.num_rows, **sizes}

    @cached_property
    def schema(self):
        """A ``Schema`` of the columns as its first rows show them, or ``None``."""
        from trainyard.types.infer import infer_schema

        return schema_or_none(lambda _: infer_schema(self._first_rows()), None, "Hugging Face dataset")


def from_huggingface(
    ds,
    path=None,
    targets=None,
    data_dir=None,
    data_files=None,
    revision=None,
    name=None,
    digest=None,
    trust_remote_code=None,
    source=None,
) -> HuggingFaceDataset:
    """Make a dataset of a ``datasets.Dataset``.

    Parameters
    ----------
    ds
        The data.
    path
        What was given to ``datasets.load_dataset`` to load it: a name on the hub, a folder or a kind of file.
    targets
        Name of the column of targets.
    data_dir, data_files, revision
        What else was given to ``datasets.load_dataset``.
    name
        Name; ``dataset`` when left out.
    digest
        Fingerprint; computed of the first 10,000 rows when left out.
    trust_remote_code
        Passed to ``datasets.load_dataset`` when the source is loaded.
    source
        Where the data comes from, in place of ``path``: a path, a URI or a ``DatasetSource``.

    Returns
    -------
    HuggingFaceDataset
        A dataset for :func:`trainyard.log_input`.
    """
    import datasets

    if not isinstance(ds, datasets.Dataset):
        raise MlflowException.invalid_parameter_value(
            f"The specified Hugging Face dataset must be an instance of `datasets.Dataset`. Instead, found an instance "
            f"of: {type(ds)}"
        )
    if source is not None and path is not None:
        warnings.warn("both source and path are given; path is ignored", stacklevel=2)
    elif path is not None:
        from trainyard.data.huggingface_dataset_source import HuggingFaceDatasetSource

        source = HuggingFaceDatasetSource(
            path, ds.config_name, data_dir, data_files, ds.split, revision, trust_remote_code
        )
    return HuggingFaceDataset(ds, resolve_source(source), targets, name, digest)
