"""Pickles and scripts go both ways between trainyard and stock MLflow, which neither needs the other for."""

import pickletools
import subprocess
import sys

import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import infer_signature

pytestmark = pytest.mark.stock

# Defines the same models here and there; `mlflow` is trainyard here, and the real one there.
MODELS = """
import datetime, pydantic, numpy, pandas
from typing import Any

class Point(pydantic.BaseModel):
    x: float
    label: str | None = None

class Plain(mlflow.pyfunc.PythonModel):
    def __init__(self):
        self.signature = mlflow.models.infer_signature([1.5], params={"k": 1})
        self.kinds = [mlflow.types.DataType.long, mlflow.types.schema.Array("double")]
    def load_context(self, context):
        self.text = open(context.artifacts["text"]).read()
    def predict(self, context, model_input, params=None):
        kinds = [repr(kind) for kind in self.kinds]
        return [self.text, str(self.signature.inputs), kinds, context.model_config, params]

class Typed(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[Point]) -> list[float]:
        if len(model_input) > 2:
            raise mlflow.exceptions.MlflowException("too many")
        return [point.x for point in model_input]

class Like(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: mlflow.types.type_hints.TypeFromExample):
        return [type(model_input).__name__, list(model_input)]

class Stream(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return list(self.predict_stream(context, model_input))
    def predict_stream(self, context, model_input, params=None):
        yield from range(3)

def function(model_input: list[str]) -> list[str]:
    return [text.upper() for text in model_input]

def untyped(model_input):
    return pandas.DataFrame({"n": [len(model_input)]})

def save_all(folder):
    (folder / "text.txt").write_text("kept")
    save = mlflow.pyfunc.save_model
    requirements = {"pip_requirements": ["cloudpickle"]}
    signature = mlflow.models.infer_signature([1.5], params={"k": 2})
    save(folder / "plain", python_model=Plain(), artifacts={"text": str(folder / "text.txt")},
         model_config={"c": 1}, signature=signature, **requirements)
    save(folder / "typed", python_model=Typed(), input_example=[{"x": 1.5}], **requirements)
    save(folder / "like", python_model=Like(), input_example=["x"], **requirements)
    save(folder / "stream", python_model=Stream(), **requirements)
    save(folder / "function", python_model=function, input_example=["a"], **requirements)
    save(folder / "untyped", python_model=untyped, signature=signature, **requirements)

def predict_all(folder):
    load = mlflow.pyfunc.load_model
    outcomes = {
        "plain": load(str(folder / "plain")).predict([1.5]),
        "typed": load(str(folder / "typed")).predict([{"x": 1.5, "label": "l"}]),
        "like": load(str(folder / "like")).predict(["y", "z"]),
        "stream": list(load(str(folder / "stream")).predict_stream("x")),
        "function": load(str(folder / "function")).predict(["a"]),
        "untyped": load(str(folder / "untyped")).predict([1.5, 2.5])["n"].tolist(),
    }
    for name, data in {"typed": [{"x": "text"}], "function": [3], "plain": ["text"], "many": [{"x": 1.0}] * 3}.items():
        try:
            load(str(folder / ("typed" if name == "many" else name))).predict(data)
        except Exception as error:
            outcomes["refused " + name] = str(error).split("For further")[0][:60]
    return outcomes
"""
STOCK = """
import json, pathlib, sys, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.WARNING)
import mlflow, mlflow.types.schema
{models}
folder, what = pathlib.Path(sys.argv[1]), sys.argv[2]
folder.mkdir(exist_ok=True)
assert not any(name.split(".")[0] == "trainyard" for name in sys.modules)
print(json.dumps(save_all(folder) if what == "save" else predict_all(folder)))
"""
EXPECTED = {
    "plain": ["kept", "[double (required)]", ["long", "Array(double)"], {"c": 1}, {"k": 2}],
    "typed": [1.5],
    "like": ["list", ["y", "z"]],
    "stream": [0, 1, 2],
    "function": ["A"],
    "untyped": [2],
    "refused typed": "Failed to validate data against type hint `list[Point]`, inv",
    "refused function": "Failed to validate data against type hint `list[str]`, inval",
    "refused plain": "Failed to enforce schema of data '['text']' with schema '[do",
    "refused many": "too many",
}


