"""``PagedList`` under the module name that MLflow has for it."""

from trainyard.entities.base import PagedList

__all__ = ["PagedList"]
