"""The XGBoost flavor: boosters and the models of XGBoost's scikit-learn API, saved in XGBoost's own formats."""

import os

from trainyard.autologging import autologging_integration
from trainyard.models import loading
from trainyard.models.arguments import check_further, shared_arguments
from trainyard.models.frameworks import class_name
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving
from trainyard.xgboost import fitted

FLAVOR_NAME = "xgboost"


@shared_arguments
def log_model(
    xgb_model,
    artifact_path=None,
    conda_env=None,
    code_paths=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    model_format="ubj",
    metadata=None,
    extra_files=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    **kwargs,
):
    """Log a trained XGBoost model, with what is needed to load it again.

    Parameters
    ----------
    xgb_model
        A trained ``xgboost.Booster``, or a fitted model of the scikit-learn API such as ``XGBClassifier``.
    model_format
        ``"ubj"``, ``"json"``, or the older ``"xgb"``, which XGBoost today fills as it fills ``"ubj"``.
    """
    arguments = locals()
    saver = _Saver(xgb_model, model_format, Saving.of(arguments))
    return log_saved(saver.save, arguments)


@shared_arguments
def save_model(
    xgb_model,
    path,
    conda_env=None,
    code_paths=None,
    mlflow_model=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    model_format="ubj",
    metadata=None,
    extra_files=None,
    **kwargs,
):
    """Save a trained XGBoost model as a model directory.

    Parameters
    ----------
    xgb_model, model_format
        See :func:`log_model`.
    """
    arguments = locals()
    check_further(arguments)
    _Saver(xgb_model, model_format, Saving.of(arguments)).save(path, mlflow_model)


def load_model(model_uri, dst_path=None):
    """Load an XGBoost model.

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
    return _load(folder, conf)


def get_default_pip_requirements():
    """Return the requirements that every model of this flavor has."""
    from trainyard.models.requirements import pinned

    return pinned(["xgboost"])


def get_default_conda_env():
    """Return the conda environment with :func:`get_default_pip_requirements`."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def load_pyfunc(folder):
    """Load the model of a directory for ``pyfunc``."""
    from trainyard.xgboost.predictor import Predictor

    return Predictor(_load(folder, loading.flavor_of(folder, FLAVOR_NAME)))


def _load(folder, conf):
    # Model directories of MLflow before 1.22 have no class, and a booster in them.
    model = fitted.class_named(conf.get("model_class") or "xgboost.core.Booster")()
    model.load_model(loading.inside(folder, conf.get("data") or "model.xgb"))
    return model


@autologging_integration(FLAVOR_NAME)
def autolog(
    importance_types=None,
    log_input_examples=False,
    log_model_signatures=True,
    log_models=True,
    log_datasets=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    registered_model_name=None,
    model_format="ubj",
    extra_tags=None,
):
    """Record what ``xgboost.train`` and the ``fit`` of XGBoost's scikit-learn API do, from now on.

    Params, the metrics of each iteration (``<evaluation set>-<metric>``), where training stopped early and the metrics
    of its best iteration, the importance of features, the data, and the trained model.

    Parameters
    ----------
    importance_types
        Kinds of feature importance to log, of those that ``Booster.get_score`` knows; ``["weight"]`` when left out.
    log_input_examples
        Keep some rows of the training data beside the model.
    log_model_signatures
        Infer the model's signature from some rows of the training data.
    log_models
        Log the trained model.
    log_datasets
        Log what the training and evaluation data were.
    disable
        Record nothing, from now on.
    exclusive
        Record nothing to runs that the program has started itself.
    disable_for_unsupported_versions
        Do not record with versions of XGBoost outside of the range that stock MLflow 3.18 names.
    silent
        Give no warnings from within autologging.
    registered_model_name
        Make each trained model a new version under this registered name.
    model_format
        Format of the model's file, see :func:`log_model`.
    extra_tags
        Tags to set on each run that autologging starts.
    """
    from trainyard.xgboost.autologging import install

    fitted.check_format(model_format)
    install(extra_tags)


class _Saver:
    """One model with how it is to be saved, checked before anything is written."""

    def __init__(self, model, model_format, saving):
        fitted.check(model)
        fitted.check_format(model_format)
        self._model = model
        self._format = model_format
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        import xgboost

        from trainyard.xgboost.predictor import Predictor

        saving = self._saving
        entries = saving.begin(folder, model)
        file_name = f"model.{self._format}"
        self._model.save_model(os.path.join(saving.folder, file_name))
        saving.written()
        saving.describe_data(Predictor(self._model).predict)
        saving.add_pyfunc("mlflow.xgboost", data=file_name)
        saving.model.add_flavor(
            FLAVOR_NAME,
            xgb_version=xgboost.__version__,
            data=file_name,
            model_class=class_name(type(self._model)),
            model_format=self._format,
            **entries,
        )
        saving.finish(self._requirements)

    def _requirements(self):
        from trainyard.models.requirements import infer_requirements

        base = ["xgboost", "numpy", "scipy"]
        if fitted.is_estimator(self._model):
            base.append("scikit-learn")
        return infer_requirements([], base)


__all__ = [
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
