"""Loading the files of a PyTorch model: the exported graph, the pickle, or the scripted module."""

import os

from trainyard.alias import resolving_mlflow
from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.notices import warn
from trainyard.pytorch import pickle_module

PT2_FILE = "model.pt2"
PICKLE_FILE = "model.pth"
PICKLE_MODULE_FILE = "pickle_module_info.txt"
_SAFE_ALTERNATIVE = "log it with serialization_format='pt2' and an input_example"


def load(folder, conf, device=None, **kwargs):
    """Return the module of a model directory, in evaluation mode.

    Parameters
    ----------
    folder
        The model directory.
    conf
        What its ``MLmodel`` file says for this flavor.
    device
        Where its tensors are wanted; where they were saved when left out.
    **kwargs
        Passed to ``torch.load``.
    """
    import torch

    _compare_versions(conf, torch.__version__)
    data = loading.inside(folder, conf["model_data"])
    pickled = os.path.join(data, PICKLE_FILE)
    if os.path.isfile(pickled):
        return _load_pickle(data, pickled, device, kwargs)
    if kwargs:
        warn(f"{sorted(kwargs)}: arguments of torch.load, which the pt2 format does not use")
    return _load_pt2(loading.inside(data, PT2_FILE), device)


def _load_pt2(path, device):
    import torch

    if not os.path.isfile(path):
        raise MlflowException.invalid_parameter_value(f"the model has neither {PT2_FILE} nor {PICKLE_FILE}")
    if not loading.may_load_code():
        from trainyard.pytorch.safety import check_pt2

        check_pt2(path)
    module = torch.export.load(path).module()
    if device is not None:
        wanted = torch.device(device).type
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.device.type != wanted:
                raise MlflowException.invalid_parameter_value(
                    f"The model was exported with tensors on {tensor.device.type!r}, which its graph depends on, and "
                    f"cannot be loaded on {wanted!r}: save model.to({wanted!r}) instead"
                )
    return module


def _load_pickle(data, path, device, kwargs):
    import torch

    loading.refuse_code_to_load("a PyTorch model that was saved as a pickle", _SAFE_ALTERNATIVE)
    if _is_scripted(path):
        kwargs = {name: value for name, value in kwargs.items() if name == "map_location"}
        module = torch.jit.load(path, **kwargs)
    else:
        kwargs.setdefault("pickle_module", _pickle_module(data))
        # The file holds a whole object; with weights_only torch would take nothing but tensors.
        kwargs.setdefault("weights_only", False)
        with resolving_mlflow():
            module = torch.load(path, **kwargs)
    module.eval()
    return module.to(device) if device is not None else module


def _pickle_module(data):
    """Return the module that the model was pickled with."""
    import importlib

    path = os.path.join(data, PICKLE_MODULE_FILE)
    name = pickle_module.MLFLOW_NAME
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            name = file.read().strip()
    if name == pickle_module.MLFLOW_NAME:
        return pickle_module
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MlflowException(
            "Failed to import the pickle module that was used to save the PyTorch model. "
            f"Pickle module name: `{name}`: {error}",
            "RESOURCE_DOES_NOT_EXIST",
        ) from None


def _is_scripted(path):
    """Tell whether a file holds a scripted module: an archive with the code of one."""
    import zipfile

    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.partition("/")[2] == "constants.pkl" for name in archive.namelist())


def _compare_versions(conf, installed):
    made_by = str(conf.get("pytorch_version", installed))
    if made_by.partition("+")[0] != str(installed).partition("+")[0]:
        warn(f"the model was saved with torch {made_by}, this is {installed}")
