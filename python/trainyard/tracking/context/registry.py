"""``resolve_tags`` under the module name that MLflow has for it."""

from trainyard.tracking.context import resolve_tags

__all__ = ["resolve_tags"]
