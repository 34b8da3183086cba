"""``python -m trainyard``: scripts written for MLflow run unchanged and as the interpreter would run them."""

import os
import subprocess
import sys

import pytest

import trainyard as mlflow

# What training scripts import, in the forms in which they do.
IMPORTS = """
import mlflow
import mlflow.data
import mlflow.lightgbm
import mlflow.onnx
import mlflow.pyfunc
import mlflow.sklearn as flavor
import mlflow.xgboost
from mlflow import MlflowClient, MlflowException
from mlflow.data.dataset import Dataset
from mlflow.data.pandas_dataset import PandasDataset
from mlflow.data.sources import HTTPDatasetSource
from mlflow.entities import Dataset as DatasetEntity
from mlflow.entities import Experiment, LifecycleStage, Metric, Param, Run, RunStatus, RunTag, ViewType
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import RestException
from mlflow.models import ModelSignature, infer_signature
from mlflow.models.signature import infer_signature as same
from mlflow.pyfunc import PyFuncModel, PythonModel, PythonModelContext
from mlflow.tracking import MlflowClient as Client
from mlflow.tracking.client import MlflowClient as AlsoClient
from mlflow.tracking.fluent import active_run
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import Array, Object, Property
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME

assert same is infer_signature and Client is AlsoClient is MlflowClient
assert MLFLOW_RUN_NAME == "mlflow.runName" and flavor is mlflow.sklearn
assert mlflow.data.from_pandas.__module__ == "trainyard.data.pandas_dataset"
print("imported")
"""


def run(*arguments, folder, **options):
    command = [sys.executable, "-m", "trainyard", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, **options)


def write(folder, **scripts):
    for name, text in scripts.items():
        (folder / f"{name}.py").write_text(text)


def test_the_modules_that_scripts_import_are_there(tmp_path):
    write(tmp_path, train=IMPORTS)
    done = run("train.py", folder=tmp_path)
    assert done.stdout == "imported\n", done.stderr


def test_a_script_is_the_module_main_as_without_us(tmp_path):
    script = """
import json, sys
main = sys.modules["__main__"]
names = ["__name__", "__file__", "__package__", "__doc__", "__spec__"]
print(json.dumps([[repr(globals().get(name)) for name in names], main.__dict__ is globals(), sys.argv, sys.path[0]]))
print(type(__loader__).__name__, type(__builtins__).__name__)
"""
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", train=f'"""Docs."""{script}')
    plain = subprocess.run([sys.executable, "in/train.py", "-x", "1"], capture_output=True, text=True, cwd=tmp_path)
    assert plain.returncode == 0, plain.stderr
    assert run("in/train.py", "-x", "1", folder=tmp_path).stdout == plain.stdout


def test_a_module_is_run_as_with_the_option_m_of_python(tmp_path):
    script = """
import sys
from . import beside
print(__name__, __package__, __spec__.name, sys.argv, beside.NAME)
"""
    (tmp_path / "package").mkdir()
    write(tmp_path / "package", __init__="", __main__=script, train=script, beside="NAME = __name__")
    for module in ("package", "package.train"):
        plain = subprocess.run([sys.executable, "-m", module, "a"], capture_output=True, text=True, cwd=tmp_path)
        assert plain.returncode == 0, plain.stderr
        assert run("-m", module, "a", folder=tmp_path).stdout == plain.stdout
    for arguments, expected in ((["-m", "package.none"], "package.none"), (["-m"], "needs the name of a module")):
        done = run(*arguments, folder=tmp_path)
        assert done.returncode == 2 and expected in done.stderr and "Traceback" not in done.stderr


def test_classes_of_the_script_can_be_pickled_until_the_process_ends(tmp_path):
    script = """
import atexit, pickle
class Thing:
    size = 3
