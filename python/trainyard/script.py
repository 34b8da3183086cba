"""``python -m trainyard script.py`` and ``-m package.module``: an unchanged program, in which ``mlflow`` is trainyard.

The program is run as the interpreter would run it: as the module ``__main__``, which stays that until the process ends
(pickles, exit handlers and worker processes look for it), and with tracebacks that begin in the program.
"""

import builtins
import importlib.machinery
import importlib.util
import os
import sys
import types


def run(arguments):
    """Run ``script.py [args]`` or ``-m module [args]`` and return the exit code."""
    from trainyard import alias

    alias.install()
    # For worker processes: `multiprocessing` and `joblib` hand them the path, but not what was installed above.
    sys.path.insert(1, os.path.join(os.path.dirname(__file__), "shim"))
    if arguments[0] != "-m":
        return _run_script(arguments)
    if len(arguments) < 2:
        return _complain("-m needs the name of a module: python -m trainyard -m package.train")
    return _run_module(arguments[1], arguments[2:])


def _run_script(arguments):
    path = os.path.abspath(arguments[0])
    if not os.path.isfile(path):
        return _complain(f"there is no script {arguments[0]!r}")
    sys.argv = arguments
    if not sys.flags.safe_path:
        # In place of the folder that `-m` has put there.
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    with open(path, "rb") as file:
        source = file.read()
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    return _run(lambda: compile(source, path, "exec", dont_inherit=True), __file__=path, __loader__=loader)


def _run_module(name, arguments):
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            name = f"{name}.__main__"
            spec = importlib.util.find_spec(name)
    except ImportError as error:
        return _complain(f"{name}: {error}")
    if spec is None or spec.loader is None:
        return _complain(f"no module named {name}")
    sys.argv = [spec.origin, *arguments]
    fields = {"__file__": spec.origin, "__loader__": spec.loader, "__spec__": spec, "__package__": spec.parent}
    return _run(lambda: spec.loader.get_code(name), **fields)


def _run(get_code, **fields):
    main = types.ModuleType("__main__")
    main.__dict__.update({"__builtins__": builtins, **fields})
    sys.modules["__main__"] = main
    try:
        code = get_code()
    except SyntaxError as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return 1
    try:
        exec(code, main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        # The first frame is this function's.
        beginning = error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(beginning), beginning)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _complain(text):
    print(f"trainyard: {text}", file=sys.stderr)
    return 2
