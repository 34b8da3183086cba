"""The configuration of a model as code."""

import os

from trainyard import _core
from trainyard.exceptions import MlflowException

# What the code that is being run is configured with: None outside of that, "" where nothing was given.
_current = None


class ModelConfig:
    """Values that a model's script reads.

    Parameters
    ----------
    development_config
        A dict, or the path of a YAML file, for running the script by itself. When the script is logged or loaded as a
        model, the ``model_config`` given there takes its place.
    """

    def __init__(self, *, development_config=None):
        self.config = _current if _current is not None else development_config
        if not self.config:
            raise FileNotFoundError(
                "Config file is not provided which is needed to load the model. Please provide a valid path."
            )
        if not isinstance(self.config, dict) and not os.path.isfile(self.config):
            raise FileNotFoundError(f"Config file '{self.config}' not found.")

    def to_dict(self):
        """Return all values."""
        return read_config(self.config)

    def get(self, key):
        """Return one value; a key that is not there raises ``KeyError``."""
        values = self.to_dict() or {}
        if key not in values:
            raise KeyError(f"Key '{key}' not found in configuration: {values}.")
        return values[key]


def _set_model_config(model_config):
    """Set what :class:`ModelConfig` reads; the name is MLflow's."""
    global _current
    _current = model_config


def read_config(config):
    """Return a configuration that is given as a dict, or as the path of a YAML file."""
    if config is None or isinstance(config, dict):
        return config
    path = os.path.abspath(os.fspath(config))
    if not os.path.isfile(path):
        raise MlflowException.invalid_parameter_value(
            f"An invalid `model_config` file was passed. The provided `model_config` file '{path}' is not a valid "
            "file path."
        )
    with open(path, encoding="utf-8") as file:
        try:
            return _core.from_yaml(file.read())
        except Exception as error:
            raise MlflowException.invalid_parameter_value(
                f"The provided `model_config` file '{path}' is not a valid YAML file: {error}"
            ) from None
