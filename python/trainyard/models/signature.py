"""Signatures: what a model takes, answers, and which params its predict knows."""

from trainyard.notices import warn
from trainyard.types.schema import ColSpec, ParamSchema, Schema, convert_dataclass_to_schema


class ModelSignature:
    """Schemas of inputs, outputs and params; each may be ``None``, not all.

    Parameters
    ----------
    inputs, outputs
        A ``Schema``, or a dataclass that describes one.
    params
        A ``ParamSchema``.
    """

    def __init__(self, inputs=None, outputs=None, params=None):
        self.inputs = _schema_argument("inputs", inputs)
        self.outputs = _schema_argument("outputs", outputs)
        if params and not isinstance(params, ParamSchema):
            raise TypeError(
                "If params are provided, they must by of type mlflow.models.signature.ParamSchema, "
                f"got '{type(params).__name__}'"
            )
        if inputs is None and outputs is None and params is None:
            raise ValueError("At least one of inputs, outputs or params must be provided")
        self.params = params
        # Two underscores, because pickles of signatures that MLflow made have the names of these.
        self.__is_signature_from_type_hint = False
        self.__is_type_hint_from_example = False

    @property
    def _is_signature_from_type_hint(self):
        return self.__is_signature_from_type_hint

    @_is_signature_from_type_hint.setter
    def _is_signature_from_type_hint(self, value):
        self.__is_signature_from_type_hint = value

    @property
    def _is_type_hint_from_example(self):
        return self.__is_type_hint_from_example

    @_is_type_hint_from_example.setter
    def _is_type_hint_from_example(self, value):
        self.__is_type_hint_from_example = value

    def to_dict(self):
        """Return the schemas as the texts that stand in an MLmodel file."""
        return {
            "inputs": self.inputs.to_json() if self.inputs else None,
            "outputs": self.outputs.to_json() if self.outputs else None,
            "params": self.params.to_json() if self.params else None,
        }

    @classmethod
    def from_dict(cls, signature_dict):
        """Read the texts of an MLmodel file.

        Parameters
        ----------
        signature_dict : dict
            JSON texts by ``inputs``, ``outputs`` and ``params``, each of which may be missing.

        Returns
        -------
        ModelSignature
            The signature.
        """
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


class _TypeHints:
    """Hints of a predict function. Pickles of models hold objects of this class, by this name."""

    def __init__(self, input_=None, output=None):
        self.input = input_
        self.output = output

    def __repr__(self):
        return f"<input: {self.input}, output: {self.output}>"


def infer_signature(model_input=None, model_output=None, params=None):
    """Infer a signature from example data.

    Parameters
    ----------
    model_input
        Data like the model's input: pandas or Polars data, an array, tensor, sparse matrix, dict of arrays, list,
        dict, scalar or dataclass.
    model_output
        Data like the model's output.
    params
        Params of predict with their defaults.

    Returns
    -------
    ModelSignature
    """
    from trainyard.types.params import infer_params

    return ModelSignature(
        _schema("inputs", model_input), _schema("outputs", model_output), infer_params(params) if params else None
    )


def _schema_argument(name, value):
    import dataclasses

    if value is None or isinstance(value, Schema):
        return value
    if dataclasses.is_dataclass(value):
        return convert_dataclass_to_schema(value)
    raise TypeError(
        f"{name} must be either None, mlflow.models.signature.Schema, or a dataclass, got '{type(value).__name__}'"
    )


def _schema(name, data):
    if data is None:
        return None
    import dataclasses

    from trainyard.types.infer import InvalidDataForSignatureInferenceError, infer_schema

    try:
        return convert_dataclass_to_schema(data) if dataclasses.is_dataclass(data) else infer_schema(data)
    except InvalidDataForSignatureInferenceError:
        raise
    except Exception as error:
        warn(
            f"Failed to infer schema for {name}. Setting schema to `Schema([ColSpec(type=AnyType())]` as default, "
            f"which accepts anything: {error}"
        )
        return any_schema()


def any_schema():
    """Return the schema that accepts anything."""
    from trainyard.types.nested import AnyType

    return Schema([ColSpec(AnyType())])
