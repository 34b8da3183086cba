"""NumPy arrays as datasets."""

import json
from functools import cached_property

from trainyard.data.dataset import Dataset, resolve_source, schema_or_none
from trainyard.data.digests import numpy_digest
from trainyard.exceptions import MlflowException


class NumpyDataset(Dataset):
    """Arrays of features and targets; made by :func:`from_numpy`."""

    def __init__(self, features, source, targets=None, name=None, digest=None):
        _check_arrays("features", features)
        if targets is not None:
            _check_arrays("targets", targets)
        self._features = features
        self._targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self):
        return numpy_digest(self._features, self._targets)

    @property
    def features(self):
        """The array of features, or a dict of arrays."""
        return self._features

    @property
    def targets(self):
        """The array of targets, or a dict of arrays, or ``None``."""
        return self._targets

    @property
    def profile(self):
        """Shape, number of elements and bytes of features and targets."""
        profile = {}
        for part, data in (("features", self._features), ("targets", self._targets)):
            if data is not None:
                for measure in ("shape", "size", "nbytes"):
                    profile[f"{part}_{measure}"] = _measure(data, measure)
        return profile

    @cached_property
    def schema(self):
        """A ``TensorDatasetSchema``, or ``None`` when there is none for the arrays."""
        return schema_or_none(self._infer_schema, (self._features, self._targets), "NumPy dataset")

    @staticmethod
    def _infer_schema(data):
        from trainyard.data.schema import TensorDatasetSchema
        from trainyard.types.infer import infer_schema

        features, targets = data
        return TensorDatasetSchema(infer_schema(features), None if targets is None else infer_schema(targets))

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        schema = self.schema
        tensors = None if schema is None else json.dumps(schema.to_dict())
        return {**super().to_dict(), "schema": tensors, "profile": json.dumps(self.profile)}


def from_numpy(features, source=None, targets=None, name=None, digest=None) -> NumpyDataset:
    """Make a dataset of NumPy arrays.

    Parameters
    ----------
    features
        An array, or a dict of arrays by name.
    source
        Where the data comes from: a path, a URI or a ``DatasetSource``; the running program when left out.
    targets
        An array of targets, or a dict of arrays.
    name
        Name; ``dataset`` when left out.
    digest
        Fingerprint; computed of the first 10,000 elements of each array and the shapes when left out.

    Returns
    -------
    NumpyDataset
        A dataset for :func:`trainyard.log_input`.
    """
    return NumpyDataset(features, resolve_source(source), targets, name, digest)


def _check_arrays(argument, data):
    import numpy

    arrays = data.values() if isinstance(data, dict) else [data]
    for array in arrays:
        if not isinstance(array, numpy.ndarray):
            raise MlflowException.invalid_parameter_value(
                f"{argument}: expected a NumPy array or a dict of NumPy arrays, got {type(array).__qualname__}"
            )


def _measure(data, measure):
    if isinstance(data, dict):
        return {name: getattr(array, measure) for name, array in data.items()}
    return getattr(data, measure)
