"""The scikit-learn flavor: estimators and pipelines, saved with skops where it can hold them, else with cloudpickle."""

from trainyard.models import loading
from trainyard.models.logging import log_model as _log
from trainyard.models.saving import Saving
from trainyard.sklearn import fitted, serialization
from trainyard.sklearn.serialization import (
    SERIALIZATION_FORMAT_CLOUDPICKLE,
    SERIALIZATION_FORMAT_PICKLE,
    SERIALIZATION_FORMAT_SKOPS,
    SUPPORTED_SERIALIZATION_FORMATS,
)

FLAVOR_NAME = "sklearn"


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
    artifact_path
        Older name of ``name``.
    conda_env
        Conda environment as a dict or the path of a YAML file; replaces the inferred requirements.
    code_paths
        Files and folders with the code that the model needs.
    serialization_format
        ``"skops"``, ``"cloudpickle"`` or ``"pickle"``. Left out, it is skops when skops can hold the model and all
        types in it belong to the frameworks, else cloudpickle with a warning that names the reason.
    registered_model_name
        Make the model a new version under this registered name.
    signature
        What ``infer_signature`` returns; inferred from the example when left out; ``False`` for none.
    input_example
        Data like the model's input.
    await_registration_for
        Seconds to wait until the registered version is ready.
    pip_requirements
        Requirements in place of the inferred ones: a list, or the path of a requirements file.
    extra_pip_requirements
        Requirements on top of the inferred ones.
    pyfunc_predict_fn
        Method that ``pyfunc`` predicts with.
    metadata
        Notes to keep in the ``MLmodel`` file.
    extra_files
        Further files to keep beside the model.
    params, tags, model_type
        Of the logged model.
    step
        Training step at which the model was made.
    model_id
        Existing logged model to fill, in place of a new one.
    name
        Name of the logged model.
    skops_trusted_types
        Types that skops may load although it does not trust them.

    Returns
    -------
    ModelInfo
        Its ``model_uri`` loads the model again.
    """
    saver = _Saver(
        sk_model,
        serialization_format,
        pyfunc_predict_fn,
        skops_trusted_types,
        Saving(
            signature,
            input_example,
            code_paths,
            conda_env,
            pip_requirements,
            extra_pip_requirements,
            metadata,
            extra_files,
        ),
    )
    return _log(
        saver.save,
        name=name if name is not None else artifact_path,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
    )


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
    """Save a fitted scikit-learn model as a model directory at ``path``; see :func:`log_model`."""
    saving = Saving(
        signature,
        input_example,
        code_paths,
        conda_env,
        pip_requirements,
        extra_pip_requirements,
        metadata,
        extra_files,
    )
    _Saver(sk_model, serialization_format, pyfunc_predict_fn, skops_trusted_types, saving).save(path, mlflow_model)


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
    folder = loading.download_model(model_uri, dst_path)
    conf = loading.flavor_of(folder, FLAVOR_NAME)
    loading.add_code_to_path(folder, conf)
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

        from trainyard.models.environment import CONDA_FILE, PYTHON_ENV_FILE, python_version

        saving = self._saving
        # Serialised first: a model that cannot be held by any format leaves no folder behind.
        content, used_format, trusted = serialization.dump(self._estimator, self._format, self._trusted_types)
        entries = saving.begin(folder, model)
        file_name = "model.skops" if used_format == SERIALIZATION_FORMAT_SKOPS else "model.pkl"
        path = loading.inside(folder, file_name)
        with open(path, "wb") as file:
            file.write(content)
        predict = getattr(self._estimator, self._predict_fn, None)
        saving.describe_data(None if predict is None else lambda data, params: predict(data, **(params or {})))
        if predict is not None:
            saving.model.add_flavor(
                "python_function",
                loader_module="mlflow.sklearn",
                model_path=file_name,
                predict_fn=self._predict_fn,
                python_version=python_version(),
                env={"conda": CONDA_FILE, "virtualenv": PYTHON_ENV_FILE},
                **({"code": entries["code"]} if entries["code"] else {}),
            )
        saving.model.add_flavor(
            FLAVOR_NAME,
            pickled_model=file_name,
            sklearn_version=sklearn.__version__,
            serialization_format=used_format,
            **({"skops_trusted_types": trusted} if used_format == SERIALIZATION_FORMAT_SKOPS else {}),
            **entries,
        )
        saving.finish(lambda: serialization.requirements(path, used_format))


__all__ = [
    "SERIALIZATION_FORMAT_CLOUDPICKLE",
    "SERIALIZATION_FORMAT_PICKLE",
    "SERIALIZATION_FORMAT_SKOPS",
    "SUPPORTED_SERIALIZATION_FORMATS",
    "load_model",
    "log_model",
    "save_model",
]
