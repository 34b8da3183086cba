"""Saving a Keras model: its file or its export, and what ``MLmodel`` says about it."""

import os
import shutil

from trainyard.exceptions import MlflowException
from trainyard.keras import archive, fitted, tensors
from trainyard.keras.predictor import Predictor

DATA_FOLDER = "data"
KERAS_MODULE_FILE = "keras_module.txt"


class Saver:
    """One model with how it is to be saved, checked before anything is written."""

    def __init__(self, model, save_exported_model, save_model_kwargs, saving):
        fitted.check_keras(model)
        tensors.check(saving.signature)
        if save_exported_model and not saving.signature and saving.example is None:
            raise MlflowException.invalid_parameter_value(
                "save_exported_model=True needs the shapes and types of the inputs: give a signature or an "
                "input_example"
            )
        self._model = model
        self._is_exported = bool(save_exported_model)
        self._save_model_kwargs = save_model_kwargs or {}
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        import keras

        saving = self._saving
        saving.begin(folder, model)
        data = os.path.join(saving.folder, DATA_FOLDER)
        predict = Predictor(self._model).predict
        try:
            os.mkdir(data)
            with open(os.path.join(data, KERAS_MODULE_FILE), "w", encoding="utf-8") as file:
                file.write(keras.__name__)
            tensors.infer_from_frame(saving, predict)
            saving.describe_data(predict)
            if self._is_exported:
                _export(self._model, os.path.join(data, "model"), saving.signature)
            else:
                save_file(self._model, os.path.join(data, "model.keras"), self._save_model_kwargs)
        except BaseException:
            # A model that cannot be saved leaves no folder behind.
            shutil.rmtree(saving.folder, ignore_errors=True)
            raise
        saving.written()
        saving.add_pyfunc("mlflow.keras")
        saving.model.add_flavor(
            "keras",
            data=DATA_FOLDER,
            keras_version=keras.__version__,
            keras_backend=keras.backend.backend(),
            save_exported_model=self._is_exported,
        )
        saving.finish(lambda: self._requirements(data))

    def _requirements(self, data):
        import keras

        if self._is_exported:
            return requirements(["keras", "tensorflow"])
        return requirements(["keras", keras.backend.backend()], os.path.join(data, "model.keras"))


def save_file(model, path, save_kwargs):
    """Save a model as a file; the error of one that cannot be saved says which it is."""
    try:
        model.save(path, **save_kwargs)
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            f"{type(model).__name__} ({model.name!r}) cannot be saved as {os.path.basename(path)}: {error}"
        ) from error


def requirements(modules, keras_file=None, pickles=()):
    """Return what has to be installed to load a model.

    Parameters
    ----------
    modules
        Modules that are needed in any case.
    keras_file
        A file in Keras's format, the layers of which may come from further packages.
    pickles
        Files with pickled objects.
    """
    from trainyard.models.requirements import distribution_of, infer_requirements

    modules = {*modules, "numpy", *(archive.modules(keras_file) if keras_file else ())}
    # One framework goes by several names: the module tensorflow also comes with tensorflow-cpu.
    names = {name.replace("_", "-") for name in map(distribution_of, modules) if name}
    return infer_requirements(list(pickles), sorted(names))


def _export(model, path, signature):
    try:
        import tensorflow
    except ImportError:
        raise MlflowException.invalid_parameter_value(
            "`tensorflow` must be installed to export a Keras model: pip install tensorflow, or set "
            "`save_exported_model=False`"
        ) from None
    import keras

    if not signature or signature.inputs is None:
        raise MlflowException.invalid_parameter_value(
            "`signature` cannot be None when `save_exported_model=True`, and none could be inferred from the example"
        )
    specs = {
        spec.name: tensorflow.TensorSpec([None if size == -1 else size for size in spec.shape], spec.type, spec.name)
        for spec in signature.inputs.inputs
    }
    # Several inputs are one dict, as `predict` takes them.
    inputs = specs if len(specs) > 1 else next(iter(specs.values()))
    export = keras.export.ExportArchive()
    export.track(model)
    export.add_endpoint(name="serve", fn=model.call, input_signature=[inputs])
    export.write_out(path, verbose=False)
