"""Polars data frames as datasets."""

import json
from functools import cached_property

from trainyard.data.dataset import TableDataset, resolve_source, schema_or_none
from trainyard.exceptions import MlflowException

# Types of Polars by name, and what they are in a schema; those after the comment lose something on the way.
_TYPES = {
    "Binary": "binary",
    "Boolean": "boolean",
    "Datetime": "datetime",
    "Float32": "float",
    "Float64": "double",
    "Int8": "integer",
    "Int16": "integer",
    "Int32": "integer",
    "Int64": "long",
    "String": "string",
    # Near enough.
    "Categorical": "string",
    "Enum": "string",
    "Date": "datetime",
    "UInt8": "integer",
    "UInt16": "integer",
    "UInt32": "long",
}


class PolarsDataset(TableDataset):
    """A Polars data frame; made by :func:`from_polars`."""

    def __init__(self, df, source, targets=None, name=None, digest=None, predictions=None):
        import polars

        if not isinstance(df, polars.DataFrame):
            raise MlflowException.invalid_parameter_value(
                f"df: expected a Polars DataFrame, got {type(df).__qualname__}; a LazyFrame has to be collected"
            )
        self._df = df
        super().__init__(df.columns, "Polars DataFrame", source, targets, name, digest, predictions)

    def _compute_digest(self):
        return str(self._df.hash_rows().sum())

    @property
    def df(self):
        """The data frame."""
        return self._df

    @property
    def profile(self):
        """Number of rows, and of values."""
        return {"num_rows": self._df.height, "num_elements": self._df.height * self._df.width}

    @cached_property
    def schema(self):
        """A ``Schema`` of the columns, or ``None`` when a column has no type in it."""
        return schema_or_none(polars_schema, self._df, "Polars dataset")

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        fields = super().to_dict()
        if fields["schema"] is None:
            fields["schema"] = json.dumps(None)
        return fields


def from_polars(df, source=None, targets=None, name=None, digest=None, predictions=None) -> PolarsDataset:
    """Make a dataset of a Polars data frame.

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
        Fingerprint; computed by Polars of all rows when left out.
    predictions
        Name of the column of predictions.

    Returns
    -------
    PolarsDataset
        A dataset for :func:`trainyard.log_input`.
    """
    return PolarsDataset(df, resolve_source(source), targets, name, digest, predictions)


def polars_schema(frame):
    """Return the schema of a Polars data frame; a column without any value is optional."""
    from trainyard.types import ColSpec, Schema

    return Schema([ColSpec(_type(column.dtype), column.name, column.count() > 0) for column in frame.get_columns()])


def _type(dtype):
    import polars

    from trainyard.types import Array, DataType, Object, Property

    if isinstance(dtype, (polars.List, polars.Array)):
        return Array(_type(dtype.inner))
    if isinstance(dtype, polars.Struct):
        return Object([Property(field.name, _type(field.dtype)) for field in dtype.fields])
    name = _TYPES.get(type(dtype).__name__)
    if name is None:
        raise MlflowException.invalid_parameter_value(f"a schema has no type for columns of {dtype}")
    return DataType[name]
