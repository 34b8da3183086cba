"""Handles of logging calls, under the module name that MLflow has for them."""
