"""The LightGBM flavor: boosters as LightGBM's text, models of its scikit-learn API as scikit-learn models are saved."""

from trainyard.autologging import autologging_integration
from trainyard.lightgbm import files, fitted
from trainyard.models import loading
from trainyard.models.arguments import check_further, shared_arguments
from trainyard.models.frameworks import class_name
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving

FLAVOR_NAME = "lightgbm"


@shared_arguments
def log_model(
    lgb_model,
    artifact_path=None,
    conda_env=None,
    code_paths=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    extra_files=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    serialization_format=None,
    skops_trusted_types=None,
    **kwargs,
):
    """Log a trained LightGBM model, with what is needed to load it again.

    Parameters
    ----------
    lgb_model
        A trained ``lightgbm.Booster``, or a fitted model of the scikit-learn API such as ``LGBMClassifier``.
    serialization_format
        ``"skops"``, ``"cloudpickle"`` or ``"pickle"``, for models of the scikit-learn API. Left out, it is skops when
        skops can hold the model and all types in it belong to the frameworks, else cloudpickle with a warning that
        names the reason.
    skops_trusted_types
        Types that skops may load although it does not trust them, on top of LightGBM's own.
    """
    arguments = locals()
    saver = _Saver(lgb_model, serialization_format, skops_trusted_types, Saving.of(arguments))
    return log_saved(saver.save, arguments)


@shared_arguments
def save_model(
    lgb_model,
    path,
    conda_env=None,
    code_paths=None,
    mlflow_model=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    serialization_format=None,
    skops_trusted_types=None,
    extra_files=None,
    **kwargs,
):
    """Save a trained LightGBM model as a model directory.

    Parameters
    ----------
    lgb_model, serialization_format, skops_trusted_types
        See :func:`log_model`.
    """
    arguments = locals()
    check_further(arguments)
    _Saver(lgb_model, serialization_format, skops_trusted_types, Saving.of(arguments)).save(path, mlflow_model)


def load_model(model_uri, dst_path=None):
    """Load a LightGBM model.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.

    Returns
    -------
    A booster, or a model of the scikit-learn API where such a one was saved.
    """
    folder, conf = loading.download_flavor(model_uri, dst_path, FLAVOR_NAME)
    return files.load(folder, conf)


def get_default_pip_requirements(include_cloudpickle=False, include_skops=False):
    """Return the requirements that every model of this flavor has, and those of a format where they are asked for.

    Parameters
    ----------
    include_cloudpickle, include_skops : bool
        Whether the model is written in a format that needs the package.

    Returns
    -------
    list of str
        Requirements as pip reads them.
    """
    from trainyard.models.requirements import pinned

    return pinned(["lightgbm"] + ["cloudpickle"] * include_cloudpickle + ["skops"] * include_skops)


def get_default_conda_env(include_cloudpickle=False, include_skops=False):
    """Return the conda environment with :func:`get_default_pip_requirements`.

    Parameters
    ----------
    include_cloudpickle, include_skops : bool
        Whether the model is written in a format that needs the package.

    Returns
    -------
    dict
        The environment, as conda reads it in YAML.
    """
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements(include_cloudpickle, include_skops))


def load_pyfunc(folder):
    """Load the model of a directory for ``pyfunc``."""
    return Predictor(files.load(folder, loading.flavor_of(folder, FLAVOR_NAME)))


@autologging_integration(FLAVOR_NAME)
def autolog(
    log_input_examples=False,
    log_model_signatures=True,
    log_models=True,
    log_datasets=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    registered_model_name=None,
    extra_tags=None,
):
    """Record what ``lightgbm.train`` and the ``fit`` of LightGBM's scikit-learn API do, from now on.

    Params, the metrics of each iteration (``<validation set>-<metric>``), where training stopped early and the metrics
    of its best iteration, the importance of features by splits and by gain, the data, and the trained model.

    Parameters
    ----------
    log_input_examples
        Keep some rows of the training data beside the model.
    log_model_signatures
        Infer the model's signature from some rows of the training data.
    log_models
        Log the trained model.
    log_datasets
        Log what the training and validation data were.
    disable
        Record nothing, from now on.
    exclusive
        Record nothing to runs that the program has started itself.
    disable_for_unsupported_versions
        Do not record with versions of LightGBM outside of the range that stock MLflow 3.18 names.
    silent
        Give no warnings from within autologging.
    registered_model_name
        Make each trained model a new version under this registered name.
    extra_tags
        Tags to set on each run that autologging starts.
    """
    from trainyard.lightgbm.autologging import install

    install(extra_tags)


class Predictor:
    """A LightGBM model as ``pyfunc`` calls it."""

    def __init__(self, model):
        self.lgb_model = model

    def get_raw_model(self):
        """Return LightGBM's own object."""
        return self.lgb_model

    def predict(self, dataframe, params=None):
        """Predict; params have no meaning to LightGBM's models, as in MLflow."""
        return self.lgb_model.predict(dataframe)


class _Saver:
    """One model with how it is to be saved, checked before anything is written."""

    def __init__(self, model, serialization_format, trusted_types, saving):
        fitted.check(model)
        files.check_format(serialization_format, trusted_types)
        self._model = model
        self._format = serialization_format
        self._trusted_types = trusted_types
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        import lightgbm

        saving = self._saving
        # Serialised first: a model that cannot be held by any format leaves no folder behind.
        file = files.dump(self._model, self._format, self._trusted_types)
        entries = saving.begin(folder, model)
        path = file.write(saving.folder)
        saving.written()
        saving.describe_data(Predictor(self._model).predict)
        saving.add_pyfunc("mlflow.lightgbm", data=file.name)
        saving.model.add_flavor(
            FLAVOR_NAME,
            lgb_version=lightgbm.__version__,
            data=file.name,
            model_class=class_name(type(self._model)),
            serialization_format=file.serialization_format,
            skops_trusted_types=file.trusted_types,
            **entries,
        )
        saving.finish(lambda: files.requirements(path, self._model, file.serialization_format))


__all__ = [
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
