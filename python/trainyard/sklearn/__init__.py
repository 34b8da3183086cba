"""The scikit-learn flavor: estimators and pipelines, saved with skops where it can hold them, else with cloudpickle."""

from trainyard.models import environment, loading, requirements
from trainyard.models.arguments import shared_arguments
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving
from trainyard.sklearn import fitted, serialization
from trainyard.sklearn.autologging import autolog
from trainyard.sklearn.serialization import (
    SERIALIZATION_FORMAT_CLOUDPICKLE,
    SERIALIZATION_FORMAT_PICKLE,
    SERIALIZATION_FORMAT_SKOPS,
    SUPPORTED_SERIALIZATION_FORMATS,
)

FLAVOR_NAME = "sklearn"


@shared_arguments
def log_model(
    sk_model,
    artifact_path=None,
    conda_env=None,
    code_paths=None,
    serialization_format=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    pyfunc_predict_fn="predict",
    metadata=None,
    extra_files=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    name=None,
    skops_trusted_types=None,
    **kwargs,
):
    """Log a fitted scikit-learn model, with what is needed to load it again.

    Parameters
    ----------
    sk_model
        A fitted estimator, transformer or pipeline.
    serialization_format
        ``"skops"``, ``"cloudpickle"`` or ``"pickle"``. Left out, it is skops when skops can hold the model and all
        types in it belong to the frameworks, else cloudpickle with a warning that names the reason.
    pyfunc_predict_fn
        Method that ``pyfunc`` predicts with.
    skops_trusted_types
        Types that skops may load although it does not trust them.
    """
    arguments = locals()
    saver = _Saver(sk_model, serialization_format, pyfunc_predict_fn, skops_trusted_types, Saving.of(arguments))
    return log_saved(saver.save, arguments)


@shared_arguments
def save_model(
    sk_model,
    path,
    conda_env=None,
    code_paths=None,
    mlflow_model=None,
    serialization_format=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    pyfunc_predict_fn="predict",
    metadata=None,
    skops_trusted_types=None,
    extra_files=None,
):
    """Save a fitted scikit-learn model as a model directory.

    Parameters
    ----------
    sk_model
        A fitted estimator, transformer or pipeline.
    serialization_format, pyfunc_predict_fn, skops_trusted_types
        See :func:`log_model`.
    """
    saving = Saving.of(locals())
    _Saver(sk_model, serialization_format, pyfunc_predict_fn, skops_trusted_types, saving).save(path, mlflow_model)


def get_default_pip_requirements(include_cloudpickle=False, include_skops=False):
    """Return the requirements that models of this flavor have at least, pinned to what is installed.

    Parameters
    ----------
    include_cloudpickle, include_skops : bool
        Whether the model is written in a format that needs the package.

    Returns
    -------
    list of str
        Requirements as pip reads them.
    """
    more = [name for name, wanted in (("cloudpickle", include_cloudpickle), ("skops", include_skops)) if wanted]
    return requirements.pinned(["scikit-learn", *more])


def get_default_conda_env(include_cloudpickle=False, include_skops=False):
    """Return the conda environment with the default requirements.

    Parameters
    ----------
    include_cloudpickle, include_skops : bool
        Whether the model is written in a format that needs the package.

    Returns
    -------
    dict
        The environment, as conda reads it in YAML.
    """
    return environment.conda_env(get_default_pip_requirements(include_cloudpickle, include_skops))


def load_model(model_uri, dst_path=None):
    """Load a scikit-learn model.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.

    Returns
    -------
    The estimator.
    """
    folder, conf = loading.download_flavor(model_uri, dst_path, FLAVOR_NAME)
    return _load(folder, conf)


def load_pyfunc(folder):
    """Load the model of a directory for ``pyfunc``."""
    from trainyard.pyfunc.model import flavor_conf

    sklearn_conf = loading.flavor_of(folder, FLAVOR_NAME)
    estimator = _load(folder, sklearn_conf)
    return _Predictor(estimator, flavor_conf(folder).get("predict_fn") or "predict")


def _load(folder, conf):
    path = loading.inside(folder, conf["pickled_model"])
    serialization_format = conf.get("serialization_format", SERIALIZATION_FORMAT_PICKLE)
    return serialization.load(path, serialization_format, conf.get("skops_trusted_types"))


class _Predictor:
    """An estimator as ``pyfunc`` calls it."""

    def __init__(self, estimator, predict_fn):
        self.sklearn_model = estimator
        self._predict = getattr(estimator, predict_fn)

    def get_raw_model(self):
        """Return the estimator."""
        return self.sklearn_model

    def predict(self, data, params=None):
        """Predict; params are keyword arguments of the estimator's method."""
        return self._predict(data, **(params or {}))


class _Saver:
    """One estimator with how it is to be saved, checked before anything is written."""

    def __init__(self, estimator, serialization_format, predict_fn, trusted_types, saving):
        fitted.check(estimator)
        serialization.check_format(serialization_format, trusted_types)
        if not isinstance(predict_fn, str):
            raise TypeError(f"pyfunc_predict_fn: expected the name of a method, got {predict_fn!r}")
        self._estimator = estimator
        self._format = serialization_format
        self._predict_fn = predict_fn
        self._trusted_types = trusted_types
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        import sklearn

        saving = self._saving
        # Serialised first: a model that cannot be held by any format leaves no folder behind.
        content, used_format, trusted = serialization.dump(self._estimator, self._format, self._trusted_types)
        entries = saving.begin(folder, model)
        file_name = "model.skops" if used_format == SERIALIZATION_FORMAT_SKOPS else "model.pkl"
        path = loading.inside(folder, file_name)
        with open(path, "wb") as file:
            file.write(content)
        saving.written()
        predict = getattr(self._estimator, self._predict_fn, None)
        saving.describe_data(None if predict is None else lambda data, params: predict(data, **(params or {})))
        if predict is not None:
            saving.add_pyfunc("mlflow.sklearn", model_path=file_name, predict_fn=self._predict_fn)
        saving.model.add_flavor(
            FLAVOR_NAME,
            pickled_model=file_name,
            sklearn_version=sklearn.__version__,
            serialization_format=used_format,
            skops_trusted_types=trusted,
            **entries,
        )
        saving.finish(lambda: serialization.requirements(path, used_format))


__all__ = [
    "SERIALIZATION_FORMAT_CLOUDPICKLE",
    "SERIALIZATION_FORMAT_PICKLE",
    "SERIALIZATION_FORMAT_SKOPS",
    "SUPPORTED_SERIALIZATION_FORMATS",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
