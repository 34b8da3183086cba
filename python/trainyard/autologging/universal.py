"""Autologging of every framework that a program imports, sooner or later."""

import importlib
import inspect

from trainyard.autologging import integrations
from trainyard.autologging.imports import when_imported

# Modules to wait for, with the flavors that record their trainings.
_FLAVORS = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "lightning": "pytorch",
    "pytorch_lightning": "pytorch",
}


def autolog(
    log_input_examples=False,
    log_model_signatures=True,
    log_models=True,
    log_datasets=True,
    log_traces=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    extra_tags=None,
    exclude_flavors=None,
):
    """Record each training from now on, with any of the frameworks that autologging knows.

    Frameworks may be imported before or after this call, which imports none itself. Arguments are passed on to the
    ``autolog`` function of each flavor, as far as it has them; a flavor whose own ``autolog`` was called keeps the
    settings it was given there.

    Parameters
    ----------
    log_input_examples
        Keep a few rows of the training data beside the model.
    log_model_signatures
        Give models a signature.
    log_models
        Log trained models.
    log_datasets
        Log training and evaluation data as inputs of the run.
    log_traces
        Accepted for compatibility: traces are not recorded.
    disable
        Stop recording.
    exclusive
        Do not record into runs that the user has started.
    disable_for_unsupported_versions
        Do not record with versions of a framework outside of the range that stock MLflow 3.18 names.
    silent
        Show no warnings of autologging.
    extra_tags
        Tags of the runs that autologging starts.
    exclude_flavors
        Names of flavors to leave out, such as ``["keras"]``.
    """
    integrations.check_tags(extra_tags)
    given = dict(locals())
    excluded = given.pop("exclude_flavors") or ()
    for name, flavor in _FLAVORS.items():
        if flavor not in excluded:
            when_imported(name, "trainyard.autolog", _Enabling(flavor, given))


class _Enabling:
    """Enables the autologging of one flavor with what was given for all."""

    def __init__(self, flavor, given):
        self._flavor = flavor
        self._given = given

    def __call__(self, module):
        if integrations.is_configured_by_user(self._flavor):
            return
        autolog = importlib.import_module(f"trainyard.{self._flavor}").autolog
        known = inspect.signature(autolog).parameters
        autolog(**{name: value for name, value in self._given.items() if name in known})
        integrations.mark_as_configured_for_all(self._flavor)
