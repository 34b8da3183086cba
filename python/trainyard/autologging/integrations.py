"""Which flavors autologging is enabled for, and with which settings."""

import functools
import inspect

from trainyard.autologging.versions import is_supported
from trainyard.exceptions import MlflowException

# Settings by flavor, in the order in which the flavors were configured last.
_SETTINGS = {}

# Marks settings that were not given for the flavor alone. MLflow's name.
_FOR_ALL = "globally_configured"


def autologging_integration(flavor):
    """Decorate the ``autolog`` function of a flavor: keep its arguments as the flavor's settings.

    The function itself, which patches what is watched, is only called when it is not told ``disable=True``.
    """

    def decorate(autolog):
        signature = inspect.signature(autolog)

        @functools.wraps(autolog)
        def configure(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            settings = dict(bound.arguments)
            check_tags(settings.get("extra_tags"))
            if settings.get("disable_for_unsupported_versions") and not is_supported(flavor):
                settings["disable"] = True
            if not settings.get("disable"):
                autolog(**settings)
            _SETTINGS.pop(flavor, None)
            _SETTINGS[flavor] = settings

        configure.integration_name = flavor
        return configure

    return decorate


def get_autologging_config(flavor_name, config_key, default_value=None):
    """Return a setting of a flavor, or the default when the flavor was not configured or has no such setting."""
    return _SETTINGS.get(flavor_name, {}).get(config_key, default_value)


def is_disabled(flavor):
    """Tell whether nothing is recorded for a flavor."""
    return flavor not in _SETTINGS or bool(_SETTINGS[flavor].get("disable"))


def is_configured_by_user(flavor):
    """Tell whether the flavor's own ``autolog`` was called last, and not the one for all flavors."""
    return flavor in _SETTINGS and not _SETTINGS[flavor].get(_FOR_ALL)


def mark_as_configured_for_all(flavor):
    """Note that the settings of a flavor come from the ``autolog`` for all flavors."""
    _SETTINGS[flavor][_FOR_ALL] = True


def latest_enabled(flavors):
    """Return the one of several flavors that was enabled last, or ``None`` when none is."""
    return next((flavor for flavor in reversed(_SETTINGS) if flavor in flavors and not is_disabled(flavor)), None)


def check_tags(extra_tags):
    """Refuse tags that are not a dict."""
    if extra_tags is not None and not isinstance(extra_tags, dict):
        raise MlflowException.invalid_parameter_value(
            f"Invalid `extra_tags` type: expecting dictionary, received `{type(extra_tags).__name__}`"
        )
