"""Autologging of all frameworks: what is imported, when, and whose settings count."""

import json
import os
import subprocess
import sys

import pytest

import trainyard
from trainyard.autologging import get_autologging_config, imports, integrations, versions


@pytest.fixture(autouse=True)
def as_before(yard, monkeypatch):
    """Settings and expected imports of a test end with it."""
    monkeypatch.setattr(integrations, "_SETTINGS", {})
    monkeypatch.setattr(imports, "_by_name", {})
    monkeypatch.setattr(imports, "_by_prefix", {})
    yield


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Make packages of given files importable; they are forgotten afterwards."""
    known = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)

    def make(**files):
        for name, text in files.items():
            path = tmp_path.joinpath(*name.split("__in__")[::-1]).with_suffix(".py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    yield make
    for name in set(sys.modules) - known:
        del sys.modules[name]


def run(script, folder):
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, env=os.environ, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_no_framework_is_imported(tmp_path):
    script = """
import json, sys
import trainyard
trainyard.autolog()
trainyard.sklearn.autolog()
names = ["sklearn", "numpy", "pandas", "xgboost", "lightgbm", "keras", "tensorflow", "torch", "matplotlib"]
print(json.dumps([name for name in names if name in sys.modules]))
"""
    assert run(script, tmp_path) == []


def test_a_framework_imported_later_is_recorded_and_no_more_of_it_is_imported(tmp_path):
    script = """
import json, sys
import trainyard
trainyard.autolog(log_models=False, extra_tags={"team": "iris"})
from sklearn.linear_model import LinearRegression
unused = [name for name in ("sklearn.neural_network", "sklearn.manifold", "sklearn.mixture") if name in sys.modules]
LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
run = trainyard.last_active_run()
print(json.dumps([unused, run.data.tags["estimator_name"], run.data.tags["team"], run.info.status]))
"""
    assert run(script, tmp_path) == [[], "LinearRegression", "iris", "FINISHED"]


def test_a_framework_imported_before_is_recorded(tmp_path):
    script = """
import json
from sklearn.linear_model import LinearRegression
import trainyard
trainyard.autolog(log_models=False)
LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
print(json.dumps(trainyard.last_active_run().data.tags["mlflow.autologging"]))
"""
    assert run(script, tmp_path) == "sklearn"


def test_all_estimators_of_scikit_learn_are_watched_that_stock_watches(tmp_path):
    script = """
import json
from sklearn.utils import all_estimators
from trainyard.sklearn import estimators
import sys
known = [kind for _, kind in all_estimators()]
watched = {k for n, m in list(sys.modules.items()) if n.startswith("sklearn") for k in estimators.watched_classes(m)}
preparing = {k for k in known if f"{k.__module__}.{k.__name__}".startswith(estimators._PREPARING)}
print(json.dumps([len(watched) > 150, sorted(map(str, set(known) - preparing ^ watched))]))
"""
    assert run(script, tmp_path) == [True, []]


def test_settings_of_a_flavor_win_over_those_for_all(iris):
    trainyard.sklearn.autolog(log_models=False, silent=True)
    trainyard.autolog(log_models=True)
    assert get_autologging_config("sklearn", "log_models") is False
    trainyard.sklearn.autolog(exclusive=True)
    assert get_autologging_config("sklearn", "log_models") is True
    assert get_autologging_config("sklearn", "silent") is False


def test_settings_for_all_can_be_changed_and_switched_off(iris):
    trainyard.autolog(log_datasets=False)
    assert get_autologging_config("sklearn", "log_datasets") is False
    trainyard.autolog(disable=True)
    assert integrations.is_disabled("sklearn")


def test_excluded_flavors_are_left_alone(iris):
    trainyard.autolog(exclude_flavors=["sklearn"])
    assert integrations.is_disabled("sklearn")


def test_tags_that_are_no_dict_are_refused():
    for autolog in (trainyard.autolog, trainyard.sklearn.autolog):
        with pytest.raises(trainyard.MlflowException, match="expecting dictionary, received `list`"):
            autolog(extra_tags=["team"])


def test_a_module_is_announced_once_it_has_run(packages):
    packages(awaited="value = 1\n")
    seen = []
    imports.when_imported("awaited", "first", lambda module: seen.append(("first", module.value)))
    imports.when_imported("awaited", "second", lambda module: seen.append(("replaced", module.value)))
    imports.when_imported("awaited", "second", lambda module: seen.append(("second", module.value)))
    assert seen == []
    import awaited

    assert seen == [("first", 1), ("second", 1)]
    assert type(awaited.__loader__).__name__ == "SourceFileLoader"
    assert "exec_module" not in vars(awaited.__loader__)
    imports.when_imported("awaited", "third", lambda module: seen.append(("third", module.value)))
    assert seen[-1] == ("third", 1)


def test_an_error_while_enabling_is_no_error_of_the_import(packages):
    packages(troubled="value = 2\n")

    def fail(module):
        raise RuntimeError("cannot be enabled")

    imports.when_imported("troubled", "test", fail)
    with pytest.warns(UserWarning, match="could not be enabled for troubled: RuntimeError: cannot be enabled"):
        import troubled
    assert troubled.value == 2


def test_a_module_that_fails_to_import_is_not_announced(packages):
    packages(failing="raise ImportError('half of it is missing')\n")
    seen = []
    imports.when_imported("failing", "test", seen.append)
    with pytest.raises(ImportError, match="half of it"):
        import failing  # noqa: F401
    with pytest.raises(ModuleNotFoundError):
        import failing_and_absent  # noqa: F401
    assert seen == []


def test_modules_below_a_package_are_announced_by_name(packages):
    packages(__init____in__whole="from whole import early\n", early__in__whole="", late__in__whole="")
    seen = []
    imports.when_imported_below("whole", "test", lambda module: seen.append(module.__name__))
    import whole

    assert seen == ["whole.early"]
    import whole.late

    assert seen == ["whole.early", "whole.late"]
    imports.forget("test")
    assert whole.early.__name__ == "whole.early"
    assert imports._callbacks_of("whole.other") == []


@pytest.mark.parametrize(
    ("installed", "supported"),
    [("1.5.2", False), ("1.6", True), ("1.6.0", True), ("1.9.1", True), ("1.9.1rc1", True), ("1.10.0", False)],
)
def test_versions_outside_of_the_range_are_left_alone_if_wanted(installed, supported, monkeypatch):
    monkeypatch.setattr(versions, "_installed", lambda distribution: installed)
    assert versions.is_supported("sklearn") is supported
    trainyard.sklearn.autolog(disable_for_unsupported_versions=True)
    assert integrations.is_disabled("sklearn") is not supported
    trainyard.sklearn.autolog()
    assert not integrations.is_disabled("sklearn")
