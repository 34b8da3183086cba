"""Signature and input example of one model: the first inferred from the second, or checked against it."""

from trainyard.exceptions import MlflowException
from trainyard.models.signature import ModelSignature, any_schema
from trainyard.notices import warn


def check_agreement(signature, example):
    """Refuse an example that the model would refuse by its signature.

    Parameters
    ----------
    signature
        The ``ModelSignature`` that was given.
    example
        The ``Example`` that was given.
    """
    from trainyard.types.enforce import enforce_schema
    from trainyard.types.params import enforce_params

    try:
        if signature.inputs is not None:
            enforce_schema(example.copy(), signature.inputs)
        if signature.params is not None:
            enforce_params(example.params, signature.params)
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            f"Input example does not match the model signature. The signature expects {signature.inputs}"
            f"{f' with params {signature.params}' if signature.params else ''}, the example is "
            f"{_describe(example)}: {error}"
        ) from None


def signature_of_example(example, predict):
    """Return the signature that a model has by its example and what it predicts for it; ``None`` with a warning when
    it cannot predict.

    Parameters
    ----------
    example
        The ``Example``.
    predict
        ``predict(data, params)`` of the model.
    """
    from trainyard.types.enforce import enforce_schema
    from trainyard.types.infer import infer_schema
    from trainyard.types.params import enforce_params, infer_params

    try:
        inputs = infer_schema(example.data)
        params = infer_params(example.params) if example.params else None
        prediction = predict(enforce_schema(example.copy(), inputs), enforce_params(example.params, params))
        return ModelSignature(inputs, _output_schema(inputs, prediction), params)
    except Exception as error:
        warn(f"Failed to infer the model signature from the input example. Reason: {error!r}")
        return None


def check_prediction(signature, example, predict):
    """Warn when the model cannot predict the example, which its signature accepts.

    Parameters
    ----------
    signature
        The ``ModelSignature`` that was given.
    example
        The ``Example``.
    predict
        ``predict(data, params)`` of the model.
    """
    from trainyard.types.enforce import enforce_schema
    from trainyard.types.params import enforce_params

    try:
        data = example.copy()
        if signature.inputs is not None:
            data = enforce_schema(data, signature.inputs)
        predict(data, enforce_params(example.params, signature.params))
    except Exception as error:
        warn(f"The model cannot predict its own input example, so it may not be fit for serving. Reason: {error!r}")


def _output_schema(inputs, prediction):
    from trainyard.types.infer import infer_schema
    from trainyard.types.inputs import is_array

    if not inputs.is_tensor_spec() and is_array(prediction) and prediction.ndim == 1:
        import pandas

        # One value per row of a table is a column.
        prediction = pandas.Series(prediction)
    try:
        return infer_schema(prediction)
    except Exception as error:
        warn(f"no schema of the output could be inferred, so any is assumed: {error}")
        return any_schema()


def _describe(example):
    """Say in a few words what an example is: its schema, where it has one."""
    import warnings

    from trainyard.types.infer import infer_schema

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(infer_schema(example.data))
        except Exception:
            return f"of type {type(example.data).__name__}"
