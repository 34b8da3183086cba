"""Loaders of Python models, by MLflow's names."""
