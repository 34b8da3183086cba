"""Execution providers and session options of ONNX Runtime: which there are, and how they reach a session."""

from trainyard.exceptions import MlflowException
from trainyard.notices import warn

ONNX_EXECUTION_PROVIDERS = ["CUDAExecutionProvider", "CPUExecutionProvider"]

_EXECUTION_MODES = {"sequential": "ORT_SEQUENTIAL", "parallel": "ORT_PARALLEL"}
_OPTIMIZATION_LEVELS = (0, 1, 2, 99)
_THREADS = ("inter_op_num_threads", "intra_op_num_threads")
_OPTIONS = (*_THREADS, "execution_mode", "graph_optimization_level", "extra_session_config")


def check_providers(providers):
    """Refuse what is no list of provider names or pairs of a name and options."""
    if providers is None:
        return
    if not isinstance(providers, (list, tuple)) or not providers or not all(map(name_of, providers)):
        raise MlflowException.invalid_parameter_value(
            "onnx_execution_providers: expected a list of names such as 'CPUExecutionProvider' or (name, options), "
            f"got {providers!r}"
        )


def name_of(provider):
    """Return the name of a provider that is given as such or with options; ``None`` when it is neither."""
    if isinstance(provider, (list, tuple)):
        provider = provider[0] if provider else None
    return provider if isinstance(provider, str) else None


def check_session_options(options):
    """Refuse options that no session has, and values they cannot take."""
    if options is None:
        return
    if not isinstance(options, dict):
        raise TypeError(f"Argument onnx_session_options should be a dict, not {type(options)}")
    for key, value in options.items():
        if key not in _OPTIONS:
            _refuse_or_warn(key)
        if key == "extra_session_config" and not isinstance(value, dict):
            raise TypeError(f"Value for key {key} in onnx_session_options should be a dict, not {type(value)}")
        if key == "execution_mode" and str(value).lower() not in _EXECUTION_MODES:
            raise ValueError(
                f"Value for key {key} in onnx_session_options should be 'parallel' or 'sequential', not {value}"
            )
        if key == "graph_optimization_level" and value not in _OPTIMIZATION_LEVELS:
            raise ValueError(f"Value for key {key} in onnx_session_options should be 0, 1, 2, or 99, not {value}")
        if key in _THREADS and not (isinstance(value, int) and value >= 0):
            raise ValueError(f"Value for key {key} in onnx_session_options should be an integer >= 0, not {value}")


def _refuse_or_warn(key):
    """Refuse what no session knows; say of the rest that a model directory has no use for it, as MLflow's has not."""
    import onnxruntime

    if not hasattr(onnxruntime.SessionOptions, key):
        raise ValueError(
            f"Key {key} in onnx_session_options is not a valid ONNX Runtime session options key; used are "
            f"{list(_OPTIONS)}"
        )
    warn(f"onnx_session_options: {key} is kept, but not used when the model is loaded; used are {list(_OPTIONS)}")


def session_options(options):
    """Return the options of a model directory as ONNX Runtime takes them."""
    import onnxruntime

    result = onnxruntime.SessionOptions()
    for key in _THREADS:
        if options.get(key):
            setattr(result, key, options[key])
    if options.get("execution_mode"):
        mode = _EXECUTION_MODES[str(options["execution_mode"]).lower()]
        result.execution_mode = getattr(onnxruntime.ExecutionMode, mode)
    if options.get("graph_optimization_level") is not None:
        result.graph_optimization_level = onnxruntime.GraphOptimizationLevel(options["graph_optimization_level"])
    for key, value in (options.get("extra_session_config") or {}).items():
        result.add_session_config_entry(key, value)
    return result
