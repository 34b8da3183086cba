"""Watching methods of frameworks: what is recorded around them never changes what they do.

A patched method calls its patch, which calls the original and records around it. An error of the original reaches the
user as it is; an error of the recording becomes a warning, and the user gets what the original returned.
"""

import contextlib
import functools
import inspect
import threading

import trainyard
from trainyard import environment
from trainyard.autologging import integrations
from trainyard.autologging.isolation import attempt, report
from trainyard.notices import muted

_RUN_TAG = "mlflow.autologging"

_local = threading.local()


@contextlib.contextmanager
def disabled():
    """Record nothing of what is called inside the block, in this thread."""
    before = getattr(_local, "is_disabled", False)
    _local.is_disabled = True
    try:
        yield
    finally:
        _local.is_disabled = before


def safe_patch(flavor, owner, name, patch, manage_run=False, extra_tags=None, applies=None):
    """Let a patch record each call of a function or method.

    Parameters
    ----------
    flavor
        Whose autologging has to be enabled for it. The function can be patched by several flavors: a call is recorded
        by the one that was enabled last.
    owner
        The class or module that has the function.
    name
        Name of the function.
    patch
        ``patch(original, *args, **kwargs)``, with ``self`` as the first argument of a method, is called in place of the
        original, and calls that.
    manage_run
        Start a run for the call unless one is active, and end it afterwards.
    extra_tags
        Tags of such a run.
    applies
        ``applies(*args, **kwargs)`` tells whether a call is recorded at all; left out, each is.
    """
    function = vars(owner).get(name) or getattr(owner, name)
    patches = getattr(function, "_trainyard_patches", None)
    if patches is None:
        patches = {}
        watched = _watched(function, patches)
        if inspect.ismodule(owner):
            # Pickled by name, which has to lead to this very object; in another process it leads to the original.
            watched.__module__ = owner.__name__
        setattr(owner, name, watched)
    # Patched again, a flavor has new settings.
    patches[flavor] = _Patch(flavor, patch, manage_run, dict(extra_tags or {}), applies)


def _watched(original, patches):
    @functools.wraps(original)
    def watched(*args, **kwargs):
        flavor = None if getattr(_local, "is_disabled", False) else integrations.latest_enabled(patches)
        if flavor is None:
            return original(*args, **kwargs)
        return patches[flavor].call(original, args, kwargs)

    watched._trainyard_patches = patches
    return watched


class _Patch:
    """What one flavor does around a function."""

    def __init__(self, flavor, patch, manage_run, extra_tags, applies):
        self._flavor = flavor
        self._patch = patch
        self._manage_run = manage_run
        self._extra_tags = extra_tags
        self._applies = applies

    def call(self, original, args, kwargs):
        """Call the original by way of the patch."""
        if self._applies is not None and not self._applies(*args, **kwargs):
            return original(*args, **kwargs)
        with muted(self._is_silent()):
            return self._record(original, args, kwargs)

    def _record(self, original, args, kwargs):
        if integrations.get_autologging_config(self._flavor, "exclusive") and _users_run_is_active():
            return original(*args, **kwargs)
        observed = _Observed(original)
        run = attempt("autologging could not start a run", self._start_run) if self._manage_run else None
        try:
            result = self._patch(observed, *args, **kwargs)
        except BaseException as error:
            if observed.error is not None or not isinstance(error, Exception) or _is_testing():
                _end(run, "FAILED")
                raise
            report(f"autologging of {self._flavor} failed: {type(error).__name__}: {error}")
            try:
                result = observed.result if observed.has_returned else original(*args, **kwargs)
            except BaseException:
                _end(run, "FAILED")
                raise
        _end(run, "FINISHED")
        return result

    def _is_silent(self):
        return bool(integrations.get_autologging_config(self._flavor, "silent"))

    def _start_run(self):
        if trainyard.active_run() is not None:
            return None
        run = trainyard.start_run(tags={_RUN_TAG: self._flavor, **self._extra_tags})
        _own_runs().add(run.info.run_id)
        return run


class _Observed:
    """The original function as a patch calls it; remembers how the call ended."""

    def __init__(self, original):
        functools.update_wrapper(self, original)
        self._original = original
        self.error = None
        self.has_returned = False
        self.result = None

    def __call__(self, *args, **kwargs):
        try:
            self.result = self._original(*args, **kwargs)
        except BaseException as error:
            self.error = error
            raise
        self.has_returned = True
        return self.result


def _users_run_is_active():
    run = trainyard.active_run()
    return run is not None and run.info.run_id not in _own_runs()


def _own_runs():
    """Return the ids of the runs that autologging has started in this thread."""
    if not hasattr(_local, "runs"):
        _local.runs = set()
    return _local.runs


def _end(run, status):
    if run is None:
        return
    _own_runs().discard(run.info.run_id)
    active = trainyard.active_run()
    if active is not None and active.info.run_id == run.info.run_id:
        attempt("the run of autologging could not be ended", trainyard.end_run, status)


def _is_testing():
    # MLflow's own switch: in tests an error of the recording is an error.
    return environment.is_true("AUTOLOGGING_TESTING")
