"""Saving Python models, scripts, and data with a loader of one's own as model directories."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.models.saving import Saving
from trainyard.pyfunc import artifacts as artifact_files
from trainyard.pyfunc import pickling

_PICKLE = "python_model.pkl"


def saver_of(arguments):
    """Return what saves the model that a ``log_model`` or ``save_model`` was given, after all that can be refused was.

    Parameters
    ----------
    arguments
        The ``locals()`` of the function.
    """
    own = {name: arguments.get(name) for name in ("loader_module", "data_path")}
    code = {name: arguments.get(name) for name in ("python_model", "artifacts")}
    given = [name for name, value in {**own, **code}.items() if value is not None]
    if any(value is not None for value in own.values()) and any(value is not None for value in code.values()):
        raise MlflowException.invalid_parameter_value(
            f"The following sets of parameters cannot be specified together: {list(own)} and {list(code)}. All "
            f"parameters in one set must be `None`. Instead, found {given}"
        )
    if own["loader_module"] is None and code["python_model"] is None:
        raise MlflowException.invalid_parameter_value(
            "Either `loader_module` or `python_model` must be specified. A `loader_module` should be a python module. "
            "A `python_model` should be a subclass of PythonModel"
        )
    if arguments.get("uv_project_path") is not None:
        raise MlflowException.invalid_parameter_value(
            "uv_project_path: projects of uv are not read; export them and give the file: "
            "uv export --no-hashes -o requirements.txt, and pip_requirements='requirements.txt'"
        )
    if arguments.get("infer_code_paths") and arguments.get("code_paths"):
        raise MlflowException.invalid_parameter_value(
            "If 'infer_code_path' is set to True, 'code_paths' param cannot be set."
        )
    return _LoaderSaver(arguments) if own["loader_module"] is not None else PythonModelSaver(arguments)


class _LoaderSaver:
    """Files with the module that loads them."""

    def __init__(self, arguments):
        self._loader_module = arguments["loader_module"]
        if not isinstance(self._loader_module, str):
            raise MlflowException.invalid_parameter_value(
                f"loader_module: expected the name of a module, got {self._loader_module!r}"
            )
        loading.refuse_code_to_save("a model with a loader_module", "log it with the flavor of its framework")
        data_path = arguments.get("data_path")
        self._data_path = None if data_path is None else os.path.abspath(os.fspath(data_path))
        if self._data_path is not None and not os.path.exists(self._data_path):
            raise MlflowException.invalid_parameter_value(f"data_path: there is no file or folder {data_path!r}")
        self._conf = _config_entry(arguments)
        self._streamable = bool(arguments.get("streamable"))
        self._saving = Saving.of(_with_code(arguments, [self._loader_module.partition(".")[0]]))

    def save(self, folder, model=None):
        """Fill a model directory."""
        import shutil

        saving = self._saving
        saving.begin(folder, model)
        conf = {**self._conf, "code": None}
        if self._data_path is not None:
            conf["data"] = f"data/{os.path.basename(self._data_path)}"
            target = os.path.join(saving.folder, conf["data"])
            os.makedirs(os.path.dirname(target))
            copy = shutil.copytree if os.path.isdir(self._data_path) else shutil.copyfile
            copy(self._data_path, target)
        saving.written()
        saving.describe_data(None)
        saving.add_pyfunc(self._loader_module, streamable=self._streamable, **conf)
        saving.finish(lambda: _requirements([]))


class PythonModelSaver:
    """A Python model, as a pickle or as the script that makes it, with its artifacts."""

    def __init__(self, arguments):
        from trainyard.models.code import check_code_path, run_model_code
        from trainyard.models.requirements import modules_of
        from trainyard.pyfunc.python_models import as_python_model, is_streamable
        from trainyard.pyfunc.typed import TypedSignature

        python_model = arguments["python_model"]
        self._conf = _config_entry(arguments)
        self._script = self._content = None
        if isinstance(python_model, (str, os.PathLike)):
            loading.refuse_code_to_save("a model that is a script", "log it with the flavor of its framework")
            self._script = check_code_path(python_model)
            python_model = run_model_code(self._script, self._conf.get("config"))
        else:
            loading.refuse_code_to_save("a pickled Python model", "log it with the flavor of its framework")
        self._model = as_python_model(python_model, arguments.get("signature") or None)
        self._artifacts = arguments.get("artifacts")
        artifact_files.check_artifacts(self._artifacts)
        streamable = arguments.get("streamable")
        self._streamable = is_streamable(self._model) if streamable is None else bool(streamable)
        self._typed = TypedSignature(self._model, arguments.get("signature"), arguments.get("input_example"))
        if self._script is None:
            # Pickled now: what cannot be is said before anything is written, and before the model is used below.
            self._content, self._modules = pickling.dumps(self._model)
        else:
            self._modules = modules_of(self._script)
        self._saving = Saving.of(_with_code({**arguments, "signature": self._typed.given}, self._modules))

    def save(self, folder, model=None):
        """Fill a model directory."""
        import shutil

        import cloudpickle

        saving = self._saving
        saving.begin(folder, model)
        conf = {**self._conf, "code": None, "cloudpickle_version": cloudpickle.__version__}
        if self._script is not None:
            # MLflow records the whole path of the author, and reads the last part of it only.
            conf["model_code_path"] = os.path.basename(self._script)
            shutil.copyfile(self._script, os.path.join(saving.folder, conf["model_code_path"]))
        else:
            self._write_pickle(saving.folder, conf)
        if self._artifacts:
            conf["artifacts"] = artifact_files.copy_artifacts(self._artifacts, saving.folder)
        saving.written()
        predict = self._predictor(saving.folder, conf)
        saving.signature = self._typed.before(saving.example, predict) or saving.signature
        saving.describe_data(predict)
        self._typed.after(saving.model.signature, saving.example)
        loader = "mlflow.pyfunc.model" if self._script is None else "mlflow.pyfunc.loaders.code_model"
        saving.add_pyfunc(loader, streamable=self._streamable, **conf)
        saving.finish(lambda: _requirements(self._modules))

    def _write_pickle(self, folder, conf):
        from trainyard import environment

        content, name = self._content, _PICKLE
        compression = environment.get("LOG_MODEL_COMPRESSION")
        if compression:
            content, ending = pickling.compress(content, compression)
            name += ending
            conf["python_model_compression"] = compression
        conf["python_model"] = name
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)

    def _predictor(self, folder, conf):
        """Return ``predict(data, params)`` of the model, which gets its context when it is first called."""
        from trainyard.pyfunc.model import PythonModelContext, _PythonModelPyfuncWrapper

        places = {name: os.path.join(folder, entry["path"]) for name, entry in (conf.get("artifacts") or {}).items()}
        context = PythonModelContext(places, conf.get("config"))
        wrappers = []

        def predict(data, params=None):
            if not wrappers:
                self._model.load_context(context)
                wrappers.append(_PythonModelPyfuncWrapper(self._model, context, None))
            return wrappers[0].predict(data, params)

        return predict


def _with_code(arguments, modules):
    """Return the arguments with the sources of the model's own modules as ``code_paths``, where that is asked for."""
    from trainyard.pyfunc.code_paths import infer_code_paths, warn_of_own_modules

    if not arguments.get("infer_code_paths"):
        if not arguments.get("code_paths"):
            warn_of_own_modules(modules)
        return arguments
    return {**arguments, "code_paths": infer_code_paths(modules)}


def _config_entry(arguments):
    """Return the configuration as the entry of the flavor that holds it."""
    import json

    from trainyard.models.model_config import read_config

    config = read_config(arguments.get("model_config"))
    if not config:
        return {}
    try:
        json.dumps(config)
    except (TypeError, ValueError) as error:
        raise MlflowException.invalid_parameter_value(
            f"model_config: expected a dict of what JSON can hold, got {config!r}: {error}"
        ) from None
    return {"config": config}


def _requirements(modules):
    from trainyard.models.requirements import requirements_of

    return requirements_of(modules, ["cloudpickle"])
