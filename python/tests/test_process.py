"""The package as a program: import cost, the name mlflow, the command, forks, and the stubs."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trainyard as mlflow
from trainyard import _core

EXAMPLE = Path(__file__).parents[2] / "examples" / "sklearn_iris.py"

SCRIPT = """
import sys
import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.models import infer_signature
from mlflow.models.signature import ModelSignature
from mlflow.tracking import MlflowClient as SameClient
import trainyard, trainyard.sklearn, trainyard.models.signature

assert mlflow is trainyard and mlflow.sklearn is trainyard.sklearn
assert mlflow.__name__ == "trainyard" and mlflow.sklearn.__spec__.name == "trainyard.sklearn"
assert ModelSignature is trainyard.models.signature.ModelSignature
assert SameClient is MlflowClient is trainyard.MlflowClient
assert __name__ == "__main__" and sys.modules["__main__"].__dict__ is globals()
import beside
with mlflow.start_run() as run:
    mlflow.log_param("arguments", sys.argv[1:])
print(run.info.run_id, sys.argv[0])
"""


def run(*arguments, **options):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, **options)


def test_importing_loads_nothing_heavy():
    heavy = ["numpy", "pandas", "sklearn", "cloudpickle", "yaml", "json", "logging", "dataclasses", "typing", "inspect"]
    folder = str(Path(mlflow.__file__).parents[1])
    script = (
        f"import sys; sys.path.insert(0, {folder!r}); import trainyard; print([n for n in {heavy} if n in sys.modules])"
    )
    done = run("-S", "-c", script)
    assert done.stdout.strip() == "[]", done.stderr


def test_an_unchanged_script_runs_with_mlflow_being_trainyard(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "train.py").write_text(SCRIPT)
    (folder / "beside.py").write_text("")
    done = run("-m", "trainyard", folder / "train.py", "--lr", "0.1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run_id, script = done.stdout.split()
    assert script == str(folder / "train.py")
    found = mlflow.get_run(run_id)
    assert found.data.params == {"arguments": "['--lr', '0.1']"}
    assert found.data.tags["mlflow.source.name"] == script


def test_a_script_decides_the_exit_code(tmp_path):
    (tmp_path / "ends.py").write_text("raise SystemExit(3)")
    assert run("-m", "trainyard", "ends.py", cwd=tmp_path).returncode == 3
    missing = run("-m", "trainyard", "none.py", cwd=tmp_path)
    assert missing.returncode == 2 and "none.py" in missing.stderr


def test_what_is_not_here_is_not_found(tmp_path):
    (tmp_path / "script.py").write_text("import mlflow.gateway")
    assert "No module named 'mlflow.gateway'" in run("-m", "trainyard", "script.py", cwd=tmp_path).stderr


def test_the_command_is_that_of_the_binary(yard):
    with mlflow.start_run(run_name="seen from outside"):
        pass
    listed = run("-m", "trainyard", "runs", "list", "--tracking-uri", yard)
    assert "seen from outside" in listed.stdout, listed.stderr
    assert run("-m", "trainyard", "--version").stdout.strip() == f"trainyard {mlflow.__version__}"
    assert run("-m", "trainyard", "no-such-command").returncode == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_child_logs_to_the_same_run(store):
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1, step=0)
        children = []
        for number in range(3):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    assert mlflow.active_run() is None
                    if number:
                        mlflow.log_metric("m", number, step=number + 1)
                    else:
                        with mlflow.start_run(nested=True) as own:
                            mlflow.log_metric("of the child", 1)
                        assert own.info.run_id != run.info.run_id
                        mlflow.log_metric("m", number, step=number + 1, run_id=run.info.run_id)
                    code = 0
                finally:
                    os._exit(code)
            children.append(child)
        mlflow.log_metric("m", 9, step=9)
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    steps = [point.step for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")]
    assert sorted(steps) == [0, 1, 2, 3, 9]


def test_the_example_works_on_every_store(store, tmp_path):
    environment = {**os.environ, "TRAINYARD_TRACKING_URI": store}
    done = run(EXAMPLE, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert "equal to the ones of the fitted model" in done.stdout


def test_stubs_name_what_is_there():
    stub = ast.parse((Path(_core.__file__).parent / "_core.pyi").read_text())
    functions = {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in stub.body if isinstance(node, ast.ClassDef)}
    there = {name for name in dir(_core) if not name.startswith("__")}
    assert there == functions | set(classes) | {"COMPAT_VERSION"}
    for name, node in classes.items():
        members = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        members |= {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
        public = {member for member in dir(getattr(_core, name)) if not member.startswith("__")}
        assert public == members - {"__new__"}, name


def test_every_public_name_can_be_used():
    for name in mlflow.__all__:
        assert getattr(mlflow, name) is not None
    assert {"sklearn", "pyfunc", "models", "search_runs"} <= set(dir(mlflow))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = mlflow.no_such_name


def test_errors_survive_pickling():
    import pickle

    error = pickle.loads(pickle.dumps(mlflow.MlflowException("m", "RESOURCE_DOES_NOT_EXIST")))
    assert (str(error), error.error_code, error.get_http_status_code()) == ("m", "RESOURCE_DOES_NOT_EXIST", 404)
    assert json.loads(error.serialize_as_json()) == {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "m"}
    assert mlflow.MlflowException("m", 1000).error_code == "INVALID_PARAMETER_VALUE"
