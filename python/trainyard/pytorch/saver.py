"""Saving a PyTorch model: which format holds it, and its files."""

import os
import shutil

from trainyard.exceptions import MlflowException
from trainyard.models.loading import is_safe_only, refuse_code_to_save
from trainyard.models.saving import Saving
from trainyard.models.signature import ModelSignature, infer_signature
from trainyard.notices import warn
from trainyard.pytorch import pickle_module as our_pickle_module
from trainyard.pytorch.export import CannotExport, evaluating, example_tensors, export
from trainyard.pytorch.loader import PICKLE_FILE, PICKLE_MODULE_FILE, PT2_FILE
from trainyard.pytorch.predictor import Predictor
from trainyard.types.infer import is_frame
from trainyard.types.schema import Schema, TensorSpec

DATA_FOLDER = "data"
_NEEDS_EXAMPLE = (
    "If `serialization_format` is set to 'pt2', then input_example is required. It must be a numpy array, a torch "
    "tensor or a DataFrame of numbers, or a list of arrays and tensors: torch traces the graph by calling the model "
    "with it"
)


class Saver:
    """One module with how it is to be saved, checked before anything is written."""

    def __init__(self, module, serialization_format, export_model, pickle_module, arguments, torch_save):
        check_module(module)
        self._module = module
        self._format = _check_format(serialization_format, export_model)
        self._pickle_module = _check_pickle_module(pickle_module)
        self._torch_save = torch_save
        example = arguments["input_example"]
        self._tensors = None if example is None else example_tensors(module, example)
        self._takes_frame = is_frame(example)
        self._saving = Saving.of({**arguments, "input_example": self._example_to_keep(example)})
        if self._format == "pt2":
            self._dynamic()

    def save(self, folder, model=None):
        """Fill a model directory."""
        import torch

        saving = self._saving
        entries = saving.begin(folder, model)
        data = os.path.join(saving.folder, DATA_FOLDER)
        try:
            os.mkdir(data)
            is_pt2 = self._write(data)
        except BaseException:
            # A model that no format holds leaves no folder behind.
            shutil.rmtree(saving.folder, ignore_errors=True)
            raise
        saving.written()
        with evaluating(self._module):
            if self._has_several_inputs() and saving.signature is None:
                saving.signature = self._signature_of_several()
            saving.describe_data(Predictor(self._module, self._device()).predict)
        if not (is_pt2 and self._has_several_inputs()):
            saving.add_pyfunc(
                "mlflow.pytorch",
                data=DATA_FOLDER,
                pickle_module_name=_name_of(self._pickle_module),
                config={"device": None},
            )
        saving.model.add_flavor("pytorch", model_data=DATA_FOLDER, pytorch_version=str(torch.__version__), **entries)
        saving.finish(lambda: _requirements(data, is_pt2))

    def _write(self, data):
        """Write the model's file; tell whether it is a pt2."""
        if self._format == "pickle":
            self._write_pickle(data)
            return False
        try:
            self._write_pt2(data)
            return True
        except CannotExport as error:
            if self._format == "pt2":
                raise
            if is_safe_only():
                raise MlflowException.invalid_parameter_value(
                    "TRAINYARD_SAFE_ONLY is set, and the model can only be saved as a pickle, which can run code when "
                    f"it is loaded: {error}"
                ) from None
            reason = str(error)
        self._write_pickle(data)
        warn(
            "the model is saved as a pickle, which can run code when it is loaded, and not as pt2, because "
            f"{reason}. serialization_format='pickle' says that this is meant"
        )
        return False

    def _write_pt2(self, data):
        import torch

        program, fixed = export(self._module, self._tensors or [], self._dynamic())
        if fixed:
            places = ", ".join(f"dimension {axis} of input {index}" for index, axis in fixed)
            message = f"its graph takes only the size of the example in {places}"
            if self._format is None:
                raise CannotExport(message)
            warn(f"the exported model is narrower than its signature: {message}")
        path = os.path.join(data, PT2_FILE)
        try:
            torch.export.save(program, path)
        except Exception as error:
            if os.path.exists(path):
                os.remove(path)
            raise CannotExport(f"torch.export cannot save its graph: {error}") from error

    def _write_pickle(self, data):
        import torch

        path = os.path.join(data, PICKLE_FILE)
        with open(os.path.join(data, PICKLE_MODULE_FILE), "w", encoding="utf-8") as file:
            file.write(_name_of(self._pickle_module))
        try:
            if isinstance(self._module, torch.jit.ScriptModule):
                torch.jit.save(self._module, path)
            else:
                torch.save(self._module, path, pickle_module=self._pickle_module, **self._torch_save)
        except Exception as error:
            raise MlflowException.invalid_parameter_value(
                f"{type(self._module).__name__} cannot be saved as a pickle: {error}"
            ) from error

    def _dynamic(self):
        """Return for each input the dimensions of any size; raise when there is nothing to trace with."""
        import torch

        if isinstance(self._module, torch.jit.ScriptModule):
            raise CannotExport(
                "The 'pt2' serialization format is not supported for torch.jit.ScriptModule models, please set "
                "`serialization_format` to 'pickle'."
            )
        if self._saving.example is not None and self._saving.example.params:
            raise CannotExport("the example has params, and the pt2 format knows tensors only")
        if self._tensors is None:
            raise CannotExport(_NEEDS_EXAMPLE if self._format else "it takes an input_example to trace the graph")
        signature = self._saving.signature
        if not signature or signature.inputs is None or self._takes_frame:
            return [[0] if tensor.ndim else [] for tensor in self._tensors]
        if not signature.inputs.is_tensor_spec():
            raise CannotExport(
                "Unsupported signature type for the selected serialization format. If the `serialization_format` "
                "argument is set to 'pt2', the input signature must be specified using `TensorSpec`."
            )
        shapes = [spec.shape for spec in signature.inputs.inputs]
        if [len(shape) for shape in shapes] != [tensor.ndim for tensor in self._tensors]:
            raise CannotExport(
                f"the signature has tensors of the shapes {shapes}, and the example "
                f"{[tuple(tensor.shape) for tensor in self._tensors]}"
            )
        return [[axis for axis, size in enumerate(shape) if size == -1] for shape in shapes]

    def _example_to_keep(self, example):
        """Return the example as it is saved: as the model takes it, so that the signature says the same."""
        if self._tensors is None or self._takes_frame:
            return example
        return None if self._has_several_inputs() else self._tensors[0].cpu().numpy()

    def _has_several_inputs(self):
        return self._tensors is not None and len(self._tensors) > 1

    def _signature_of_several(self):
        """Return the signature of a module with several inputs, which have the names of its forward's parameters."""
        import inspect

        import torch

        parameters = [*inspect.signature(self._module.forward).parameters]
        arrays = [tensor.cpu().numpy() for tensor in self._tensors]
        specs = [
            TensorSpec(array.dtype, (-1, *array.shape[1:]), parameters[i] if i < len(parameters) else f"input_{i}")
            for i, array in enumerate(arrays)
        ]
        try:
            with torch.no_grad():
                output = self._module(*self._tensors)
        except Exception as error:
            raise MlflowException.invalid_parameter_value(
                f"the model does not take its input_example: {type(error).__name__}: {error}"
            ) from error
        outputs = infer_signature(None, output.cpu().numpy()).outputs if isinstance(output, torch.Tensor) else None
        return ModelSignature(Schema(specs), outputs)

    def _device(self):
        import itertools

        tensor = next(itertools.chain(self._module.parameters(), self._module.buffers()), None)
        return "cpu" if tensor is None else tensor.device


