"""The file of an ONNX model: what is taken, how it is written, how it is read."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models.frameworks import advice_for, class_name

# Arguments of ``onnx.save_model`` that a caller may give.
SAVE_ARGUMENTS = ("all_tensors_to_one_file", "location", "size_threshold", "convert_attribute")

# What one protobuf message can hold; the checker takes larger models from their files only.
_MESSAGE_BYTES = 2**31 - 1


def check(model):
    """Raise unless a model is a valid ``ModelProto`` that has its weights with it."""
    onnx = framework()
    if not isinstance(model, onnx.ModelProto):
        got = f"the path {model!r}: give onnx.load(path)" if isinstance(model, (str, os.PathLike)) else None
        raise MlflowException.invalid_parameter_value(
            f"expected an onnx.ModelProto, got {got or f'{class_name(type(model))}: {advice_for(model)}'}"
        )
    from onnx.external_data_helper import uses_external_data

    absent = [tensor.name for tensor in model.graph.initializer if uses_external_data(tensor)]
    if absent:
        raise MlflowException.invalid_parameter_value(
            f"expected an ONNX model with its weights, got one where {len(absent)} of them, such as {absent[0]!r}, "
            "are still in a file: load it with load_external_data=True"
        )
    if model.ByteSize() > _MESSAGE_BYTES:
        return
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise MlflowException.invalid_parameter_value(f"expected a valid ONNX model: {error}") from error


def save(model, path, is_external, arguments):
    """Write a model; weights go to a file beside it where that is asked for."""
    onnx = framework()
    if not is_external:
        onnx.save_model(model, path)
        return
    # onnx empties the tensors of what it is given once their data is in the file: the caller's model stays whole.
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    options = {"location": f"{os.path.basename(path)}.data", **arguments}
    onnx.save_model(copy, path, save_as_external_data=True, **options)


def load(path):
    """Read a model after checking it; the files it names have to be beside it."""
    onnx = framework()
    try:
        onnx.checker.check_model(path)
    except onnx.checker.ValidationError as error:
        raise MlflowException(f"the file {os.path.basename(path)} is no valid ONNX model: {error}") from error
    return onnx.load(path)


def framework():
    """Return the module ``onnx``, or say how to get it."""
    try:
        import onnx
    except ImportError:
        raise MlflowException("the ONNX flavor needs onnx: pip install onnx", "INVALID_PARAMETER_VALUE") from None
    return onnx
