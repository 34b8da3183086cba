"""Hyperparameters as people write them down: nested dicts become params with dotted names."""

from trainyard.exceptions import MlflowException


def flatten(params):
    """Return a nested dict as one level: ``{"model": {"depth": 3}}`` as ``{"model.depth": "3"}``.

    Parameters
    ----------
    params
        The dict. Everything in it that is not a dict is written as its ``str``; so is a dict without entries.

    Returns
    -------
    dict of str to str
    """
    flat = {}
    _add(flat, params, "")
    return flat


def _add(flat, params, prefix):
    for key, value in params.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            _add(flat, value, f"{name}.")
            continue
        text = str(value)
        if flat.setdefault(name, text) != text:
            raise MlflowException.invalid_parameter_value(
                f"params: the name {name!r} comes twice, with values {flat[name]!r} and {text!r}"
            )
