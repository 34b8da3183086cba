"""Errors as MLflow raises them: a message, an error code by name, and the HTTP status that belongs to it."""

# MLflow's numbers of the codes that its own exceptions module speaks of, and the HTTP status that carries each.
ERROR_CODES = {
    "INTERNAL_ERROR": (1, 500),
    "TEMPORARILY_UNAVAILABLE": (2, 503),
    "BAD_REQUEST": (4, 400),
    "DEADLINE_EXCEEDED": (7, 504),
    "CANCELLED": (8, 499),
    "RESOURCE_EXHAUSTED": (9, 429),
    "ABORTED": (10, 409),
    "NOT_FOUND": (11, 404),
    "ALREADY_EXISTS": (12, 409),
    "UNAUTHENTICATED": (13, 401),
    "INVALID_PARAMETER_VALUE": (1000, 400),
    "ENDPOINT_NOT_FOUND": (1001, 404),
    "INVALID_STATE": (1003, 500),
    "PERMISSION_DENIED": (1004, 403),
    "CUSTOMER_UNAUTHORIZED": (1006, 401),
    "REQUEST_LIMIT_EXCEEDED": (1007, 429),
    "RESOURCE_CONFLICT": (1008, 409),
    "NOT_IMPLEMENTED": (1010, 501),
    "DATA_LOSS": (1011, 500),
    "RESOURCE_ALREADY_EXISTS": (3001, 400),
    "RESOURCE_DOES_NOT_EXIST": (3002, 404),
}
_NAMES = {number: name for name, (number, _) in ERROR_CODES.items()}
_INTERNAL_ERROR = 1

# Of the codes that share a status, the one that an answer without a code of its own stands for.
_CODE_OF_STATUS = {status: name for name, (_, status) in ERROR_CODES.items()}
_CODE_OF_STATUS |= {400: "BAD_REQUEST", 404: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}


class MlflowException(Exception):
    """An operation of the tracking or model interface failed.

    Parameters
    ----------
    message
        A sentence for a person.
    error_code
        Name of the code, such as ``"INVALID_PARAMETER_VALUE"``, or MLflow's number for it.
    sqlstate, error_class
        A server's finer classification of the error, where it has one.
    **kwargs
        Further fields of the JSON form.
    """

    def __init__(self, message, error_code=_INTERNAL_ERROR, sqlstate=None, error_class=None, **kwargs):
        self.error_code = _NAMES.get(error_code, "INTERNAL_ERROR") if isinstance(error_code, int) else error_code
        self.message = str(message)
        self.sqlstate = sqlstate
        self.error_class = error_class
        self.json_kwargs = kwargs
        super().__init__(self.message)

    def __reduce__(self):
        return (_rebuild, (type(self), self.message, self.error_code, self.sqlstate, self.error_class))

    @classmethod
    def invalid_parameter_value(cls, message, sqlstate=None, error_class=None, **kwargs):
        """Make an error of code ``INVALID_PARAMETER_VALUE``.

        Parameters
        ----------
        message : str
            What is wrong, with the name and the value.
        sqlstate, error_class : str
            For MLflow's signature.
        **kwargs
            Further fields of the error's JSON.

        Returns
        -------
        MlflowException
            The error, to be raised.
        """
        return cls(message, "INVALID_PARAMETER_VALUE", sqlstate, error_class, **kwargs)

    def get_http_status_code(self):
        """Return the HTTP status that carries the code."""
        return ERROR_CODES.get(self.error_code, (None, 500))[1]

    def serialize_as_json(self):
        """Return the body of an HTTP answer with this error."""
        import json

        fields = {"error_code": self.error_code, "message": self.message}
        fields |= {"sqlstate": self.sqlstate} if self.sqlstate is not None else {}
        fields |= {"error_class": self.error_class} if self.error_class is not None else {}
        return json.dumps({**fields, **self.json_kwargs})


class RestException(MlflowException):
    """A server answered with an error; its text begins with the code.

    Parameters
    ----------
    json
        The body of the answer, as a dict.
    """

    def __init__(self, json):
        self.json = json
        code = json.get("error_code") or "INTERNAL_ERROR"
        message = json["message"] if "message" in json else f"Response: {json}"
        name = _CODE_OF_STATUS.get(int(code), code) if str(code).isdecimal() else code
        super().__init__(f"{code}: {message}", name, json.get("sqlstate") or None, json.get("error_class") or None)

    def __reduce__(self):
        return (RestException, (self.json,))


class ExecutionException(MlflowException):
    """A program that was started for the user failed."""


class MissingConfigException(MlflowException):
    """A file or folder that has to be there is missing."""


class InvalidUrlException(MlflowException):
    """A request cannot be sent, as its URL is none."""


class MlflowNotImplementedException(MlflowException):
    """What was asked for is not available.

    Parameters
    ----------
    message
        What it is.
    """

    def __init__(self, message=""):
        super().__init__(message, "NOT_IMPLEMENTED")

    def __reduce__(self):
        return (type(self), (self.message,))


def get_error_code(http_status):
    """Return MLflow's number of the error code that an HTTP status stands for.

    Parameters
    ----------
    http_status : int
        Status of an answer.

    Returns
    -------
    int
        The number; that of ``INTERNAL_ERROR`` for statuses that stand for no other.
    """
    return ERROR_CODES[_CODE_OF_STATUS.get(http_status, "INTERNAL_ERROR")][0]


def _rebuild(cls, message, error_code, sqlstate, error_class):
    return cls(message, error_code, sqlstate, error_class)
