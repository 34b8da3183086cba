"""The arguments that ``save_model`` and ``log_model`` of all flavors share: said once, put into each docstring."""

from trainyard.exceptions import MlflowException

_SHARED = {
    "path": "Folder to write, which must not exist or be empty.",
    "artifact_path": "Older name of ``name``.",
    "conda_env": (
        "Conda environment as a dict or the path of a YAML file; replaces the inferred requirements. Not\n"
        "together with the two arguments about pip."
    ),
    "code_paths": "Files and folders with code that the model needs; they are importable when it is loaded.",
    "mlflow_model": "The ``Model`` to complete; a new one when left out.",
    "registered_model_name": "Make the model a new version under this registered name.",
    "signature": (
        "What :func:`trainyard.models.infer_signature` returns; inferred from the example when left out; ``False``\n"
        "for none."
    ),
    "input_example": "Data like the model's input, kept beside it; ``(data, params)`` where predict takes params.",
    "await_registration_for": "Seconds to wait until the registered version is ready; 0 or ``None`` not to wait.",
    "pip_requirements": "Requirements in place of the inferred ones: a list, or the path of a requirements file.",
    "extra_pip_requirements": "Requirements on top of the inferred ones.",
    "metadata": "Notes of your own, kept in the ``MLmodel`` file: a dict of what YAML can hold.",
    "extra_files": "Further files to keep beside the model, in its folder ``extra_files``.",
    "params": "Params of the logged model, on top of those of the run.",
    "tags": "Tags of the logged model, and of the registered version.",
    "model_type": "What kind of model it is, in a word of your own.",
    "step": "Training step at which the model was made; the run's metrics of this step are linked to it.",
    "model_id": "Existing logged model to fill, in place of a new one.",
    "name": "Name of the logged model; without ``/ : . % \" '``.",
}
_RETURNS = {
    "log_model": "Returns\n-------\nModelInfo\n    Its ``model_uri`` loads the model again.",
}


def shared_arguments(function):
    """Complete the docstring of a ``save_model`` or ``log_model``: the shared arguments, in the order they come in.

    The docstring itself describes the flavor's own arguments under ``Parameters``, each with its lines indented.
    """
    if function.__doc__ is None:  # python -OO
        return function
    import textwrap

    first, _, rest = function.__doc__.partition("\n")
    summary, _, section = f"{first}\n{textwrap.dedent(rest)}".partition("Parameters\n----------\n")
    own = _own_entries(section)
    entries = []
    code = function.__code__
    for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        text = own.get(name) or _SHARED[name]
        entries.append(f"{name}\n{textwrap.indent(text, '    ')}")
    parts = [summary.strip(), "Parameters\n----------\n" + "\n".join(entries)]
    if function.__name__ in _RETURNS:
        parts.append(_RETURNS[function.__name__])
    function.__doc__ = "\n\n".join(parts) + "\n"
    return function


def check_further(arguments, known=()):
    """Refuse keywords that no flavor knows, as Python itself does; return the ones that are known.

    Parameters
    ----------
    arguments
        The ``locals()`` of a ``save_model`` or ``log_model``, whose ``**kwargs`` are looked at.
    known
        Names that this call takes although they are not written out.
    """
    further = arguments.get("kwargs") or {}
    unknown = sorted(set(further) - set(known))
    if unknown:
        raise TypeError(f"got an unexpected keyword argument {unknown[0]!r}")
    return further


def model_name(name, artifact_path):
    """Return the name of a logged model that is given by either of two arguments, checked."""
    if name is not None and artifact_path is not None:
        raise MlflowException.invalid_parameter_value(
            "Both `artifact_path` (deprecated) and `name` parameters were specified. Please only specify `name`."
        )
    if artifact_path is not None:
        _warn_of_artifact_path()
        name = artifact_path
    if name is not None and (not isinstance(name, str) or not name or any(bad in name for bad in "/:.%\"'")):
        raise MlflowException.invalid_parameter_value(
            f"Invalid model name ({name!r}) provided. Model name must be a non-empty string and cannot contain the "
            "following characters: ('/', ':', '.', '%', '\"', \"'\")"
        )
    return name


def _warn_of_artifact_path():
    global _warned
    if not _warned:
        _warned = True
        from trainyard.notices import warn

        warn("`artifact_path` is deprecated. Please use `name` instead.", FutureWarning)


_warned = False


def _own_entries(section):
    """Take the entries of a Parameters section apart: texts by name."""
    import textwrap

    entries, names = {}, []
    for line in section.splitlines():
        if line and not line[0].isspace():
            if set(line) == {"-"}:  # the next section
                break
            names = [name.strip() for name in line.split(",")]
            entries.update((name, []) for name in names)
        else:
            for name in names:
                entries[name].append(line)
    return {name: textwrap.dedent("\n".join(lines)).strip() for name, lines in entries.items()}
