"""The ``pyfunc`` decorator, which validates the input of a function against its type hints."""

from trainyard.pyfunc.utils.data_validation import pyfunc

__all__ = ["pyfunc"]