def check_module(module, allow_lazy=False):
    """Raise unless an object is a module; one whose weights have no shape yet is only fine where it may be trained."""
    import sys

    torch = sys.modules.get("torch")
    if isinstance(module, type):
        raise TypeError(
            f"Argument 'pytorch_model' should be a torch.nn.Module, got the class {module.__qualname__}: make an "
            "object of it"
        )
    if torch is None or not isinstance(module, torch.nn.Module):
        kind = f"{type(module).__module__}.{type(module).__qualname__}"
        raise TypeError(f"Argument 'pytorch_model' should be a torch.nn.Module, got {kind}")
    if allow_lazy:
        return
    from torch.nn.parameter import is_lazy

    lazy = [name for name, parameter in module.named_parameters() if is_lazy(parameter)]
    if lazy:
        raise MlflowException.invalid_parameter_value(
            f"expected a PyTorch model with weights, got one whose {lazy[0]!r} has no shape yet: call it with a batch"
        )


def _check_format(serialization_format, export_model):
    if export_model:
        if serialization_format == "pickle":
            raise MlflowException.invalid_parameter_value(
                "Cannot set both `export_model=True` and `serialization_format='pickle'`. Please use only the "
                "`serialization_format` argument."
            )
        warn(
            "`export_model` argument is deprecated. Please set `serialization_format` argument instead.", FutureWarning
        )
        serialization_format = "pt2"
    if serialization_format not in (None, "pickle", "pt2"):
        raise MlflowException.invalid_parameter_value(
            f"The `serialization_format` param value must be one of 'pickle' or 'pt2'. Got {serialization_format!r}"
        )
    if serialization_format == "pickle":
        refuse_code_to_save("serialization_format='pickle'", "use serialization_format='pt2' with an input_example")
    return serialization_format


def _check_pickle_module(module):
    if module is None:
        return our_pickle_module
    missing = [name for name in ("Pickler", "Unpickler", "dump", "load") if not hasattr(module, name)]
    if missing:
        raise MlflowException.invalid_parameter_value(
            f"pickle_module: expected a module like pickle, got {module!r}, which has no {missing}"
        )
    return module


def _name_of(module):
    return our_pickle_module.MLFLOW_NAME if module is our_pickle_module else module.__name__


def _requirements(data, is_pt2):
    from trainyard.models.requirements import infer_requirements

    if is_pt2:
        return infer_requirements([], ["torch", "numpy"])
    return infer_requirements([os.path.join(data, PICKLE_FILE)], ["torch", "numpy", "cloudpickle"])
