# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

ERROR_CODES: dict[str, Any]

class ExecutionException(MlflowException): ...
class InvalidUrlException(MlflowException): ...
class MissingConfigException(MlflowException): ...

class MlflowException(Exception):
    error_class: str | None
    error_code: int
    json_kwargs: Any
    message: str
    sqlstate: str | None
    def __init__(
        self,
        message: str,
        error_code: int = 1,
        sqlstate: str | None = None,
        error_class: str | None = None,
        **kwargs: Any,
    ) -> None: ...
    @classmethod
    def invalid_parameter_value(
        cls, message: str, sqlstate: str | None = None, error_class: str | None = None, **kwargs: Any
    ) -> MlflowException: ...
    def get_http_status_code(self) -> Any: ...
    def serialize_as_json(self) -> Any: ...

class MlflowNotImplementedException(MlflowException):
    def __init__(self, message: Any = "") -> None: ...

class RestException(MlflowException):
    json: dict[str, Any]
    def __init__(self, json: dict[str, Any]) -> None: ...

def get_error_code(http_status: Any) -> int: ...
