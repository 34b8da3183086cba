"""What ``trainyard.models`` does with saved models: predict from files, answer requests, change them."""

import datetime
import io
import json
import os

import numpy
import pandas
import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import Model, convert_input_example_to_serving_input, infer_signature, validate_serving_input


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


FRAME = pandas.DataFrame(
    {
        "n": numpy.array([1, 2], "int32"),
        "t": ["x", None],
        "d": pandas.to_datetime(["2024-01-02", "2024-01-03"]).astype("datetime64[ns]"),
        "b": [b"ab", b"cd"],
        "l": [[1.5], [2.5, 3.5]],
    }
)
EXAMPLES = {
    "frame": FRAME,
    "frame without names": pandas.DataFrame([[1.5, 2.5]]),
    "array": numpy.array([[1, 2]], "int8"),
    "array of floats": numpy.array([1.5, float("nan")], "float32"),
    "dict of arrays": {"x": numpy.zeros((2, 2), "float32"), "y": numpy.array(["a", "b"])},
    "list": [1.5, 2.5],
    "dict": {"a": 1, "b": ["x"]},
    "rows": [{"a": 1, "b": {"k": None}}],
    "text": "hello",
}


@pytest.fixture
def folder(tmp_path):
    """Saves an echo with an example, and returns its folder."""

    def save(example, **arguments):
        path = tmp_path / "model"
        mlflow.pyfunc.save_model(path, python_model=Echo(), input_example=example, **arguments)
        return path

    return save


def assert_same(ours, expected):
    if isinstance(expected, pandas.DataFrame):
        pandas.testing.assert_frame_equal(ours, expected)
    elif isinstance(expected, dict) and any(isinstance(value, numpy.ndarray) for value in expected.values()):
        for name, value in expected.items():
            assert_same(ours[name], value)
    elif isinstance(expected, numpy.ndarray):
        assert ours.dtype.kind == expected.dtype.kind
        numpy.testing.assert_array_equal(ours, expected)
    else:
        assert ours == expected


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("ignore")
def test_an_example_is_read_back_as_it_was(folder, name):
    path = folder(EXAMPLES[name])
    model = Model.load(path)
    assert_same(model.load_input_example(path), EXAMPLES[name])
    assert model.load_input_example_params(path) is None
    assert model.get_serving_input(path) == convert_input_example_to_serving_input(EXAMPLES[name])
    assert_same(mlflow.pyfunc.load_model(path).input_example, EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.filterwarnings("ignore")
def test_the_request_of_an_example_is_answered_like_the_example(folder, name):
    path = folder((EXAMPLES[name], {"k": 1}))
    loaded = mlflow.pyfunc.load_model(path)
    request = Model.load(path).get_serving_input(path)
    assert json.loads(request)["params"] == {"k": 1}
    assert_same(validate_serving_input(str(path), request), loaded.predict(EXAMPLES[name]))
    assert Model.load(path).load_input_example_params(path) == {"k": 1}


def test_requests_have_four_forms(folder):
    path = folder(pandas.DataFrame({"a": [1.5], "b": ["x"]}))
    expected = pandas.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    rows = expected.to_dict(orient="records")
    split = {"columns": ["b", "a"], "data": [["x", 1.5], ["y", 2.5]]}
    for request in (
        {"dataframe_split": split},
        {"dataframe_records": rows},
        {"instances": rows},
        {"inputs": {"a": [1.5, 2.5], "b": ["x", "y"]}},
    ):
        assert_same(validate_serving_input(path, json.dumps(request)).astype({"b": "str"}), expected)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, "exactly one of the input fields"),
        ({"inputs": [1], "instances": [1]}, "exactly one of the input fields"),
        ({"dataframe_split": {"columns": ["a"]}}, "must be a dictionary with 'data' field"),
        ({"dataframe_records": {"a": 1}}, "must be a list of records"),
        ([1], "must be a JSON object"),
        ({"dataframe_split": {"columns": ["a"], "data": [["text"]]}}, "Failed to convert column a to type 'double'"),
    ],
)
def test_requests_that_are_wrong_say_how(folder, request_, message):
    path = folder(pandas.DataFrame({"a": [1.5]}))
    with pytest.raises(MlflowException, match=message):
        validate_serving_input(path, request_)


def test_a_chat_request_is_not_wrapped(folder):
    chat = {"messages": [{"role": "user", "content": "hi"}]}
    path = folder(chat)
    assert json.loads(Model.load(path).get_serving_input(path)) == chat
    assert validate_serving_input(path, json.dumps(chat))["messages"][0] == chat["messages"]


