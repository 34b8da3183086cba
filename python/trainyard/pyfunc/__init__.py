"""Loading any model for prediction, whatever framework made it."""

from trainyard.pyfunc.model import PyFuncModel, load_model

FLAVOR_NAME = "python_function"


def get_model_dependencies(model_uri, format="pip"):
    """Return the path of the file that says what a model needs.

    Parameters
    ----------
    model_uri
        The model.
    format
        ``"pip"`` for the requirements file, ``"conda"`` for the conda environment.
    """
    import os

    from trainyard.exceptions import MlflowException
    from trainyard.models.loading import download_model

    names = {"pip": "requirements.txt", "conda": "conda.yaml"}
    if format not in names:
        raise MlflowException.invalid_parameter_value(f"format: expected 'pip' or 'conda', got {format!r}")
    return os.path.join(download_model(model_uri), names[format])


__all__ = ["FLAVOR_NAME", "PyFuncModel", "get_model_dependencies", "load_model"]
