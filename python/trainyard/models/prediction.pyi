# Written by python/tools/stub_files.py from the package itself; do not edit.
from os import PathLike
from typing import Any

def predict(
    model_uri: str | PathLike[str],
    input_data: Any = None,
    input_path: Any = None,
    content_type: Any = "json",
    output_path: Any = None,
    env_manager: Any = "local",
    install_mlflow: Any = False,
    pip_requirements_override: Any = None,
    extra_envs: Any = None,
) -> Any: ...
def serving() -> Any: ...
def validate_serving_input(model_uri: str | PathLike[str], serving_input: str | dict[str, Any]) -> Any: ...