@pytest.fixture
def ours(tmp_path):
    """Run the models in a script here, as ``__main__``, so that they are pickled by value."""

    def run(folder, what, python=sys.executable):
        import json
        import os

        script = STOCK.replace("import mlflow, mlflow.types.schema", "import trainyard as mlflow")
        has_none = 'assert not any(name.split(".")[0] == "trainyard" for name in sys.modules)'
        assert has_none in script
        script = script.replace(has_none, 'assert "mlflow" not in sys.modules')
        (tmp_path / "ours.py").write_text(script.format(models=MODELS))
        package = os.path.dirname(os.path.dirname(mlflow.__file__))
        done = subprocess.run(
            [python, str(tmp_path / "ours.py"), str(folder), what],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": package},
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


@pytest.mark.parametrize("made_by", ["ours", "stock"])
def test_models_of_one_answer_and_refuse_in_the_other(ours, stock, tmp_path, made_by):
    script = STOCK.format(models=MODELS)
    folder = tmp_path / "models"
    if made_by == "ours":
        ours(folder, "save")
        assert stock(script, folder, "predict") == EXPECTED
    else:
        stock(script, folder, "save")
        assert ours(folder, "predict") == EXPECTED
    if made_by == "ours":
        names = set()
        for pickle in folder.glob("*/python_model.pkl"):
            names |= {text for _, text, _ in pickletools.genops(pickle.read_bytes()) if isinstance(text, str)}
        # What the validating function of typed models is called and where from; nothing is looked up by it.
        names -= {"trainyard.pyfunc.utils.data_validation", "trainyard.pyfunc.utils"}
        assert not {name for name in names if name.partition(".")[0] == "trainyard"}


def test_models_load_where_mlflow_is_installed_too(ours, stock, tmp_path):
    import os

    folder = tmp_path / "models"
    ours(folder, "save", python=os.environ["TRAINYARD_STOCK_PYTHON"])
    assert ours(folder, "predict", python=os.environ["TRAINYARD_STOCK_PYTHON"]) == EXPECTED
    assert stock(STOCK.format(models=MODELS), folder, "predict") == EXPECTED


SCORE = """
import json, sys, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.WARNING)
import mlflow, pandas
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True, as_frame=True)
load = mlflow.pyfunc.load_model
print(json.dumps({name: load(f"{sys.argv[1]}/{name}").predict(X).tolist() for name in sys.argv[2:]}))
"""


def test_wrapped_objects_are_scored_by_stock_without_trainyard(stock, tmp_path):
    import lightgbm
    import xgboost
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    X, y = load_iris(return_X_y=True, as_frame=True)
    models = {
        "sklearn": RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y),
        "xgboost": xgboost.train({}, xgboost.DMatrix(X, y), 3),
        "lightgbm": lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(X, y),
    }
    for name, model in models.items():
        mlflow.pyfunc.save_model(tmp_path / name, python_model=model, input_example=X[:2])
    scored = stock(SCORE, tmp_path, *models)
    for name, model in models.items():
        expected = model.predict(xgboost.DMatrix(X)) if name == "xgboost" else model.predict(X)
        assert scored[name] == expected.tolist()


AGENT = """
import json, sys, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.WARNING)
import mlflow
from mlflow.types.llm import ChatCompletionResponse, ChatChoice, ChatMessage
class Agent(mlflow.pyfunc.ChatModel):
    def predict(self, context, messages, params):
        return ChatCompletionResponse(choices=[ChatChoice(message=ChatMessage(role="assistant", content="hi"))])
mlflow.pyfunc.save_model(sys.argv[1], python_model=Agent(), pip_requirements=["mlflow"])
print(json.dumps(True))
"""


def test_chat_models_of_stock_are_refused_by_name(stock, tmp_path):
    stock(AGENT, tmp_path / "agent")
    with pytest.raises(MlflowException, match="chat and agent interfaces"):
        mlflow.pyfunc.load_model(tmp_path / "agent")


BY_REFERENCE = """
import json, sys, pathlib
import mlflow
folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))
(folder / "own_models.py").write_text(
    "import mlflow\\nfrom mlflow.exceptions import MlflowException\\n"
    "class Own(mlflow.pyfunc.PythonModel):\\n"
    "    def predict(self, context, model_input, params=None):\\n"
    "        return [MlflowException.__name__, len(model_input)]\\n"
)
import own_models
mlflow.pyfunc.save_model(
    str(folder / "m"), python_model=own_models.Own(), code_paths=[str(folder / "own_models.py")],
    pip_requirements=["cloudpickle"],
)
print(json.dumps(True))
"""


def test_code_beside_a_model_of_stock_may_import_mlflow(stock, tmp_path):
    stock(BY_REFERENCE, tmp_path)
    (tmp_path / "own_models.py").unlink()
    assert mlflow.pyfunc.load_model(tmp_path / "m").predict(["a", "b"]) == ["MlflowException", 2]


def test_a_script_for_mlflow_runs_in_both(stock, tmp_path):
    (tmp_path / "scripted.py").write_text(
        "import mlflow\nfrom mlflow.models import set_model\n"
        "class Scripted(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input, params=None):\n        return len(model_input)\n"
        "set_model(Scripted())\n"
    )
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=tmp_path / "scripted.py", signature=infer_signature(["a"], 1))
    (tmp_path / "scripted.py").unlink()
    load = "import json, sys, mlflow; print(json.dumps(mlflow.pyfunc.load_model(sys.argv[1]).predict(['a', 'b'])))"
    assert stock(load, tmp_path / "m") == mlflow.pyfunc.load_model(tmp_path / "m").predict(["a", "b"]) == 2
