"""Spark and Delta tables as sources: enough to read what other clients logged, and to load it where Spark is."""

from trainyard.data.dataset_source import DatasetSource
from trainyard.exceptions import MlflowException


class SparkDatasetSource(DatasetSource):
    """A Parquet path, a table or a query of Spark; exactly one of the three.

    Parameters
    ----------
    path
        Path of Parquet files.
    table_name
        Name of a table.
    sql
        A query.
    """

    def __init__(self, path=None, table_name=None, sql=None):
        if (path, table_name, sql).count(None) != 2:
            raise MlflowException.invalid_parameter_value('Must specify exactly one of "path", "table_name", or "sql"')
        self._path = path
        self._table_name = table_name
        self._sql = sql

    @staticmethod
    def _get_source_type():
        return "spark"

    def load(self):
        """Return the Spark data frame."""
        spark = _session()
        if self._path is not None:
            return spark.read.parquet(self._path)
        return spark.sql(self._sql) if self._table_name is None else spark.read.table(self._table_name)

    def to_dict(self):
        """Return what is logged of the source."""
        fields = {"path": self._path, "table_name": self._table_name, "sql": self._sql}
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        return cls(source_dict.get("path"), source_dict.get("table_name"), source_dict.get("sql"))


class DeltaDatasetSource(DatasetSource):
    """A Delta table, by path or by name.

    Parameters
    ----------
    path
        Path of the table.
    delta_table_name
        Name of the table.
    delta_table_version
        Version of it; the latest when left out.
    delta_table_id
        Its id in a catalog.
    """

    def __init__(self, path=None, delta_table_name=None, delta_table_version=None, delta_table_id=None):
        if (path, delta_table_name).count(None) != 1:
            raise MlflowException.invalid_parameter_value('Must specify exactly one of "path" or "table_name"')
        self.path = path
        self.delta_table_name = delta_table_name
        self.delta_table_version = delta_table_version
        self.delta_table_id = delta_table_id

    @staticmethod
    def _get_source_type():
        return "delta_table"

    def load(self):
        """Return the Spark data frame."""
        reader = _session().read.format("delta")
        if self.delta_table_version is not None:
            reader = reader.option("versionAsOf", self.delta_table_version)
        if self.path is not None:
            return reader.load(self.path)
        return reader.table(".".join(f"`{part}`" for part in self.delta_table_name.split(".")))

    def to_dict(self):
        """Return what is logged of the source."""
        names = ("path", "delta_table_name", "delta_table_version", "delta_table_id")
        fields = {name: getattr(self, name) for name in names}
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        names = ("path", "delta_table_name", "delta_table_version", "delta_table_id")
        return cls(**{name: source_dict.get(name) for name in names})


def _session():
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()
