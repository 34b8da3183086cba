"""Errors as MLflow raises them: a message, an error code by name, and the HTTP status that belongs to it."""

_HTTP_STATUS = {
    "INTERNAL_ERROR": 500,
    "INVALID_STATE": 500,
    "TEMPORARILY_UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "RESOURCE_EXHAUSTED": 429,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "RESOURCE_CONFLICT": 409,
    "NOT_IMPLEMENTED": 501,
}

# The numbers that MLflow's protobuf gives to the codes that user code passes or compares.
_CODE_NUMBERS = {
    1: "INTERNAL_ERROR",
    2: "TEMPORARILY_UNAVAILABLE",
    4: "DEADLINE_EXCEEDED",
    5: "RESOURCE_EXHAUSTED",
    1000: "INVALID_PARAMETER_VALUE",
    1001: "ENDPOINT_NOT_FOUND",
    1003: "BAD_REQUEST",
    3001: "RESOURCE_ALREADY_EXISTS",
    3002: "RESOURCE_DOES_NOT_EXIST",
}


class MlflowException(Exception):
    """An operation of the tracking or model interface failed.

    Parameters
    ----------
    message
        A sentence for a person.
    error_code
        Name of the code, such as ``"INVALID_PARAMETER_VALUE"``, or MLflow's number for it.
    """

    def __init__(self, message, error_code="INTERNAL_ERROR", **kwargs):
        self.error_code = _CODE_NUMBERS.get(error_code, "INTERNAL_ERROR") if isinstance(error_code, int) else error_code
        self.message = str(message)
        self.json_kwargs = kwargs
        super().__init__(self.message)

    def __reduce__(self):
        return (_rebuild, (type(self), self.message, self.error_code))

    @classmethod
    def invalid_parameter_value(cls, message, **kwargs):
        """Make an error of code ``INVALID_PARAMETER_VALUE``."""
        return cls(message, "INVALID_PARAMETER_VALUE", **kwargs)

    def get_http_status_code(self):
        """Return the HTTP status that carries the code."""
        return _HTTP_STATUS.get(self.error_code, 400)

    def serialize_as_json(self):
        """Return the body of an HTTP answer with this error."""
        import json

        return json.dumps({"error_code": self.error_code, "message": self.message, **self.json_kwargs})


class RestException(MlflowException):
    """A server answered with an error; its text begins with the code."""

    def __init__(self, json):
        self.json = json
        code = json.get("error_code", "INTERNAL_ERROR")
        super().__init__(f"{code}: {json.get('message', '')}", code)

    def __reduce__(self):
        return (RestException, (self.json,))


def _rebuild(cls, message, error_code):
    return cls(message, error_code)
