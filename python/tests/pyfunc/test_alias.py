"""The name ``mlflow`` while models are loaded that speak of it, where MLflow is not installed."""

import importlib
import importlib.util
import sys
import threading

import pytest

from trainyard import alias

pytestmark = pytest.mark.skipif(importlib.util.find_spec("mlflow") is not None, reason="MLflow is installed")


def test_the_name_is_given_until_the_last_thread_that_loads_a_model_is_done():
    both_are_in, first_is_out = threading.Barrier(2), threading.Event()
    found = []

    def first():
        with alias.resolving_mlflow():
            importlib.import_module("mlflow.pyfunc")
            both_are_in.wait(30)
        first_is_out.set()

    def second():
        with alias.resolving_mlflow():
            both_are_in.wait(30)
            assert first_is_out.wait(30)
            found.append(importlib.import_module("mlflow.models.signature"))

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [module.__name__ for module in found] == ["trainyard.models.signature"]
    assert not [name for name in sys.modules if name.partition(".")[0] == "mlflow"]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("mlflow")
