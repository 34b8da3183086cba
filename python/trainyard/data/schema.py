"""The schema of datasets of tensors: that of the features, and that of the targets."""

from trainyard.exceptions import MlflowException
from trainyard.types import Schema


class TensorDatasetSchema:
    """Schemas of features and targets.

    Parameters
    ----------
    features
        Schema of the features.
    targets
        Schema of the targets, or ``None``.
    """

    def __init__(self, features, targets=None):
        if not isinstance(features, Schema):
            raise MlflowException.invalid_parameter_value(
                f"features must be mlflow.types.Schema, got '{type(features)}'"
            )
        if targets is not None and not isinstance(targets, Schema):
            raise MlflowException.invalid_parameter_value(
                f"targets must be either None or mlflow.types.Schema, got '{type(targets)}'"
            )
        self.features = features
        self.targets = targets

    def to_dict(self):
        """Return what is logged of the schema."""
        targets = None if self.targets is None else self.targets.to_json()
        return {"mlflow_tensorspec": {"features": self.features.to_json(), "targets": targets}}

    @classmethod
    def from_dict(cls, schema_dict):
        """Read what was logged."""
        if "mlflow_tensorspec" not in schema_dict:
            raise MlflowException.invalid_parameter_value(
                "TensorDatasetSchema dictionary is missing expected key 'mlflow_tensorspec'"
            )
        fields = schema_dict["mlflow_tensorspec"]
        targets = fields.get("targets")
        return cls(Schema.from_json(fields["features"]), None if targets is None else Schema.from_json(targets))

    def __eq__(self, other):
        same = isinstance(other, TensorDatasetSchema)
        return same and self.features == other.features and self.targets == other.targets

    def __hash__(self):
        return hash((self.features, self.targets))

    def __repr__(self):
        return f"features:\n  {self.features!r}\ntargets:\n  {self.targets!r}\n"
