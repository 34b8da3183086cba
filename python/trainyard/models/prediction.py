"""Predicting with a saved model from a file or a request, as a scoring server would."""

import contextlib
import os
import sys

from trainyard.exceptions import MlflowException
from trainyard.models.example import Example, to_json
from trainyard.models.serving_input import answer, parse_body
from trainyard.types.hinted_data import SERVING_VARIABLE

_JSON, _CSV = "json", "csv"
_ENVIRONMENTS = ("local", "virtualenv", "uv", "conda")


def predict(
    model_uri,
    input_data=None,
    input_path=None,
    content_type=_JSON,
    output_path=None,
    env_manager="local",
    install_mlflow=False,
    pip_requirements_override=None,
    extra_envs=None,
):
    """Predict with a saved model, and write the answer as JSON.

    The model runs in this process and this environment: unlike MLflow, no environment is made for it.

    Parameters
    ----------
    model_uri
        The model.
    input_data
        Data like the model's input.
    input_path
        File with the input, in place of ``input_data``: the JSON of a request, or a table as CSV; the standard input
        when both are left out.
    content_type
        ``"json"`` or ``"csv"``.
    output_path
        File for the answer; the standard output when left out.
    env_manager
        ``"local"``. The others of MLflow (``"virtualenv"``, ``"uv"``, ``"conda"``) are refused: make the environment
        from the model's ``requirements.txt`` and predict in it.
    install_mlflow, pip_requirements_override, extra_envs
        For those other environments.
    """
    if content_type not in (_JSON, _CSV):
        raise MlflowException.invalid_parameter_value(f"Content type must be one of {_JSON} or {_CSV}.")
    _check_environment(env_manager, install_mlflow, pip_requirements_override, extra_envs)
    if input_data is not None and input_path is not None:
        raise MlflowException.invalid_parameter_value(
            "Both input_data and input_path are provided. Only one of them should be specified."
        )
    from trainyard.pyfunc import load_model

    text = _read(input_path) if input_data is None else _serialize(input_data, content_type)
    with serving():
        model = load_model(model_uri)
        if content_type == _CSV:
            data, params = _table(text, model.input_schema), None
        else:
            data, params = parse_body(text, model.metadata)
        result = to_json({"predictions": answer(model.predict(data, params))})
    if output_path is None:
        sys.stdout.write(result)
        return
    with open(output_path, "w", encoding="utf-8") as file:
        file.write(result)


def validate_serving_input(model_uri, serving_input):
    """Predict from the body of a request, to see that the model would answer it.

    Parameters
    ----------
    model_uri
        The model.
    serving_input
        The JSON, as text or as a dict.

    Returns
    -------
    The prediction.
    """
    from trainyard.pyfunc import load_model

    model = load_model(model_uri)
    data, params = parse_body(serving_input, model.metadata)
    with serving():
        return model.predict(data, params)


@contextlib.contextmanager
def serving():
    """Be a scoring server for a while: bytes and dates come as texts then, because JSON has no other way."""
    before = os.environ.get(SERVING_VARIABLE)
    os.environ[SERVING_VARIABLE] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SERVING_VARIABLE]
        else:
            os.environ[SERVING_VARIABLE] = before


def _check_environment(env_manager, install_mlflow, pip_requirements_override, extra_envs):
    if env_manager not in _ENVIRONMENTS:
        raise MlflowException.invalid_parameter_value(
            f"Invalid value for `env_manager`: {env_manager}. Must be one of {list(_ENVIRONMENTS)}"
        )
    if env_manager != "local":
        raise MlflowException(
            f"env_manager={env_manager!r}: environments are not made here. Make one with what "
            "pyfunc.get_model_dependencies(model_uri) names, and predict in it with env_manager='local'",
            "NOT_IMPLEMENTED",
        )
    given = {
        "install_mlflow": install_mlflow,
        "pip_requirements_override": pip_requirements_override,
        "extra_envs": extra_envs,
    }
    for name, value in given.items():
        if value:
            raise MlflowException.invalid_parameter_value(
                f"{name} is about an environment that is made for the model; env_manager='local' predicts in this one"
            )


def _read(path):
    if path is None:
        return sys.stdin.read()
    with open(path, encoding="utf-8") as file:
        return file.read()


def _serialize(data, content_type):
    """Return input data as the text that a request has."""
    try:
        if content_type == _JSON:
            return Example(data).json_serving_input
        if isinstance(data, str):
            return data
        import pandas

        return pandas.DataFrame(data).to_csv(index=False)
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            f"Invalid input data, please make sure the data is acceptable by the loaded pyfunc model: {error}"
        ) from error


def _table(text, schema):
    import io

    import pandas

    dtypes = None
    if schema is not None and not schema.is_tensor_spec() and schema.has_input_names():
        dtypes = dict(zip(schema.input_names(), schema.pandas_types(), strict=True))
    try:
        return pandas.read_csv(io.StringIO(text), dtype=dtypes)
    except ValueError as error:
        raise MlflowException(
            "Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid CSV-formatted Pandas "
            f"DataFrame produced using the `pandas.DataFrame.to_csv()` method. Error: '{error}'",
            "BAD_REQUEST",
        ) from None