data = pickle.dumps(Thing())
atexit.register(lambda: print("at exit:", pickle.loads(data).size))
print(pickle.loads(data).__class__ is Thing, Thing.__module__)
"""
    write(tmp_path, train=script)
    done = run("train.py", folder=tmp_path)
    assert done.stdout == "True __main__\nat exit: 3\n", done.stderr


def test_a_model_class_of_the_script_is_loaded_by_another_process(yard, tmp_path):
    script = """
import mlflow
class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * value for value in model_input["x"]]
with mlflow.start_run():
    print(mlflow.pyfunc.log_model(name="m", python_model=Doubler()).model_uri)
"""
    write(tmp_path, train=script, use="import sys, mlflow; print(mlflow.pyfunc.load_model(sys.argv[1]).predict(ROWS))")
    rows = "__import__('pandas').DataFrame({'x': [1, 2]})"
    (tmp_path / "use.py").write_text((tmp_path / "use.py").read_text().replace("ROWS", rows))
    environment = {**os.environ, "MLFLOW_TRACKING_URI": yard}
    trained = run("train.py", folder=tmp_path, env=environment)
    assert trained.returncode == 0, trained.stderr
    used = run("use.py", trained.stdout.splitlines()[-1], folder=tmp_path, env=environment)
    assert used.stdout.strip() == "[2, 4]", used.stderr


WORKERS = """
import multiprocessing, os
import mlflow
from mlflow.entities import Metric

def work(number):
    mlflow.MlflowClient().log_metric(os.environ["RUN"], "from workers", number, step=number)
    return number, mlflow.__name__

if __name__ == "__main__":
    with mlflow.start_run() as run:
        os.environ["RUN"] = run.info.run_id
        {map}
    print(run.info.run_id, sorted(found))
"""


@pytest.mark.parametrize(
    "workers",
    [
        "with multiprocessing.get_context('spawn').Pool(2) as pool: found = pool.map(work, range(3))",
        "import joblib; found = joblib.Parallel(n_jobs=2)(joblib.delayed(work)(n) for n in range(3))",
    ],
    ids=["multiprocessing", "joblib"],
)
def test_worker_processes_find_mlflow_too(workers, yard, tmp_path):
    write(tmp_path, train=WORKERS.replace("{map}", workers))
    done = run("train.py", folder=tmp_path, env={**os.environ, "MLFLOW_TRACKING_URI": yard})
    assert done.returncode == 0, done.stderr
    run_id, found = done.stdout.strip().split(" ", 1)
    assert found == "[(0, 'trainyard'), (1, 'trainyard'), (2, 'trainyard')]"
    history = mlflow.MlflowClient().get_metric_history(run_id, "from workers")
    assert sorted(point.step for point in history) == [0, 1, 2]


def test_tracebacks_are_those_of_the_plain_script(tmp_path):
    raising = """
import sys
def deep():
    raise ValueError("deep down")
try:
    deep()
except ValueError as error:
    raise RuntimeError("above") from error
"""
    hook = "import sys\nsys.excepthook = lambda kind, error, trace: print(kind, trace.tb_frame.f_code.co_name)\n1 / 0"
    write(tmp_path, raising=raising, syntax="x = (\n", hook=hook, leaves="raise SystemExit('enough')")
    for name in ("raising", "syntax", "hook", "leaves"):
        plain = subprocess.run([sys.executable, f"{name}.py"], capture_output=True, text=True, cwd=tmp_path)
        done = run(f"{name}.py", folder=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    write(tmp_path, interrupted="raise KeyboardInterrupt")
    done = run("interrupted.py", folder=tmp_path)
    assert done.returncode == 130 and "trainyard" not in done.stderr


def test_a_script_that_fails_leaves_a_failed_run(yard, tmp_path):
    write(tmp_path, train="import mlflow\nwith mlflow.start_run() as run:\n    print(run.info.run_id)\n    1 / 0")
    done = run("train.py", folder=tmp_path, env={**os.environ, "MLFLOW_TRACKING_URI": yard})
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr
    assert mlflow.get_run(done.stdout.strip()).info.status == "FAILED"
