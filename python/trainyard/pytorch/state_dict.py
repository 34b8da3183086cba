"""State dicts by themselves: a model's weights without the model."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models.loading import may_load_code, refuse_code_to_load

STATE_DICT_FILE = "state_dict.pth"


def save_state_dict(state_dict, path, **kwargs):
    """Save a state dict into a folder.

    Parameters
    ----------
    state_dict
        What ``module.state_dict()`` returns.
    path
        The folder; made when it does not exist.
    **kwargs
        Passed to ``torch.save``.
    """
    _check(state_dict)
    import torch

    os.makedirs(path, exist_ok=True)
    torch.save(state_dict, os.path.join(path, STATE_DICT_FILE), **kwargs)


def log_state_dict(state_dict, artifact_path, **kwargs):
    """Log a state dict as an artifact of the active run.

    Parameters
    ----------
    state_dict
        What ``module.state_dict()`` returns.
    artifact_path
        Folder among the run's artifacts.
    **kwargs
        Passed to ``torch.save``.
    """
    _check(state_dict)
    import tempfile

    import trainyard

    with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
        save_state_dict(state_dict, folder, **kwargs)
        trainyard.log_artifacts(folder, artifact_path)


def load_state_dict(state_dict_uri, **kwargs):
    """Load a state dict.

    Parameters
    ----------
    state_dict_uri
        ``runs:/<run id>/<artifact path>``, another artifact URI, or a local folder.
    **kwargs
        Passed to ``torch.load``, which by itself loads nothing but tensors and plain containers.
    """
    import torch

    if kwargs.get("weights_only") is False or kwargs.get("pickle_module") is not None:
        refuse_code_to_load("a state dict with a pickle module or weights_only=False", "leave both arguments out")
    if not may_load_code():
        kwargs["weights_only"] = True
    path = os.path.join(_download(os.fspath(state_dict_uri)), STATE_DICT_FILE)
    if not os.path.isfile(path):
        raise MlflowException.invalid_parameter_value(f"{state_dict_uri!r} has no file {STATE_DICT_FILE}")
    return torch.load(path, **kwargs)


def _download(uri):
    if os.path.isdir(uri):
        return uri
    from trainyard.artifacts import download_artifacts

    return download_artifacts(uri)


def _check(state_dict):
    if not isinstance(state_dict, dict):
        # torch.save would take the model itself too, which is hardly what is wanted here.
        raise TypeError(
            f"Invalid object type for `state_dict`: {type(state_dict)}. Must be an instance of `dict`: what "
            "module.state_dict() returns"
        )
