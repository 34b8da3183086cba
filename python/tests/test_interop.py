"""Models go both ways between trainyard and stock MLflow, as directories and through both servers."""

import json

import numpy
import pytest

import trainyard as mlflow

pytestmark = pytest.mark.stock

LOAD = """
import json, sys, mlflow, numpy, warnings
warnings.simplefilter("ignore")
uri, tracking_uri = sys.argv[1:3]
if tracking_uri != "-":
    mlflow.set_tracking_uri(tracking_uri)
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True)
model = mlflow.pyfunc.load_model(uri)
info = mlflow.models.get_model_info(uri)
print(json.dumps({
    "sklearn": mlflow.sklearn.load_model(uri).predict(X).tolist(),
    "pyfunc": model.predict(X).tolist(),
    "signature": info.signature.to_dict() if info.signature else None,
    "example": None if model.input_example is None else numpy.asarray(model.input_example).tolist(),
    "version": info.mlflow_version,
}))
"""

SAVE = """
import json, sys, mlflow, warnings
warnings.simplefilter("ignore")
path, serialization_format, tracking_uri = sys.argv[1:4]
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
X, y = load_iris(return_X_y=True)
model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
arguments = dict(
    signature=mlflow.models.infer_signature(X, model.predict(X)), input_example=X[:3],
    pip_requirements=["scikit-learn"], serialization_format=serialization_format,
)
if serialization_format == "skops":
    arguments["skops_trusted_types"] = ["sklearn.tree._tree.Tree"]
if tracking_uri == "-":
    mlflow.sklearn.save_model(model, path, **arguments)
    uri = path
else:
    mlflow.set_tracking_uri(tracking_uri)
    with mlflow.start_run():
        uri = mlflow.sklearn.log_model(model, name="forest", registered_model_name=path, **arguments).model_uri
print(json.dumps({"uri": uri, "predictions": model.predict(X).tolist()}))
"""

DESCRIBE = """
import json, sys, yaml
names = ("MLmodel", "conda.yaml", "python_env.yaml")
print(json.dumps({name: yaml.safe_load(open(f"{sys.argv[1]}/{name}")) for name in names}))
"""


@pytest.mark.parametrize("serialization_format", ["skops", "cloudpickle", "pickle"])
def test_stock_loads_ours(stock, tmp_path, forest, iris, serialization_format):
    mlflow.sklearn.save_model(
        forest, tmp_path / "model", input_example=iris[0][:3], serialization_format=serialization_format
    )
    seen = stock(LOAD, tmp_path / "model", "-")
    predictions = forest.predict(iris[0]).tolist()
    assert (seen["sklearn"], seen["pyfunc"], seen["version"]) == (predictions, predictions, "3.18.0")
    assert seen["example"] == iris[0][:3].tolist()
    assert seen["signature"] == mlflow.models.get_model_info(str(tmp_path / "model")).signature.to_dict()


@pytest.mark.parametrize("serialization_format", ["skops", "cloudpickle", "pickle"])
def test_ours_loads_stock(stock, tmp_path, iris, serialization_format):
    saved = stock(SAVE, tmp_path / "model", serialization_format, "-")
    model = mlflow.pyfunc.load_model(saved["uri"])
    assert model.predict(iris[0]).tolist() == saved["predictions"]
    assert mlflow.sklearn.load_model(saved["uri"]).predict(iris[0]).tolist() == saved["predictions"]
    assert (model.input_example == iris[0][:3]).all()
    assert model.metadata.signature.inputs.inputs[0].type == numpy.dtype("float64")


def test_the_directory_is_that_of_stock(stock, tmp_path, iris):
    from sklearn.ensemble import RandomForestClassifier

    stock(SAVE, tmp_path / "theirs", "skops", "-")
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(*iris)
    mlflow.sklearn.save_model(
        model,
        tmp_path / "ours",
        signature=mlflow.models.infer_signature(iris[0], model.predict(iris[0])),
        input_example=iris[0][:3],
        pip_requirements=["scikit-learn"],
    )
    names = [sorted(file.name for file in (tmp_path / side).iterdir()) for side in ("ours", "theirs")]
    assert names[0] == names[1]
    for name in ("input_example.json", "serving_input_example.json"):
        ours, theirs = ((tmp_path / side / name).read_text() for side in ("ours", "theirs"))
        assert ours == theirs
    ours, theirs = (stock(DESCRIBE, tmp_path / side) for side in ("ours", "theirs"))
    assert set(theirs["MLmodel"]) <= set(ours["MLmodel"])
    changing = {"model_uuid", "utc_time_created", "model_size_bytes", "flavors"}
    for key in set(theirs["MLmodel"]) - changing:
        assert ours["MLmodel"][key] == theirs["MLmodel"][key], key
    for flavor, keys in theirs["MLmodel"]["flavors"].items():
        ours_keys = ours["MLmodel"]["flavors"][flavor]
        assert set(ours_keys) == set(keys)
        for key in set(keys) - {"python_version", "sklearn_version"}:
            assert ours_keys[key] == keys[key], (flavor, key)
    assert set(ours["conda.yaml"]) == set(theirs["conda.yaml"])
    assert set(ours["python_env.yaml"]) == set(theirs["python_env.yaml"])


def test_a_model_logged_here_is_loaded_by_stock_from_any_server(store, stock, forest, iris):
    if not store.startswith("http"):
        pytest.skip("stock MLflow cannot open our embedded store")
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            forest, name="forest", input_example=iris[0][:3], registered_model_name=f"ours-{id(stock)}"
        )
    for uri in (info.model_uri, f"models:/ours-{id(stock)}/1", f"runs:/{run.info.run_id}/forest"):
        seen = stock(LOAD, uri, store)
        assert seen["sklearn"] == seen["pyfunc"] == forest.predict(iris[0]).tolist()


def test_a_model_logged_by_stock_is_loaded_here_from_any_server(store, stock, iris):
    if not store.startswith("http"):
        pytest.skip("stock MLflow cannot open our embedded store")
    name = f"theirs-{id(stock)}"
    saved = stock(SAVE, name, "skops", store)
    for uri in (saved["uri"], f"models:/{name}/1"):
        assert mlflow.pyfunc.load_model(uri).predict(iris[0]).tolist() == saved["predictions"]
    assert json.dumps(mlflow.models.get_model_info(saved["uri"]).flavors)
