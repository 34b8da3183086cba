"""What the user calls a value: the name of the variable that holds it, read from the calling frames."""

import inspect

_OWN_MODULES = ("trainyard",)


def name_of_variable(value, fallback):
    """Return the name of the user's variable that holds a value.

    The innermost frame counts that holds the value in a variable of its own, not as an argument, which has a name in
    the frame that called it.

    Parameters
    ----------
    value
        Compared by identity.
    fallback : str
        Returned when no variable holds it.
    """
    if value is None:
        return fallback
    frame = inspect.currentframe()
    try:
        while frame is not None:
            module = frame.f_globals.get("__name__", "").partition(".")[0]
            if module not in _OWN_MODULES and not _is_argument(frame, value):
                # Notebooks keep past results in variables that begin with an underscore.
                names = sorted((name.startswith("_"), index, name) for index, name in _names(frame, value))
                return names[0][2] if names else fallback
            frame = frame.f_back
        return fallback
    finally:
        del frame


def _names(frame, value):
    return [(index, name) for index, (name, held) in enumerate(list(frame.f_locals.items())) if held is value]


def _is_argument(frame, value):
    names, varargs, keywords, values = inspect.getargvalues(frame)
    arguments = [values[name] for name in names if name in values]
    arguments += values.get(varargs, ()) if varargs else ()
    arguments += values.get(keywords, {}).values() if keywords else ()
    return any(argument is value for argument in arguments)
