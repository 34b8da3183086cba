"""Datasets to log as inputs of a run: name, digest, schema and size of data, not the data."""

import json

from trainyard.entities.dataset import Dataset as DatasetEntity
from trainyard.exceptions import MlflowException

# Rows that the digest looks at, so that it takes no longer for large data.
_DIGEST_ROWS = 10000


class Dataset:
    """Data as a run used it.

    Parameters
    ----------
    kind
        ``numpy`` or ``pandas``.
    features, targets
        The data.
    source
        Where it comes from: a path or URI; the running script when left out.
    name
        Name; ``dataset`` when left out.
    digest
        Digest; computed when left out.
    """

    def __init__(self, kind, features, targets=None, source=None, name=None, digest=None, predictions=None):
        self._kind = kind
        self.features = features
        self.targets = targets
        self.predictions = predictions
        self.source = source
        self.name = name or "dataset"
        self.digest = digest or _digest(features, targets if hasattr(targets, "tobytes") else None)

    @property
    def df(self):
        """The data frame."""
        return self.features

    @property
    def profile(self):
        """Sizes of the data."""
        if self._kind == "pandas":
            return {"num_rows": len(self.features), "num_elements": int(self.features.size)}
        profile = {"features_shape": list(self.features.shape), "features_size": int(self.features.size)}
        profile["features_nbytes"] = int(self.features.nbytes)
        if self.targets is not None:
            profile["targets_shape"] = list(self.targets.shape)
            profile["targets_size"] = int(self.targets.size)
            profile["targets_nbytes"] = int(self.targets.nbytes)
        return profile

    @property
    def schema(self):
        """Columns or tensors of the data as a dict, or ``None`` when there is no type for them."""
        import warnings

        from trainyard.types.infer import infer_schema

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                columns = infer_schema(self.features)
                if self._kind == "pandas":
                    return {"mlflow_colspec": columns.to_dict()}
                targets = None if self.targets is None else infer_schema(self.targets).to_dict()
        except MlflowException:
            return None
        return {
            "mlflow_tensorspec": {"features": json.dumps(columns.to_dict()), "targets": targets and json.dumps(targets)}
        }

    def to_dict(self):
        """Return the fields that are logged."""
        return self._to_mlflow_entity().to_dictionary()

    def _to_mlflow_entity(self):
        schema = self.schema
        source_type, source = _source(self.source)
        return DatasetEntity(
            self.name,
            self.digest,
            source_type,
            json.dumps(source),
            None if schema is None else json.dumps(schema),
            json.dumps(self.profile),
        )


def from_numpy(features, source=None, targets=None, name=None, digest=None):
    """Make a dataset of a NumPy array of features, and of targets."""
    return Dataset("numpy", features, targets, source, name, digest)


def from_pandas(df, source=None, targets=None, name=None, digest=None, predictions=None):
    """Make a dataset of a pandas data frame; ``targets`` and ``predictions`` are names of columns."""
    for argument, column in (("targets", targets), ("predictions", predictions)):
        if column is not None and column not in df.columns:
            raise MlflowException.invalid_parameter_value(f"{argument}: the data frame has no column {column!r}")
    return Dataset("pandas", df, targets, source, name, digest, predictions)


def _source(source):
    from trainyard.tracking.context import resolve_tags

    if source is None:
        return "code", {"tags": {key: value for key, value in resolve_tags().items() if key.startswith("mlflow.")}}
    text = str(source)
    scheme = text.partition("://")[0] if "://" in text else "local"
    if scheme in ("http", "https"):
        return "http", {"url": text}
    return scheme, {"uri": text}


def _digest(features, targets):
    import hashlib

    digest = hashlib.md5(usedforsecurity=False)
    for part in (features, targets):
        if part is None:
            continue
        digest.update(repr(part.shape).encode())
        if hasattr(part, "columns"):
            digest.update(repr(list(part.columns)).encode())
            digest.update(part.head(_DIGEST_ROWS).to_csv(index=False).encode())
        else:
            flat = part[:_DIGEST_ROWS]
            digest.update(repr(flat.tolist()).encode() if flat.dtype == object else flat.tobytes())
    return digest.hexdigest()[:8]
