"""``doctor``: what somebody who is asked for help wants to know first."""

import os
import platform
import sys

_PREFIXES = ("MLFLOW_", "TRAINYARD_")
# A URI can hold a password; the ones in force are printed without it.
_SECRETS = ("PASSWORD", "TOKEN", "SECRET", "KEY", "URI")
_FRAMEWORKS = (
    "cloudpickle",
    "numpy",
    "pandas",
    "polars",
    "scikit-learn",
    "skops",
    "xgboost",
    "xgboost-cpu",
    "lightgbm",
    "torch",
    "tensorflow",
    "keras",
    "onnx",
    "onnxruntime",
    "matplotlib",
)


def doctor(mask_envs=False):
    """Print versions, URIs and settings. Values that look like secrets are masked in any case.

    Parameters
    ----------
    mask_envs
        Mask the values of all environment variables.
    """
    from importlib import metadata

    import trainyard
    from trainyard.tracking import connection, fluent

    lines = [
        f"System information: {platform.system()} {platform.version()}",
        f"Python version: {platform.python_version()} ({sys.executable})",
        f"Trainyard version: {trainyard.__version__}",
        f"Trainyard module location: {trainyard.__file__}",
        # As the connection has it: without a password.
        f"Tracking URI: {connection.connect().tracking_uri}",
        f"Registry URI: {connection.connect(connection.get_registry_uri()).tracking_uri}",
    ]
    run = fluent.active_run()
    if run is not None:
        lines += [
            f"Active experiment ID: {run.info.experiment_id}",
            f"Active run ID: {run.info.run_id}",
            f"Active run artifact URI: {run.info.artifact_uri}",
        ]
    variables = {name: value for name, value in sorted(os.environ.items()) if name.startswith(_PREFIXES)}
    if variables:
        lines.append("Environment variables:")
    for name, value in variables.items():
        masked = mask_envs or any(word in name for word in _SECRETS)
        lines.append(f"  {name}: {'***' if masked else value}")
    lines.append("Packages:")
    for package in _FRAMEWORKS:
        try:
            lines.append(f"  {package}: {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    print("\n".join(lines))
