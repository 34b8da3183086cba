"""MLflow's error codes as numbers, for code that passes them to ``MlflowException`` or looks up their names."""

from trainyard.exceptions import ERROR_CODES


class ErrorCode:
    """Names and numbers of the error codes."""

    @staticmethod
    def Name(number):
        """Return the name of a code."""
        for name, (code, _) in ERROR_CODES.items():
            if code == number:
                return name
        raise ValueError(f"there is no error code of number {number!r}")

    @staticmethod
    def Value(name):
        """Return the number of a code."""
        if name not in ERROR_CODES:
            raise ValueError(f"there is no error code named {name!r}")
        return ERROR_CODES[name][0]

    @staticmethod
    def items():
        """Return all names with their numbers."""
        return [(name, number) for name, (number, _) in ERROR_CODES.items()]


ABORTED = ErrorCode.Value("ABORTED")
ALREADY_EXISTS = ErrorCode.Value("ALREADY_EXISTS")
BAD_REQUEST = ErrorCode.Value("BAD_REQUEST")
CANCELLED = ErrorCode.Value("CANCELLED")
CUSTOMER_UNAUTHORIZED = ErrorCode.Value("CUSTOMER_UNAUTHORIZED")
DATA_LOSS = ErrorCode.Value("DATA_LOSS")
DEADLINE_EXCEEDED = ErrorCode.Value("DEADLINE_EXCEEDED")
ENDPOINT_NOT_FOUND = ErrorCode.Value("ENDPOINT_NOT_FOUND")
INTERNAL_ERROR = ErrorCode.Value("INTERNAL_ERROR")
INVALID_PARAMETER_VALUE = ErrorCode.Value("INVALID_PARAMETER_VALUE")
INVALID_STATE = ErrorCode.Value("INVALID_STATE")
NOT_FOUND = ErrorCode.Value("NOT_FOUND")
NOT_IMPLEMENTED = ErrorCode.Value("NOT_IMPLEMENTED")
PERMISSION_DENIED = ErrorCode.Value("PERMISSION_DENIED")
REQUEST_LIMIT_EXCEEDED = ErrorCode.Value("REQUEST_LIMIT_EXCEEDED")
RESOURCE_ALREADY_EXISTS = ErrorCode.Value("RESOURCE_ALREADY_EXISTS")
RESOURCE_CONFLICT = ErrorCode.Value("RESOURCE_CONFLICT")
RESOURCE_DOES_NOT_EXIST = ErrorCode.Value("RESOURCE_DOES_NOT_EXIST")
RESOURCE_EXHAUSTED = ErrorCode.Value("RESOURCE_EXHAUSTED")
TEMPORARILY_UNAVAILABLE = ErrorCode.Value("TEMPORARILY_UNAVAILABLE")
UNAUTHENTICATED = ErrorCode.Value("UNAUTHENTICATED")
