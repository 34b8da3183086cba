"""The pt2 format: tracing a module with ``torch.export`` from an input example."""

import contextlib

from trainyard.exceptions import MlflowException
from trainyard.pytorch.predictor import float_dtype, to_tensor
from trainyard.types.infer import is_array, is_frame


class CannotExport(MlflowException):
    """The pt2 format cannot hold the model, or not with this example."""

    def __init__(self, reason):
        super().__init__(reason, "INVALID_PARAMETER_VALUE")


def example_tensors(module, example):
    """Return the tensors that a module is called with for an input example, or ``None`` when it is something else.

    Parameters
    ----------
    module
        The module; the tensors get the type of its floating parameters, and its device.
    example
        An array, tensor or DataFrame, or a list or tuple of arrays and tensors.
    """
    import torch

    if is_frame(example):
        try:
            example = example.to_numpy(dtype="float32")
        except (TypeError, ValueError):
            return None
    if is_array(example) or isinstance(example, torch.Tensor):
        example = [example]
    if not isinstance(example, (list, tuple)) or not example:
        return None
    if not all(is_array(item) or isinstance(item, torch.Tensor) for item in example):
        return None
    dtype, device = float_dtype(module), _device(module)
    try:
        return [to_tensor(item, dtype).to(device) for item in example]
    except TypeError:  # an array of texts or objects
        return None


def export(module, tensors, dynamic):
    """Trace a module in evaluation mode.

    Parameters
    ----------
    module
        The module, which is left in the modes that it is in.
    tensors
        What it is called with.
    dynamic
        For each tensor the dimensions that the exported graph has to take in any size.

    Returns
    -------
    The ``ExportedProgram``, and the dimensions ``(input, dimension)`` that are fixed in it although they should not.
    """
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        raise CannotExport("the pt2 format is not supported for scripted modules")
    module = getattr(module, "_orig_mod", module)
    tensors = [_without_ones(tensor, dims) for tensor, dims in zip(tensors, dynamic, strict=True)]
    dim = getattr(torch.export.Dim, "AUTO", None)
    shapes = [
        {axis: dim or torch.export.Dim(f"size_{axis}") for axis in dims} or None
        for dims in dynamic
    ]  # fmt: skip
    try:
        with evaluating(module):
            program = torch.export.export(module, tuple(tensors), dynamic_shapes=shapes)
    except Exception as error:
        raise CannotExport(f"torch.export cannot trace it: {_first_lines(error)}") from error
    return program, _fixed(program, dynamic)


@contextlib.contextmanager
def evaluating(module):
    """Put a module into evaluation mode for a while: dropout and batch statistics are for training."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training


def _without_ones(tensor, dims):
    # A dimension of one is taken for a constant, even where any size is asked for.
    for axis in dims:
        if tensor.shape[axis] == 1:
            tensor = tensor.repeat_interleave(2, dim=axis)
    return tensor


def _fixed(program, dynamic):
    names = program.graph_signature.user_inputs
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    fixed = []
    for index, (name, dims) in enumerate(zip(names, dynamic, strict=False)):
        value = nodes[name].meta.get("val") if name in nodes else None
        # A size is a number, or an expression; an expression may have come out to be a number too.
        fixed += [(index, axis) for axis in dims if value is not None and str(value.shape[axis]).isdigit()]
    return fixed


def _device(module):
    import itertools

    tensor = next(itertools.chain(module.parameters(), module.buffers()), None)
    return tensor.device if tensor is not None else "cpu"


def _first_lines(error):
    text = " ".join(line.strip() for line in str(error).splitlines()[:3] if line.strip())
    return text or type(error).__name__
