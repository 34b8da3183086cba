"""What saving a model has in common in all flavors: the folder, code, extra files, example and environment."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models import environment
from trainyard.models.loading import refuse_code_to_save
from trainyard.models.model import Model
from trainyard.models.signature import ModelSignature

CODE_FOLDER = "code"


class Saving:
    """What one ``save_model`` or ``log_model`` call was given; all of it is checked before anything is written.

    Parameters
    ----------
    signature
        A ``ModelSignature``; ``False`` for none; ``None`` to infer one from the example.
    input_example
        Data like the model's input.
    code_paths
        Files and folders with the code that the model needs.
    conda_env, pip_requirements, extra_pip_requirements
        The environment, see :func:`trainyard.models.environment.write_environment`.
    metadata
        The caller's own notes.
    extra_files
        Further files to keep beside the model.
    """

    def __init__(
        self,
        signature=None,
        input_example=None,
        code_paths=None,
        conda_env=None,
        pip_requirements=None,
        extra_pip_requirements=None,
        metadata=None,
        extra_files=None,
    ):
        self.signature = _check_signature(signature)
        self.example = _check_example(input_example)
        if self.signature and self.example is not None:
            from trainyard.models.agreement import check_agreement

            check_agreement(self.signature, self.example)
        environment.check_arguments(conda_env, pip_requirements, extra_pip_requirements)
        self._environment = (conda_env, pip_requirements, extra_pip_requirements)
        self._code_paths = _existing("code_paths", code_paths)
        self._extra_files = _existing("extra_files", extra_files)
        if metadata is not None and not isinstance(metadata, dict):
            raise MlflowException.invalid_parameter_value(f"metadata: expected a dict, got {metadata!r}")
        self._metadata = metadata
        if self._code_paths:
            refuse_code_to_save("a model with code_paths")

    def begin(self, folder, model=None):
        """Make the folder and copy code and extra files; return the flavor entries they give."""
        self.folder = os.fspath(folder)
        self.model = model if model is not None else Model()
        if self._metadata is not None:
            self.model.metadata = self._metadata
        if os.path.exists(self.folder) and (not os.path.isdir(self.folder) or os.listdir(self.folder)):
            raise MlflowException(f"Path '{self.folder}' already exists and is not empty", "RESOURCE_ALREADY_EXISTS")
        os.makedirs(self.folder, exist_ok=True)
        entries = {"code": None}
        if self._code_paths:
            _copy(self._code_paths, os.path.join(self.folder, CODE_FOLDER))
            entries["code"] = CODE_FOLDER
        if self._extra_files:
            _copy(self._extra_files, os.path.join(self.folder, "extra_files"))
            entries["extra_files"] = [{"path": f"extra_files/{os.path.basename(file)}"} for file in self._extra_files]
        return entries

    def describe_data(self, predict):
        """Write the example, and infer the signature from it where none was given.

        Parameters
        ----------
        predict
            ``predict(data, params)`` of the model, or ``None`` when it has none.
        """
        if self.example is not None:
            self.example.save(self.folder)
            self.model.saved_input_example_info = self.example.info
            if self.signature is None and predict is not None:
                from trainyard.models.agreement import signature_of_example

                self.signature = signature_of_example(self.example, predict)
        if self.signature:
            self.model.signature = self.signature

    def finish(self, infer_requirements):
        """Write the environment and the ``MLmodel`` file."""
        self.model.model_size_bytes = sum(
            os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(self.folder) for file in files
        )
        environment.write_environment(self.folder, infer_requirements, *self._environment)
        self.model.finish(self.folder)


def _check_signature(signature):
    if signature is None or signature is False or isinstance(signature, ModelSignature):
        return signature
    if hasattr(signature, "to_dict") and hasattr(signature, "inputs"):
        # A signature of the real mlflow package.
        return ModelSignature.from_dict(signature.to_dict())
    raise MlflowException.invalid_parameter_value(
        f"signature: expected what infer_signature returns, or False, got {type(signature).__name__}"
    )


def _check_example(input_example):
    if input_example is None:
        return None
    from trainyard.models.example import Example

    return Example(input_example)


def _existing(argument, paths):
    paths = [os.path.normpath(os.fspath(path)) for path in paths or ()]
    for path in paths:
        if not os.path.exists(path):
            raise MlflowException.invalid_parameter_value(f"{argument}: there is no file or folder {path!r}")
    names = [os.path.basename(os.path.abspath(path)) for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise MlflowException.invalid_parameter_value(f"{argument}: several are named {twice}")
    return paths


def _copy(paths, folder):
    import shutil

    os.makedirs(folder)
    for path in paths:
        target = os.path.join(folder, os.path.basename(os.path.abspath(path)))
        if os.path.isdir(path):
            shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(path, target)
