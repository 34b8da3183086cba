"""``MlflowClient`` under the module name that MLflow has for it."""

from trainyard.tracking.client import MlflowClient

__all__ = ["MlflowClient"]
