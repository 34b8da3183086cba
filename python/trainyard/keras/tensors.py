"""Signatures of Keras and TensorFlow models: tensors, the first dimension of which is the batch."""

from trainyard.exceptions import MlflowException
from trainyard.models.signature import ModelSignature, infer_signature
from trainyard.types.infer import is_frame
from trainyard.types.schema import Schema, TensorSpec


def check(signature):
    """Raise unless the inputs of a signature are tensors of any batch size; ``None`` and ``False`` are fine."""
    if not signature or signature.inputs is None:
        return
    if not signature.inputs.inputs:
        raise MlflowException.invalid_parameter_value(
            "The model signature's input schema must contain at least one field."
        )
    for spec in signature.inputs.inputs:
        if not isinstance(spec, TensorSpec):
            raise MlflowException.invalid_parameter_value(
                "All fields in the model signature's input schema must be of type TensorSpec. Got "
                f"{spec!r}: infer the signature from arrays (frame.to_numpy()), not from a DataFrame"
            )
        if not spec.shape or spec.shape[0] != -1:
            raise MlflowException.invalid_parameter_value(
                "All fields in the model signature's input schema must have a shape in which the first dimension is a "
                f"variable dimension (-1). Got the shape {spec.shape}"
            )


def infer_from_frame(saving, predict):
    """Infer the signature from an example that is a DataFrame: such models take its values as one tensor."""
    if saving.signature is not None or saving.example is None or not is_frame(saving.example.data):
        return
    values = saving.example.data.to_numpy()
    try:
        saving.signature = infer_signature(values, predict(values, saving.example.params))
    except Exception as error:
        from trainyard.notices import warn

        warn(f"no signature could be inferred, because the model could not predict the input example: {error}")


def of_model(model):
    """Return the signature that a built Keras model gives itself."""
    outputs = _specs(model.output_shape, model.compute_dtype, getattr(model, "output_names", None))
    return ModelSignature(
        Schema(_specs(model.input_shape, model.input_dtype, _input_names(model))), Schema(outputs)
    )  # fmt: skip


def _input_names(model):
    return [tensor.name for tensor in getattr(model, "inputs", None) or []]


def _specs(shapes, dtype, names):
    import numpy

    dtype = numpy.dtype(dtype)
    if isinstance(shapes, dict):
        return [TensorSpec(dtype, _shape(shape), name) for name, shape in shapes.items()]
    if isinstance(shapes, list):
        if not names or len(names) != len(shapes):
            names = [f"tensor_{index}" for index in range(len(shapes))]
        return [TensorSpec(dtype, _shape(shape), name) for name, shape in zip(names, shapes, strict=True)]
    return [TensorSpec(dtype, _shape(shapes))]


def _shape(shape):
    return tuple(-1 if size is None else size for size in shape)