def test_predictions_are_written_as_json(folder, tmp_path, capsys, monkeypatch):
    path = folder(pandas.DataFrame({"a": [1.5], "b": ["x"]}))
    expected = {"predictions": [{"a": 2.5, "b": "y"}]}
    mlflow.models.predict(path, input_data=pandas.DataFrame({"a": [2.5], "b": ["y"]}))
    assert json.loads(capsys.readouterr().out) == expected
    mlflow.models.predict(path, input_data="a,b\n2.5,y", content_type="csv", output_path=tmp_path / "answer.json")
    assert json.loads((tmp_path / "answer.json").read_text()) == expected
    (tmp_path / "request.json").write_text('{"dataframe_records": [{"a": 2.5, "b": "y"}]}')
    mlflow.models.predict(path, input_path=tmp_path / "request.json")
    assert json.loads(capsys.readouterr().out) == expected
    monkeypatch.setattr("sys.stdin", io.StringIO("b,a\ny,2.5"))
    mlflow.models.predict(path, content_type="csv")
    assert json.loads(capsys.readouterr().out) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"content_type": "parquet"}, "Content type must be one of"),
        ({"env_manager": "uv"}, "environments are not made here"),
        ({"env_manager": "nix"}, "Invalid value for `env_manager`"),
        ({"extra_envs": {"A": "b"}}, "extra_envs is about an environment"),
        ({"input_data": [1], "input_path": "x"}, "Only one of them"),
        ({"input_data": {1, 2}}, "Invalid input data"),
    ],
)
def test_predictions_that_cannot_be_say_why(arguments, message):
    with pytest.raises(MlflowException, match=message):
        mlflow.models.predict("models:/none/1", **arguments)


def test_dates_and_bytes_survive_a_request(tmp_path):
    class Kinds(mlflow.pyfunc.PythonModel):
        def predict(self, model_input: list[dict[str, datetime.datetime]]) -> list[str]:
            return [row["at"].isoformat() for row in model_input]

    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Kinds())
    request = {"inputs": [{"at": "2024-01-02T03:04:05"}]}
    assert validate_serving_input(tmp_path / "m", request) == ["2024-01-02T03:04:05"]
    assert "_MLFLOW_IS_IN_SERVING_ENVIRONMENT" not in os.environ


def test_requirements_are_changed_in_place(yard, forest):
    info = mlflow.sklearn.log_model(forest, name="m", pip_requirements=["scikit-learn==1.0", "numpy"])
    mlflow.models.update_model_requirements(info.model_uri, "add", ["NumPy>=2", "extra[a]==1"])
    mlflow.models.update_model_requirements(info.model_uri, "remove", ["scikit_learn"])
    # Loading compares the digests of the files that were changed.
    path = mlflow.pyfunc.get_model_dependencies(info.model_uri)
    with open(path) as file:
        assert file.read().split() == ["mlflow==3.18.0", "NumPy>=2", "extra[a]==1"]
    with open(os.path.join(os.path.dirname(path), "conda.yaml")) as file:
        assert "- NumPy>=2" in file.read()
    for arguments, message in (
        (("replace", ["a"]), "expected 'add' or 'remove'"),
        (("add", ["--index"]), "invalid requirements"),
    ):
        with pytest.raises(MlflowException, match=message):
            mlflow.models.update_model_requirements(info.model_uri, *arguments)


def test_requirements_of_a_saved_model_are_read_off_its_files(tmp_path, forest):
    mlflow.sklearn.save_model(forest, tmp_path / "m")
    inferred = mlflow.models.infer_pip_requirements(tmp_path / "m", "sklearn")
    names = {requirement.partition("==")[0] for requirement in inferred}
    assert {"scikit-learn", "numpy"} <= names
    with pytest.raises(MlflowException, match="no flavor 'xgboost'"):
        mlflow.models.infer_pip_requirements(tmp_path / "m", "xgboost")
    with pytest.warns(UserWarning, match="could not be inferred"):
        assert mlflow.models.infer_pip_requirements(tmp_path / "m", "xgboost", fallback=["x"]) == ["x"]


def test_a_description_is_written_and_read(tmp_path, folder):
    path = folder(numpy.array([1.5]))
    model = Model.load(path)
    assert Model.from_dict(model.to_dict()) == model
    assert Model.load(os.path.join(path, "MLmodel")) == model
    assert str(model) == model.to_yaml()
    assert json.loads(model.to_json())["flavors"] == model.flavors
    model.save(tmp_path / "MLmodel")
    assert Model.load(tmp_path / "MLmodel") == model


def test_a_flavor_of_ones_own_is_logged_by_the_model(yard):
    class Flavor:
        @staticmethod
        def save_model(path, mlflow_model, text):
            os.makedirs(path)
            with open(os.path.join(path, "text.txt"), "w") as file:
                file.write(text)
            mlflow_model.add_flavor("own", text="text.txt")
            mlflow_model.save(os.path.join(path, "MLmodel"))

    with mlflow.start_run():
        info = Model.log(None, Flavor, name="m", text="hello", metadata={"by": "me"})
    described = mlflow.models.get_model_info(info.model_uri)
    assert (described.flavors, described.metadata) == ({"own": {"text": "text.txt"}}, {"by": "me"})
    with open(os.path.join(mlflow.artifacts.download_artifacts(info.model_uri), "text.txt")) as file:
        assert file.read() == "hello"


def test_the_schema_of_a_model_validates_data(folder):
    path = folder(pandas.DataFrame({"a": [1.5]}))
    schema = mlflow.models.get_model_info(path).signature.inputs
    mlflow.models.validate_schema(pandas.DataFrame({"a": [2.5]}), schema)
    with pytest.raises(MlflowException, match="missing inputs"):
        mlflow.models.validate_schema(pandas.DataFrame({"b": [2.5]}), schema)
    assert schema == infer_signature(pandas.DataFrame({"a": [1.5]})).inputs
