"""Datasets of which only the source is known, for data that is not loaded."""

import json

from trainyard.data.dataset import Dataset


class MetaDataset(Dataset):
    """A source with a name, without its data.

    Parameters
    ----------
    source
        A ``DatasetSource``.
    name
        Name of the data.
    digest
        Fingerprint; made of name, source and schema when left out.
    schema
        A ``Schema`` of the columns.
    """

    def __init__(self, source, name=None, digest=None, schema=None):
        self._schema = schema
        super().__init__(source, name, digest)

    @property
    def schema(self):
        """The schema that was given, or ``None``."""
        return self._schema

    def _compute_digest(self):
        import hashlib

        fields = {
            "name": self.name,
            "source": self.source.to_json(),
            "source_type": self._get_source_type(),
            "schema": "" if self._schema is None else self._schema.to_dict(),
        }
        return hashlib.sha256(json.dumps(fields).encode("utf-8")).hexdigest()[:8]

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        fields = super().to_dict()
        if self._schema is not None:
            fields["schema"] = json.dumps({"mlflow_colspec": self._schema.to_dict()})
        return fields
