"""The file of a scikit-learn model: skops, cloudpickle or pickle, and which of them by default."""

from trainyard.exceptions import MlflowException
from trainyard.models.loading import is_safe_only, refuse_code_to_load, refuse_code_to_save
from trainyard.sklearn import skops_writing

SERIALIZATION_FORMAT_PICKLE = "pickle"
SERIALIZATION_FORMAT_CLOUDPICKLE = "cloudpickle"
SERIALIZATION_FORMAT_SKOPS = "skops"
SUPPORTED_SERIALIZATION_FORMATS = [
    SERIALIZATION_FORMAT_PICKLE,
    SERIALIZATION_FORMAT_CLOUDPICKLE,
    SERIALIZATION_FORMAT_SKOPS,
]

# Types of these packages are data structures of fitted models; types of anything else may be the user's own code.
_FRAMEWORKS = frozenset({"sklearn", "numpy", "scipy", "xgboost", "lightgbm", "catboost", "imblearn", "quantile_forest"})

# Of the standard library, which LightGBM's models hold.
_DATA_STRUCTURES = frozenset({"collections.OrderedDict"})
_SAFE = "use serialization_format='skops'"
_OWN_TYPES = "build it of the framework's own classes, or convert it to ONNX and log it with mlflow.onnx"


def check_format(serialization_format, trusted_types):
    """Refuse a format that does not exist, is not installed or is forbidden."""
    if serialization_format is None:
        return
    if serialization_format not in SUPPORTED_SERIALIZATION_FORMATS:
        raise MlflowException.invalid_parameter_value(
            f"Unrecognized serialization format: {serialization_format}. Please specify one of the following "
            f"supported formats: {SUPPORTED_SERIALIZATION_FORMATS}."
        )
    if serialization_format != SERIALIZATION_FORMAT_SKOPS:
        refuse_code_to_save(f"serialization_format={serialization_format!r}", _SAFE)
    elif not _has_skops():
        raise MlflowException.invalid_parameter_value(
            "serialization_format='skops' needs skops: pip install 'trainyard[sklearn]'"
        )


def dump(model, serialization_format=None, trusted_types=None):
    """Return the bytes of a model's file, the format used, and the types that skops has to be told to trust."""
    if serialization_format == SERIALIZATION_FORMAT_SKOPS:
        content, untrusted = skops_writing.dump(model)
        allowed = set(trusted_types or ())
        foreign = _foreign(untrusted, allowed)
        if foreign:
            if is_safe_only():
                raise MlflowException.invalid_parameter_value(
                    "TRAINYARD_SAFE_ONLY is set, and these types of the model can run code when it is loaded: "
                    f"{foreign}; {_OWN_TYPES}"
                )
            raise MlflowException.invalid_parameter_value(
                f"skops does not trust these types of the model: {foreign}. Name them in skops_trusted_types if you "
                "do, or leave serialization_format out"
            )
        return content, SERIALIZATION_FORMAT_SKOPS, sorted({*untrusted, *allowed})
    if serialization_format is not None:
        return _dump_pickle(model, serialization_format), serialization_format, None
    reason, advice = "skops is not installed", "install it: pip install 'trainyard[sklearn]'"
    if _has_skops():
        try:
            content, untrusted = skops_writing.dump(model)
        except Exception as error:
            reason, advice = f"skops cannot hold it: {error}", _OWN_TYPES
        else:
            allowed = set(trusted_types or ())
            foreign = _foreign(untrusted, allowed)
            if not foreign:
                return content, SERIALIZATION_FORMAT_SKOPS, sorted({*untrusted, *allowed})
            reason = f"it holds types that are not the framework's own: {foreign}"
            advice = _OWN_TYPES
    if is_safe_only():
        raise MlflowException.invalid_parameter_value(
            f"TRAINYARD_SAFE_ONLY is set, and the model can only be saved as a pickle, which can run code when it is "
            f"loaded: {reason}; {advice}"
        )
    import warnings

    warnings.warn(
        f"the model is saved with cloudpickle, which can run code when it is loaded, because {reason}", stacklevel=5
    )
    return _dump_pickle(model, SERIALIZATION_FORMAT_CLOUDPICKLE), SERIALIZATION_FORMAT_CLOUDPICKLE, None


def load(path, serialization_format, trusted_types):
    """Return the model of a file."""
    if serialization_format == SERIALIZATION_FORMAT_SKOPS:
        if not _has_skops():
            raise MlflowException("the model was saved with skops: pip install 'trainyard[sklearn]'")
        from skops.io import load as load_skops

        foreign = _foreign(trusted_types or (), ())
        if foreign:
            refuse_code_to_load(
                f"the types {foreign}, which the model itself asks to trust,", f"save it again: {_OWN_TYPES}"
            )
        return load_skops(path, trusted=list(trusted_types or ()))
    if serialization_format not in SUPPORTED_SERIALIZATION_FORMATS:
        raise MlflowException.invalid_parameter_value(
            f"the model was saved in a format that is not known here: {serialization_format!r}"
        )
    refuse_code_to_load(f"a model saved with {serialization_format}", f"save it again: {_SAFE}")
    import pickle

    # cloudpickle writes pickles that the standard library reads.
    with open(path, "rb") as file:
        return pickle.load(file)


def requirements(path, serialization_format):
    """Return what has to be installed to load a model's file."""
    from trainyard.models.requirements import infer_requirements

    base = ["scikit-learn"]
    if serialization_format != SERIALIZATION_FORMAT_PICKLE:
        base.append(serialization_format)
    return infer_requirements([path], base)


def _dump_pickle(model, serialization_format):
    if serialization_format == SERIALIZATION_FORMAT_PICKLE:
        import pickle
    else:
        import cloudpickle as pickle
    try:
        return pickle.dumps(model)
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            f"{type(model).__name__} cannot be saved with {serialization_format}: {error}"
        ) from error


def _has_skops():
    from importlib.util import find_spec

    return find_spec("skops") is not None


def _is_framework(type_name):
    return type_name.partition(".")[0] in _FRAMEWORKS or type_name in _DATA_STRUCTURES


def _foreign(type_names, allowed):
    """The types that are neither data structures of the frameworks nor allowed by the caller."""
    if is_safe_only():
        # Nobody's word is taken for a type, and what the functions of a framework do with their arguments is not known.
        return [name for name in type_names if not (_is_framework(name) and _is_class(name))]
    return [name for name in type_names if name not in allowed and not _is_framework(name)]


def _is_class(type_name):
    from importlib import import_module

    module, _, name = type_name.rpartition(".")
    try:
        return isinstance(getattr(import_module(module), name, None), type)
    except ImportError:
        return False
