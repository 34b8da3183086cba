"""What saving a model has in common in all flavors: the folder, code, extra files, example and environment."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models import environment
from trainyard.models.inference_by_loading import requirements_by_loading, way_to_infer
from trainyard.models.loading import refuse_code_to_save
from trainyard.models.model import Model
from trainyard.models.requirement_lines import name_of
from trainyard.models.signature import ModelSignature
from trainyard.notices import warn

CODE_FOLDER = "code"
_ARGUMENTS = (
    "signature", "input_example", "code_paths", "conda_env", "pip_requirements", "extra_pip_requirements",
    "metadata", "extra_files",
)  # fmt: skip


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
        The environment, see :class:`trainyard.models.environment.Environment`.
    metadata
        The caller's own notes.
    extra_files
        Further files to keep beside the model.
    """

    @classmethod
    def of(cls, arguments):
        """Take what is shared out of the ``locals()`` of a flavor's ``save_model`` or ``log_model``."""
        return cls(**{name: arguments.get(name) for name in _ARGUMENTS})

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
        self._environment = environment.Environment(conda_env, pip_requirements, extra_pip_requirements)
        self._way_to_infer = way_to_infer()
        self._code_paths = _existing("code_paths", code_paths)
        self._extra_files = _existing("extra_files", extra_files)
        if metadata is not None and not isinstance(metadata, dict):
            raise MlflowException.invalid_parameter_value(f"metadata: expected a dict, got {metadata!r}")
        self._metadata = metadata
        if self._code_paths:
            refuse_code_to_save(
                "a model with code_paths", "install the code as a package and name it in extra_pip_requirements"
            )

    def begin(self, folder, model=None):
        """Make the folder and copy code and extra files; return the flavor entries they give."""
        self.folder = os.fspath(folder)
        self.model = model if model is not None else Model()
        if self._metadata is not None:
            self.model.metadata = self._metadata
        if os.path.exists(self.folder) and (not os.path.isdir(self.folder) or os.listdir(self.folder)):
            raise MlflowException(f"Path '{self.folder}' already exists and is not empty", "RESOURCE_ALREADY_EXISTS")
        os.makedirs(self.folder, exist_ok=True)
        self._code = None
        entries = {"code": None}
        if self._code_paths:
            _copy(self._code_paths, os.path.join(self.folder, CODE_FOLDER))
            self._code = entries["code"] = CODE_FOLDER
        if self._extra_files:
            _copy(self._extra_files, os.path.join(self.folder, "extra_files"))
            entries["extra_files"] = [{"path": f"extra_files/{os.path.basename(file)}"} for file in self._extra_files]
        return entries

    def written(self):
        """Say that the model's own files are complete, so that they can be on their way while the rest is written.

        From here on the model may not turn out to be one that cannot be saved: it exists remotely now. A flavor that
        does not call this sends its files in :meth:`finish`.
        """
        if self.model._delivery is not None:
            self.model._delivery.begin()

    def add_pyfunc(self, loader_module, **conf):
        """Say how ``pyfunc`` loads the model: MLflow's name of the flavor's module, and what its loader needs."""
        if self._code:
            conf["code"] = self._code
        self.model.add_flavor(
            "python_function",
            loader_module=loader_module,
            python_version=environment.python_version(),
            env={"conda": environment.CONDA_FILE, "virtualenv": environment.PYTHON_ENV_FILE},
            **conf,
        )

    def describe_data(self, predict):
        """Write the example, let the model predict it, and infer the signature from that where none was given.

        Parameters
        ----------
        predict
            ``predict(data, params)`` of the model, or ``None`` when it has none.
        """
        if self.example is not None:
            self.example.save(self.folder)
            self.model.saved_input_example_info = self.example.info
            if predict is not None and self.signature is not False:
                self._predict_example(predict)
        if self.signature:
            self.model.signature = self.signature

    def _predict_example(self, predict):
        from trainyard.models import env_vars
        from trainyard.models.agreement import check_prediction, signature_of_example

        with env_vars.reads_recorded() as names:
            if self.signature is None:
                self.signature = signature_of_example(self.example, predict)
            else:
                check_prediction(self.signature, self.example, predict)
        if names:
            self.model.env_vars = sorted(names)
            env_vars.write(self.folder, self.model.env_vars)

    def finish(self, infer_requirements):
        """Write the environment and the ``MLmodel`` file, which waits for the logged model's id where there is one.

        Parameters
        ----------
        infer_requirements
            Returns what has to be installed, unless the caller has said so.
        """
        self.written()
        self.model.model_size_bytes = sum(
            os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(self.folder) for file in files
        )
        self._environment.write(self.folder, lambda: self._inferred(infer_requirements))
        if self.model._delivery is None:
            self.model.finish(self.folder)

    def _inferred(self, infer_requirements):
        from trainyard.models.requirements import merged, modules_of

        requirements = infer_requirements()
        if self._code:
            requirements = merged(requirements, modules_of(os.path.join(self.folder, self._code)))
        if self._way_to_infer == "load":
            requirements = self._loaded(requirements)
        return requirements

    def _loaded(self, requirements):
        # To be loaded, the directory needs its description; the final one is written later.
        self.model.finish(self.folder)
        flavor = next((name for name in self.model.flavors if name != "python_function"), "python_function")
        try:
            by_loading = requirements_by_loading(self.folder, flavor)
        except MlflowException as error:
            warn(f"the requirements are those that the model's files name, because {error}")
            return requirements
        known = {name_of(requirement) for requirement in requirements}
        return requirements + [line for line in by_loading if name_of(line) not in known]


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
