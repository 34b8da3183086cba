"""The machinery of autologging: flavors enable it, methods of frameworks are patched, trainings are recorded.

A flavor's ``autologging.py`` has its ``autolog`` function and says with :func:`safe_patch` which methods are watched.
"""

from trainyard.autologging.integrations import autologging_integration, get_autologging_config, is_disabled
from trainyard.autologging.isolation import attempt, never_raise
from trainyard.autologging.patching import disabled, safe_patch

__all__ = [
    "attempt",
    "autologging_integration",
    "disabled",
    "get_autologging_config",
    "is_disabled",
    "never_raise",
    "safe_patch",
]
