"""The file of a LightGBM model: LightGBM's text for boosters, skops or a pickle for the scikit-learn API."""

import os

from trainyard.lightgbm import fitted
from trainyard.models import loading
from trainyard.sklearn import serialization

BOOSTER_CLASS = "lightgbm.basic.Booster"

# What a model directory of the scikit-learn API asks skops to trust in any case, as MLflow's do.
_TRUSTED_TYPES = (
    "collections.OrderedDict",
    BOOSTER_CLASS,
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
)


class ModelFile:
    """A model's file before it is written, and what the ``MLmodel`` file says about it."""

    def __init__(self, name, content, serialization_format, trusted_types):
        self.name = name
        self.serialization_format = serialization_format
        self.trusted_types = trusted_types
        self._content = content

    def write(self, folder):
        """Write the file into a folder and return its path."""
        path = os.path.join(folder, self.name)
        with open(path, "wb") as file:
            file.write(self._content)
        return path


def check_format(serialization_format, trusted_types):
    """Refuse a format that does not exist, is not installed or is forbidden."""
    serialization.check_format(serialization_format, trusted_types)


def dump(model, serialization_format, trusted_types):
    """Return the file of a model."""
    allowed = sorted({*_TRUSTED_TYPES, *(trusted_types or ())})
    if not fitted.is_estimator(model):
        # MLflow names a format beside a booster too, which does not concern its text.
        used_format = serialization_format or serialization.SERIALIZATION_FORMAT_SKOPS
        is_skops = used_format == serialization.SERIALIZATION_FORMAT_SKOPS
        content = model.model_to_string().encode("utf-8")
        return ModelFile("model.lgb", content, used_format, allowed if is_skops else trusted_types)
    content, used_format, trusted = serialization.dump(model, serialization_format, allowed)
    is_skops = used_format == serialization.SERIALIZATION_FORMAT_SKOPS
    return ModelFile("model.skops" if is_skops else "model.pkl", content, used_format, trusted)


def load(folder, conf):
    """Return the model of a directory, whose flavor entry is ``conf``."""
    path = loading.inside(folder, conf.get("data") or "model.lgb")
    if conf.get("model_class", BOOSTER_CLASS) == BOOSTER_CLASS:
        return fitted.framework().Booster(model_file=path)
    # Older directories do not name the format: there was only this one.
    used_format = conf.get("serialization_format") or serialization.SERIALIZATION_FORMAT_CLOUDPICKLE
    return serialization.load(path, used_format, conf.get("skops_trusted_types"))


def requirements(path, model, serialization_format):
    """Return what has to be installed to load a model's file."""
    from trainyard.models.requirements import infer_requirements

    base = ["lightgbm", "numpy", "scipy"]
    if not fitted.is_estimator(model):
        return infer_requirements([], base)
    base.append("scikit-learn")
    if serialization_format != serialization.SERIALIZATION_FORMAT_PICKLE:
        base.append(serialization_format)
    return infer_requirements([path], base)
