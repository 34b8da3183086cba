"""Signatures: what a model takes, answers, and which params its predict knows."""

from trainyard.types.schema import ColSpec, ParamSchema, Schema


class ModelSignature:
    """Schemas of inputs, outputs and params; each may be ``None``, not all."""

    def __init__(self, inputs=None, outputs=None, params=None):
        for name, schema, kind in (
            ("inputs", inputs, Schema),
            ("outputs", outputs, Schema),
            ("params", params, ParamSchema),
        ):
            if schema is not None and not isinstance(schema, kind):
                raise TypeError(f"{name}: expected {kind.__name__} or None, got {type(schema).__name__}")
        if inputs is None and outputs is None and params is None:
            raise ValueError("a signature needs at least one of inputs, outputs and params")
        self.inputs = inputs
        self.outputs = outputs
        self.params = params

    def to_dict(self):
        """Return the schemas as the texts that stand in an MLmodel file."""
        return {
            "inputs": self.inputs.to_json() if self.inputs else None,
            "outputs": self.outputs.to_json() if self.outputs else None,
            "params": self.params.to_json() if self.params else None,
        }

    @classmethod
    def from_dict(cls, signature_dict):
        """Read the texts of an MLmodel file."""
        inputs, outputs, params = (signature_dict.get(name) for name in ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )

    def __eq__(self, other):
        return isinstance(other, ModelSignature) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return f"inputs: \n  {self.inputs!r}\noutputs: \n  {self.outputs!r}\nparams: \n  {self.params!r}\n"


def infer_signature(model_input=None, model_output=None, params=None):
    """Infer a signature from example data.

    Parameters
    ----------
    model_input
        Data like the model's input: data frame, array, sparse matrix, dict of arrays, list, dict, scalar.
    model_output
        Data like the model's output.
    params
        Params of predict with their defaults.

    Returns
    -------
    ModelSignature
    """
    from trainyard.types.params import infer_param

    param_schema = ParamSchema([infer_param(name, value) for name, value in params.items()]) if params else None
    return ModelSignature(_schema("inputs", model_input), _schema("outputs", model_output), param_schema)


def _schema(name, data):
    if data is None:
        return None
    from trainyard.types.datatypes import AnyType
    from trainyard.types.infer import infer_schema

    try:
        return infer_schema(data)
    except Exception as error:
        import warnings

        warnings.warn(f"no schema for {name} could be inferred, anything is accepted: {error}", stacklevel=3)
        return Schema([ColSpec(AnyType())])
