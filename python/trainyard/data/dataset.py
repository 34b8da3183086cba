"""What every dataset has: a name, a digest, a source, and what of it is logged."""

import json

from trainyard.entities import Dataset as DatasetEntity


class Dataset:
    """Data as a run uses it. Subclasses set their data, then call this constructor, which may compute the digest.

    Parameters
    ----------
    source
        A ``DatasetSource``: where the data comes from.
    name
        Name of the data; ``dataset`` when left out.
    digest
        Fingerprint of the data; computed when left out.
    """

    def __init__(self, source, name=None, digest=None):
        self._name = name
        self._source = source
        self._digest = digest or self._compute_digest()

    def _compute_digest(self):
        raise NotImplementedError(f"{type(self).__name__} does not say how its digest is computed")

    @property
    def name(self):
        """The name of the data."""
        return "dataset" if self._name is None else self._name

    @property
    def digest(self):
        """The fingerprint of the data."""
        return self._digest

    @property
    def source(self):
        """Where the data comes from, a ``DatasetSource``."""
        return self._source

    @property
    def profile(self):
        """Sizes of the data, or ``None``."""
        return None

    @property
    def schema(self):
        """Columns or tensors of the data, or ``None`` when they cannot be told."""
        return None

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        return {
            "name": self.name,
            "digest": self.digest,
            "source": self.source.to_json(),
            "source_type": self._get_source_type(),
        }

    def to_json(self):
        """Return the fields that are logged, as JSON."""
        return json.dumps(self.to_dict())

    def _get_source_type(self):
        return self.source._get_source_type()

    def _to_mlflow_entity(self):
        fields = self.to_dict()
        return DatasetEntity(
            name=fields["name"],
            digest=fields["digest"],
            source_type=fields["source_type"],
            source=fields["source"],
            schema=fields.get("schema"),
            profile=fields.get("profile"),
        )


class TableDataset(Dataset):
    """What the datasets of named columns share: which column holds the targets, which predictions, what is logged.

    Parameters
    ----------
    columns
        Names of the columns that there are.
    described
        What the data is called in errors.
    """

    def __init__(self, columns, described, source, targets=None, name=None, digest=None, predictions=None):
        from trainyard.exceptions import MlflowException

        for argument, column in (("targets", targets), ("predictions", predictions)):
            if column is not None and column not in columns:
                raise MlflowException.invalid_parameter_value(
                    f"The specified {described} does not contain the specified {argument} column '{column}'."
                )
        self._targets = targets
        self._predictions = predictions
        super().__init__(source, name, digest)

    @property
    def targets(self):
        """Name of the column of targets, or ``None``."""
        return self._targets

    @property
    def predictions(self):
        """Name of the column of predictions, or ``None``."""
        return self._predictions

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        schema = self.schema
        columns = None if schema is None else json.dumps({"mlflow_colspec": schema.to_dict()})
        return {**super().to_dict(), "schema": columns, "profile": json.dumps(self.profile)}


def resolve_source(source):
    """Return a source as a ``DatasetSource``; without one it is the running program."""
    from trainyard.data.dataset_source import DatasetSource

    if isinstance(source, DatasetSource):
        return source
    if source is None:
        from trainyard.data.code_dataset_source import CodeDatasetSource
        from trainyard.tracking.context import resolve_tags

        return CodeDatasetSource(resolve_tags())
    from trainyard.data.dataset_source_registry import resolve_dataset_source

    return resolve_dataset_source(source)


def schema_or_none(infer, data, described):
    """Return what ``infer`` says of data; ``None`` and a warning when there is no schema for it."""
    import warnings

    try:
        with warnings.catch_warnings():
            # A hint about integer columns is for signatures of models, which have to fit data of later.
            warnings.simplefilter("ignore")
            return infer(data)
    except Exception as error:
        warnings.warn(f"the {described} is logged without a schema, which could not be inferred: {error}", stacklevel=3)
        return None
