"""Saving a TensorFlow model: its files, and what ``MLmodel`` says about them."""

import os
import shutil

from trainyard.exceptions import MlflowException
from trainyard.keras import archive, fitted, tensors
from trainyard.keras.predictor import Predictor
from trainyard.keras.saver import DATA_FOLDER, KERAS_MODULE_FILE, requirements, save_file
from trainyard.models.loading import is_safe_only, refuse_code_to_save
from trainyard.notices import warn
from trainyard.tensorflow.loader import CUSTOM_OBJECTS_FILE, GLOBAL_CUSTOM_OBJECTS_FILE
from trainyard.tensorflow.predictor import ModulePredictor

SAVED_MODEL_FOLDER = "tf2model"


class Saver:
    """One model with how it is to be saved, checked before anything is written."""

    def __init__(self, model, custom_objects, saved_model_kwargs, keras_model_kwargs, saving):
        self._is_keras = _is_keras(model)
        tensors.check(saving.signature)
        if custom_objects is not None:
            if not isinstance(custom_objects, dict):
                raise MlflowException.invalid_parameter_value(
                    f"custom_objects: expected a dict of classes and functions by name, got {custom_objects!r}"
                )
            refuse_code_to_save(
                "a Keras model with pickled custom objects",
                "leave custom_objects out and load the model with keras_model_kwargs={'custom_objects': …}, or log it "
                "with mlflow.keras and save_exported_model=True",
            )
        self._model = model
        self._custom_objects = custom_objects
        self._saved_model_kwargs = saved_model_kwargs or {}
        self._keras_model_kwargs = dict(keras_model_kwargs or {})
        self._format = self._keras_model_kwargs.pop("save_format", "tf")
        if self._format not in ("tf", "keras", "h5"):
            raise MlflowException.invalid_parameter_value(
                f"keras_model_kwargs: expected save_format 'tf', 'keras' or 'h5', got {self._format!r}"
            )
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        saving = self._saving
        entries = saving.begin(folder, model)
        predict = (Predictor if self._is_keras else ModulePredictor)(self._model).predict
        try:
            if not self._is_keras:
                _trace(self._model, saving)
            tensors.infer_from_frame(saving, predict)
            saving.describe_data(predict)
            conf = self._write_keras() if self._is_keras else self._write_saved_model()
        except BaseException:
            # A model that cannot be saved leaves no folder behind.
            shutil.rmtree(saving.folder, ignore_errors=True)
            raise
        saving.written()
        saving.model.add_flavor("tensorflow", **entries, **conf)
        saving.add_pyfunc("mlflow.tensorflow", **({"data": DATA_FOLDER} if self._is_keras else {}))
        saving.finish(self._requirements)

    def _write_keras(self):
        import tensorflow

        data = os.path.join(self._saving.folder, DATA_FOLDER)
        os.mkdir(data)
        self._write_custom_objects(data)
        for name, text in ((KERAS_MODULE_FILE, "tensorflow.keras"), ("save_format.txt", self._format)):
            with open(os.path.join(data, name), "w", encoding="utf-8") as file:
                file.write(text)
        save_file(self._model, self._keras_file(), self._keras_model_kwargs)
        self._refuse_registered_classes()
        # The version is TensorFlow's, whatever the key is called.
        version = tensorflow.__version__
        return {"data": DATA_FOLDER, "model_type": "keras", "keras_version": version, "save_format": self._format}

    def _write_custom_objects(self, data):
        import cloudpickle
        import keras

        # Classes that were registered under a name are found by it here; elsewhere they have to be brought along.
        registered = {} if is_safe_only() else dict(keras.saving.get_custom_objects())
        for name, objects in (
            (CUSTOM_OBJECTS_FILE, self._custom_objects),
            (GLOBAL_CUSTOM_OBJECTS_FILE, registered or None),
        ):
            if objects is not None:
                try:
                    with open(os.path.join(data, name), "wb") as file:
                        cloudpickle.dump(objects, file)
                except Exception as error:
                    raise MlflowException.invalid_parameter_value(
                        f"the custom objects {sorted(objects)} cannot be pickled: {error}"
                    ) from error

    def _refuse_registered_classes(self):
        import keras

        if is_safe_only() and self._format != "h5":
            used = archive.registered_names(self._keras_file()) & {*keras.saving.get_custom_objects()}
            if used:
                refuse_code_to_save(
                    f"a Keras model with the registered classes {sorted(used)}, which get pickled,",
                    "log it with mlflow.keras and save_exported_model=True",
                )

    def _write_saved_model(self):
        import tensorflow

        path = os.path.join(self._saving.folder, SAVED_MODEL_FOLDER)
        try:
            tensorflow.saved_model.save(self._model, path, **self._saved_model_kwargs)
        except Exception as error:
            raise MlflowException.invalid_parameter_value(
                f"{type(self._model).__name__} cannot be saved as a SavedModel: {error}"
            ) from error
        return {"saved_model_dir": SAVED_MODEL_FOLDER, "model_type": "tf2-module"}

    def _keras_file(self):
        extension = ".h5" if self._format == "h5" else ".keras"
        return os.path.join(self._saving.folder, DATA_FOLDER, f"model{extension}")

    def _requirements(self):
        if not self._is_keras:
            return requirements(["tensorflow"])
        data = os.path.join(self._saving.folder, DATA_FOLDER)
        pickles = [
            os.path.join(data, name)
            for name in (CUSTOM_OBJECTS_FILE, GLOBAL_CUSTOM_OBJECTS_FILE)
            if os.path.isfile(os.path.join(data, name))
        ]
        modules = ["tensorflow", "keras", *(["cloudpickle"] if pickles else [])]
        return requirements(modules, self._keras_file(), pickles)


def _is_keras(model):
    import sys

    # Whoever has such a model has imported its framework.
    keras, tensorflow = sys.modules.get("keras"), sys.modules.get("tensorflow")
    if keras is not None and isinstance(model, keras.Model):
        if keras.backend.backend() != "tensorflow":
            raise MlflowException.invalid_parameter_value(
                f"expected a Keras model on TensorFlow, got one on {keras.backend.backend()}: log it with the flavor "
                "keras"
            )
        fitted.check_built(model)
        return True
    if tensorflow is not None and isinstance(model, tensorflow.Module):
        return False
    raise fitted.unexpected(model, "a built keras.Model or a tf.Module")


def _trace(module, saving):
    """Trace a module for any batch size, where it says nothing about its inputs and the example does.

    A ``tf.function`` is saved as it has been called: with the example alone it would take its batch size only.
    """
    import tensorflow
    from tensorflow.types.experimental import PolymorphicFunction

    call = getattr(module, "__call__", None)  # noqa: B004 - the function itself is wanted
    if not isinstance(call, PolymorphicFunction):
        if not callable(module):
            warn("the module has no __call__, so pyfunc will not be able to predict with it")
        else:
            warn("__call__ of the module is no tf.function, so what is loaded again cannot be called")
        return
    if call.input_signature is None and saving.example is not None:
        data = saving.example.data
        try:
            if isinstance(data, dict):
                call.get_concrete_function({name: _any_batch(value, name) for name, value in data.items()})
            else:
                call.get_concrete_function(_any_batch(data))
        except (TypeError, ValueError, AttributeError, tensorflow.errors.OpError) as error:
            warn(f"the module could not be traced for any batch size: {error}")


def _any_batch(value, name=None):
    import numpy
    import tensorflow

    value = numpy.asarray(value)
    return tensorflow.TensorSpec([None, *value.shape[1:]], value.dtype, name)
