"""The environment variables that are honoured, as objects with MLflow's names: ``MLFLOW_TRACKING_URI.get()``.

A variable of the same ending that begins with ``TRAINYARD_`` wins.
"""

import os

from trainyard import environment

_SWITCH = {"true": True, "1": True, "false": False, "0": False}


class _EnvironmentVariable:
    """One variable: its name, the type of its value, and the value when it is unset."""

    def __init__(self, name, type_, default):
        self.name = name
        self.type = type_
        self.default = default
        self._ending = name.removeprefix("MLFLOW_")

    @property
    def defined(self):
        """Whether the variable is set, be it to an empty text."""
        return self.name in os.environ or f"TRAINYARD_{self._ending}" in os.environ

    def is_set(self):
        """Tell whether the variable is set, be it to an empty text."""
        return self.defined

    def get_raw(self):
        """Return the text of the variable, or ``None``."""
        return environment.get(self._ending)

    def get(self):
        """Return the value, or the default when the variable is unset."""
        text = self.get_raw()
        if text is None:
            return self.default
        if self.type is bool:
            if text.strip().lower() not in _SWITCH:
                raise ValueError(f"{self.name} has to be true, false, 1 or 0, not {text!r}")
            return _SWITCH[text.strip().lower()]
        try:
            return self.type(text)
        except ValueError:
            raise ValueError(f"{self.name} has to be of type {self.type.__name__}, not {text!r}") from None

    def set(self, value):
        """Set the variable for this process and the ones it starts."""
        environment.put(self._ending, str(value))

    def unset(self):
        """Go back to the default."""
        environment.drop(self._ending)

    def __str__(self):
        return f"{self.name} (default: {self.default})"

    def __repr__(self):
        return repr(self.name)

    def __format__(self, specification):
        return format(self.name, specification)


MLFLOW_ACTIVE_MODEL_ID = _EnvironmentVariable("MLFLOW_ACTIVE_MODEL_ID", str, None)
MLFLOW_ALLOW_MODEL_CODE_EXECUTION = _EnvironmentVariable("MLFLOW_ALLOW_MODEL_CODE_EXECUTION", bool, True)
MLFLOW_ALLOW_PICKLE_DESERIALIZATION = _EnvironmentVariable("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", bool, True)
MLFLOW_DEFAULT_PREDICTION_DEVICE = _EnvironmentVariable("MLFLOW_DEFAULT_PREDICTION_DEVICE", str, None)
MLFLOW_DISABLE_SCHEMA_DETAILS = _EnvironmentVariable("MLFLOW_DISABLE_SCHEMA_DETAILS", bool, False)
MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR = _EnvironmentVariable("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", bool, True)
MLFLOW_ENABLE_ASYNC_LOGGING = _EnvironmentVariable("MLFLOW_ENABLE_ASYNC_LOGGING", bool, False)
MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING = _EnvironmentVariable("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", bool, False)
MLFLOW_EXPERIMENT_ID = _EnvironmentVariable("MLFLOW_EXPERIMENT_ID", str, None)
MLFLOW_EXPERIMENT_NAME = _EnvironmentVariable("MLFLOW_EXPERIMENT_NAME", str, None)
MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", int, 2)
MLFLOW_HTTP_REQUEST_MAX_RETRIES = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_MAX_RETRIES", int, 7)
MLFLOW_HTTP_REQUEST_TIMEOUT = _EnvironmentVariable("MLFLOW_HTTP_REQUEST_TIMEOUT", int, 120)
MLFLOW_LOG_MODEL_COMPRESSION = _EnvironmentVariable("MLFLOW_LOG_MODEL_COMPRESSION", str, None)
MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING = _EnvironmentVariable("MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING", bool, True)
MLFLOW_REGISTRY_URI = _EnvironmentVariable("MLFLOW_REGISTRY_URI", str, None)
MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT = _EnvironmentVariable("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", int, 120)
MLFLOW_RUN_CONTEXT = _EnvironmentVariable("MLFLOW_RUN_CONTEXT", str, None)
MLFLOW_RUN_ID = _EnvironmentVariable("MLFLOW_RUN_ID", str, None)
MLFLOW_S3_ENDPOINT_URL = _EnvironmentVariable("MLFLOW_S3_ENDPOINT_URL", str, None)
MLFLOW_SYSTEM_METRICS_NODE_ID = _EnvironmentVariable("MLFLOW_SYSTEM_METRICS_NODE_ID", str, None)
MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING = _EnvironmentVariable(
    "MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", int, None
)
MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL = _EnvironmentVariable("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", float, None)
MLFLOW_TRACKING_CLIENT_CERT_PATH = _EnvironmentVariable("MLFLOW_TRACKING_CLIENT_CERT_PATH", str, None)
MLFLOW_TRACKING_INSECURE_TLS = _EnvironmentVariable("MLFLOW_TRACKING_INSECURE_TLS", bool, False)
MLFLOW_TRACKING_PASSWORD = _EnvironmentVariable("MLFLOW_TRACKING_PASSWORD", str, None)
MLFLOW_TRACKING_SERVER_CERT_PATH = _EnvironmentVariable("MLFLOW_TRACKING_SERVER_CERT_PATH", str, None)
MLFLOW_TRACKING_TOKEN = _EnvironmentVariable("MLFLOW_TRACKING_TOKEN", str, None)
MLFLOW_TRACKING_URI = _EnvironmentVariable("MLFLOW_TRACKING_URI", str, None)
MLFLOW_TRACKING_USERNAME = _EnvironmentVariable("MLFLOW_TRACKING_USERNAME", str, None)
MLFLOW_TRUNCATE_LONG_VALUES = _EnvironmentVariable("MLFLOW_TRUNCATE_LONG_VALUES", bool, True)
