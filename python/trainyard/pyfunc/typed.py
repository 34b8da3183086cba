"""The signature of a Python model whose ``predict`` has type hints."""

from trainyard.exceptions import MlflowException
from trainyard.models.signature import ModelSignature, any_schema
from trainyard.notices import warn


class TypedSignature:
    """What the hints of a model say about its signature, next to the signature and example that were given.

    Parameters
    ----------
    python_model
        The ``PythonModel``.
    signature, input_example
        As they were given.
    """

    def __init__(self, python_model, signature, input_example):
        from trainyard.pyfunc.utils.data_validation import hint_of_predict, type_hints
        from trainyard.types.type_hints import TypeFromExample

        self._hints = getattr(python_model, "predict_type_hints", None) or type_hints(python_model.predict, 0)
        self._is_from_example = self._hints.input is TypeFromExample
        method = getattr(python_model, "func", None) if type(python_model).__name__ == "_FunctionPythonModel" else None
        self._is_typed = hint_of_predict(method or type(python_model).predict) is not None
        # The hints win over a signature, which would be checked against data that is validated already.
        self.given = False if self._is_typed else signature
        self._declared = signature
        if self._is_typed and input_example is not None:
            self._check(input_example)
        if self._is_from_example and input_example is None:
            warn("TypeFromExample as type hint needs an input_example: without one the input is not converted")

    def before(self, example, predict):
        """Return the signature of the hints; ``None`` without.

        Parameters
        ----------
        example
            The ``Example``, or ``None``.
        predict
            ``predict(data, params)`` of the model.
        """
        if not self._is_typed:
            return None
        from trainyard.types.params import infer_params
        from trainyard.types.type_hints import schema_of_list

        outputs, is_hinted = self._outputs()
        if example is not None:
            try:
                answer = predict(example.copy(), example.params)
            except Exception as error:
                warn(f"Failed to run the predict function on input example: {error!r}")
            else:
                outputs = self._checked_outputs(answer, outputs) if is_hinted else outputs
        params = infer_params(example.params) if example is not None and example.params else None
        signature = ModelSignature(schema_of_list(self._hints.input), outputs, params)
        signature._is_signature_from_type_hint = True
        if self._declared and signature != self._declared:
            warn(
                "Provided signature does not match the signature inferred from the Python model's `predict` function "
                f"type hint. Signature inferred from type hint will be used:\n{signature}"
            )
        return signature

    def after(self, signature, example):
        """Mark a signature of a model whose input is to have the form of the example."""
        from trainyard.types.hinted_data import can_be_example_of_type

        if not self._is_from_example or signature is None or example is None:
            return
        if can_be_example_of_type(example.data):
            signature._is_type_hint_from_example = True
        else:
            warn(
                "Input example must be one of pandas.DataFrame, pandas.Series or list when using TypeFromExample as "
                f"type hint, got {type(example.data)}"
            )

    def _check(self, input_example):
        """Refuse an example that the model itself would refuse."""
        from trainyard.models.example import split_params
        from trainyard.types.hinted_data import from_frame, validate
        from trainyard.types.inputs import plain
        from trainyard.types.type_hints import hint_name

        hint = self._hints.input
        try:
            validate(from_frame(plain(split_params(input_example)[0]), hint), hint)
        except MlflowException as error:
            raise MlflowException.invalid_parameter_value(
                f"Input example does not match the type hint `{hint_name(hint)}` of predict: {error.message}"
            ) from None

    def _outputs(self):
        """Return the schema of the output, and whether a hint says it."""
        from trainyard.types.type_hints import is_list, schema_of, schema_of_list

        hint = self._hints.output
        if hint is None:
            return any_schema(), False
        try:
            return (schema_of_list(hint) if is_list(hint) else schema_of(hint)), True
        except MlflowException:
            return any_schema(), False

    def _checked_outputs(self, answer, outputs):
        from trainyard.types.hinted_data import validate

        try:
            validate(answer, self._hints.output)
        except MlflowException as error:
            warn(
                f"Failed to validate output against type hint `{self._hints.output}`, setting output schema to "
                f"AnyType. Error: {error.message}"
            )
            return any_schema()
        return outputs
