"""Which flavors autologging is enabled for, and with which settings."""

import functools
import inspect

# Settings by flavor, in the order in which the flavors were configured last.
_SETTINGS = {}


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


def latest_enabled(flavors):
    """Return the one of several flavors that was enabled last, or ``None`` when none is."""
    return next((flavor for flavor in reversed(_SETTINGS) if flavor in flavors and not is_disabled(flavor)), None)
