"""TensorFlow tensors and ``tf.data`` pipelines as datasets."""

import json
from functools import cached_property

from trainyard.data.dataset import Dataset, resolve_source, schema_or_none
from trainyard.data.digests import MAX_ROWS, hash_elements, md5_digest, numpy_digest
from trainyard.exceptions import MlflowException


class TensorFlowDataset(Dataset):
    """Features and targets as tensors, or as ``tf.data.Dataset``; made by :func:`from_tensorflow`."""

    def __init__(self, features, source, targets=None, name=None, digest=None):
        import tensorflow

        if tensorflow.is_tensor(features):
            kind, fits = "a TensorFlow Tensor", tensorflow.is_tensor(targets)
        elif isinstance(features, tensorflow.data.Dataset):
            kind, fits = "an instance of tf.data.Dataset", isinstance(targets, tensorflow.data.Dataset)
        else:
            raise MlflowException.invalid_parameter_value(
                f"'features' must be an instance of tf.data.Dataset or a TensorFlow Tensor. Found: {type(features)}."
            )
        if targets is not None and not fits:
            raise MlflowException.invalid_parameter_value(
                f"If 'features' is {kind}, then 'targets' must also be {kind}. Found: {type(targets)}."
            )
        self._features = features
        self._targets = targets
        self._is_tensor = tensorflow.is_tensor(features)
        super().__init__(source, name, digest)

    def _compute_digest(self):
        if self._is_tensor:
            return numpy_digest(self._features.numpy(), None if self._targets is None else self._targets.numpy())
        parts = [data for data in (self._features, self._targets) if data is not None]
        for data in parts:
            if _size(data) == _infinite():
                raise MlflowException.invalid_parameter_value(
                    "the digest of a tf.data.Dataset that repeats without end cannot be computed; pass digest="
                )
        return md5_digest(_element_hash(element) for data in parts for element in data.as_numpy_iterator())

    @property
    def data(self):
        """The features: a tensor or a ``tf.data.Dataset``."""
        return self._features

    @property
    def targets(self):
        """The targets, or ``None``."""
        return self._targets

    @property
    def profile(self):
        """Number of elements of features and targets."""
        profile = {"features_cardinality": _size(self._features)}
        if self._targets is not None:
            profile["targets_cardinality"] = _size(self._targets)
        return profile

    @cached_property
    def schema(self):
        """A ``TensorDatasetSchema`` of the first element, or ``None`` when it is not made of tensors."""
        return schema_or_none(self._infer_schema, (self._features, self._targets), "TensorFlow dataset")

    @staticmethod
    def _infer_schema(data):
        from trainyard.data.schema import TensorDatasetSchema
        from trainyard.types.infer import infer_schema

        features, targets = data
        targets = None if targets is None else infer_schema(_example(targets))
        return TensorDatasetSchema(infer_schema(_example(features)), targets)

    def to_dict(self):
        """Return the fields that are logged, each as text."""
        schema = self.schema
        tensors = None if schema is None else json.dumps(schema.to_dict())
        return {**super().to_dict(), "schema": tensors, "profile": json.dumps(self.profile)}


def from_tensorflow(features, source=None, targets=None, name=None, digest=None) -> TensorFlowDataset:
    """Make a dataset of TensorFlow tensors or ``tf.data`` pipelines.

    Parameters
    ----------
    features
        A tensor, or a ``tf.data.Dataset``.
    source
        Where the data comes from: a path, a URI or a ``DatasetSource``; the running program when left out.
    targets
        Targets, of the same kind as the features.
    name
        Name; ``dataset`` when left out.
    digest
        Fingerprint. Computing it, when left out, runs through a ``tf.data.Dataset`` once.

    Returns
    -------
    TensorFlowDataset
        A dataset for :func:`trainyard.log_input`.
    """
    return TensorFlowDataset(features, resolve_source(source), targets, name, digest)


def _element_hash(element):
    import numpy
    import tensorflow

    flat = [numpy.asarray(part).ravel() for part in tensorflow.nest.flatten(element)]
    return hash_elements(numpy.concatenate(flat)[:MAX_ROWS])


def _infinite():
    import tensorflow

    return tensorflow.data.INFINITE_CARDINALITY


def _size(data):
    import tensorflow

    size = tensorflow.size(data) if tensorflow.is_tensor(data) else data.cardinality()
    return int(size.numpy())


def _example(data):
    """Return a tensor, or the first element of a pipeline, as the arrays that a schema is inferred of."""
    import numpy
    import tensorflow

    if tensorflow.is_tensor(data):
        return data.numpy()
    element = next(data.as_numpy_iterator())
    if isinstance(element, tuple):
        element = {str(position): part for position, part in enumerate(element)}
    arrays = element.values() if isinstance(element, dict) else [element]
    if not all(isinstance(array, numpy.ndarray) for array in arrays):
        raise MlflowException.invalid_parameter_value(
            "its elements have to be tensors, or tuples or dicts of tensors; nested and ragged ones have no schema"
        )
    return element
