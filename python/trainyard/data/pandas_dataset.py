"""pandas data frames as datasets."""

from functools import cached_property

from trainyard.data.dataset import TableDataset, resolve_source, schema_or_none
from trainyard.data.digests import pandas_digest
from trainyard.exceptions import MlflowException


class PandasDataset(TableDataset):
    """A pandas data frame; made by :func:`from_pandas`."""

    def __init__(self, df, source, targets=None, name=None, digest=None, predictions=None):
        import pandas

        if not isinstance(df, pandas.DataFrame):
            raise MlflowException.invalid_parameter_value(
                f"df: expected a pandas DataFrame, got {type(df).__qualname__}"
            )
        self._df = df
        super().__init__(df.columns, "pandas DataFrame", source, targets, name, digest, predictions)

    def _compute_digest(self):
        return pandas_digest(self._df)

    @property
    def df(self):
        """The data frame."""
        return self._df

    @property
    def profile(self):
        """Number of rows, and of values."""
        return {"num_rows": len(self._df), "num_elements": int(self._df.size)}

    @cached_property
    def schema(self):
        """A ``Schema`` of the columns, or ``None`` when a column has no type in it."""
        from trainyard.types.infer import infer_schema

        return schema_or_none(infer_schema, self._df, "pandas dataset")


def from_pandas(df, source=None, targets=None, name=None, digest=None, predictions=None) -> PandasDataset:
    """Make a dataset of a pandas data frame.

    Parameters
    ----------
    df
        The data frame.
    source
        Where the data comes from: a path, a URI or a ``DatasetSource``; the running program when left out.
    targets
        Name of the column of targets.
    name
        Name; ``dataset`` when left out.
    digest
        Fingerprint; computed of the first 10,000 rows, the number of rows and the names of the columns when left out.
    predictions
        Name of the column of predictions.

    Returns
    -------
    PandasDataset
        A dataset for :func:`trainyard.log_input`.
    """
    return PandasDataset(df, resolve_source(source), targets, name, digest, predictions)
