"""Python models: what they are given, what they answer, what is refused, and what is in their directory."""

import os
import threading

import numpy
import pandas
import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import Model, infer_signature


class Scaled(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def load_context(self, context):
        with open(context.artifacts["offset"]) as file:
            self.offset = float(file.read())

    def predict(self, context, model_input, params=None):
        extra = (context.model_config or {}).get("extra", 0)
        return (model_input["a"] * self.factor + self.offset + extra + (params or {}).get("more", 0)).tolist()


class WithoutContext(mlflow.pyfunc.PythonModel):
    def predict(self, model_input, params=None):
        return [model_input, params]


class WithoutParams(mlflow.pyfunc.PythonModel):
    def predict(self, ctx, model_input):
        return [type(ctx).__name__, model_input]


class Stream(mlflow.pyfunc.PythonModel):
    def predict(self, model_input):
        return list(self.predict_stream(model_input))

    def predict_stream(self, model_input, params=None):
        for number in range(model_input["count"]):
            yield number + (params or {}).get("from", 0)


@pytest.fixture
def offset(tmp_path):
    (tmp_path / "offset.txt").write_text("0.5")
    return tmp_path / "offset.txt"


@pytest.fixture
def saved(tmp_path):
    """Saves a model and loads it again."""

    def save(python_model, **arguments):
        folder = tmp_path / f"model{len(list(tmp_path.iterdir()))}"
        mlflow.pyfunc.save_model(folder, python_model=python_model, **arguments)
        return mlflow.pyfunc.load_model(folder)

    return save


def test_a_logged_model_has_its_artifacts_config_and_params(yard, offset):
    example = (pandas.DataFrame({"a": [1.0]}), {"more": 1})
    with mlflow.start_run() as run:
        info = mlflow.pyfunc.log_model(
            name="scaled",
            python_model=Scaled(2),
            artifacts={"offset": str(offset)},
            model_config={"extra": 10},
            input_example=example,
            registered_model_name="Scaled",
        )
    offset.unlink()
    for uri in (info.model_uri, "models:/Scaled/1", f"runs:/{run.info.run_id}/scaled"):
        model = mlflow.pyfunc.load_model(uri)
        assert model.predict(pandas.DataFrame({"a": [1.0, 2.0]})) == [13.5, 15.5]
        assert model.predict([{"a": 1.0}], params={"more": 2}) == [14.5]
        assert mlflow.pyfunc.load_model(uri, model_config={"extra": 0}).predict({"a": 1.0}) == [3.5]
    assert info.signature.params.to_dict() == [{"name": "more", "default": 1, "shape": None, "type": "long"}]
    assert model.input_example.equals(example[0])
    assert model.metadata.load_input_example_params(model._folder) == {"more": 1}
    assert model.model_config == {"extra": 10}
    assert model.loader_module == "mlflow.pyfunc.model"
    assert model.unwrap_python_model().factor == 2
    assert model.model_id == info.model_id
    with pytest.raises(NotImplementedError, match="get_raw_model"):
        model.get_raw_model()


def test_predict_has_the_parameters_it_wants(saved):
    signature = infer_signature(["x"], params={"k": 1})
    assert saved(WithoutContext()).predict("x") == ["x", None]
    loaded = saved(WithoutContext(), signature=signature)
    frame, params = loaded.predict(["x"], params={"k": 2})
    assert (frame[0].tolist(), params) == (["x"], {"k": 2})
    assert saved(WithoutParams()).predict(3) == ["PythonModelContext", 3]
    with pytest.warns(UserWarning, match="does not support passing additional parameters"):
        saved(WithoutParams(), signature=signature).predict(["x"], params={"k": 2})


def test_a_model_streams_when_it_can(saved):
    loaded = saved(Stream(), signature=infer_signature({"count": 2}, params={"from": 5}))
    assert list(loaded.predict_stream({"count": 3})) == [5, 6, 7]
    assert list(loaded.predict_stream({"count": 1}, params={"from": 0})) == [0]
    assert loaded.metadata.flavors["python_function"]["streamable"] is True
    with pytest.raises(MlflowException, match="does not support predict_stream"):
        list(saved(WithoutParams()).predict_stream("x"))


def test_artifacts_of_the_same_name_stay_apart(tmp_path, saved):
    paths = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "data.txt").write_text(folder)
        paths.append(str(tmp_path / folder / "data.txt"))

    class Reads(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input):
            return [open(context.artifacts[name]).read() for name in model_input]

    loaded = saved(
        Reads(), artifacts={"first": paths[0], "second": paths[1], "again": paths[0], "all": tmp_path / "one"}
    )
    assert loaded.predict(["first", "second", "again"]) == ["one", "two", "one"]
    entries = loaded.metadata.flavors["python_function"]["artifacts"]
    assert entries["first"] == {"path": "artifacts/data.txt", "uri": paths[0]}
    assert entries["second"]["path"] == "artifacts/0/data.txt"
    assert entries["again"]["path"] == entries["first"]["path"]
    assert os.path.isfile(os.path.join(loaded._folder, entries["all"]["path"], "data.txt"))


def test_artifacts_come_from_runs_too(yard, offset):
    with mlflow.start_run() as run:
        mlflow.log_artifact(offset, "files")
        uri = f"runs:/{run.info.run_id}/files/offset.txt"
        info = mlflow.pyfunc.log_model(name="m", python_model=Scaled(1), artifacts={"offset": uri})
    assert mlflow.pyfunc.load_model(info.model_uri).predict(pandas.DataFrame({"a": [1.0]})) == [1.5]


def test_code_paths_are_importable_and_inferred(tmp_path, saved, monkeypatch):
    (tmp_path / "own_package").mkdir()
    (tmp_path / "own_package" / "__init__.py").write_text("from own_helper import twice")
    (tmp_path / "own_helper.py").write_text("def twice(x):\n    return 2 * x")
    monkeypatch.syspath_prepend(tmp_path)
    import own_package

    class Uses(mlflow.pyfunc.PythonModel):
        def predict(self, model_input):
            return own_package.twice(model_input)

    loaded = saved(Uses(), infer_code_paths=True)
    code = os.path.join(loaded._folder, "code")
    assert sorted(os.listdir(code)) == ["own_helper.py", "own_package"]
    assert loaded.predict(2) == 4
    with pytest.raises(MlflowException, match="'code_paths' param cannot be set"):
        saved(Uses(), infer_code_paths=True, code_paths=["own_helper.py"])


def test_modules_of_ones_own_that_stay_behind_are_named(tmp_path, monkeypatch):
    import sys

    (tmp_path / "left_behind.py").write_text(
        "import trainyard\nclass Left(trainyard.pyfunc.PythonModel):\n"
        "    def predict(self, model_input):\n        return model_input\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import left_behind

    with pytest.warns(UserWarning, match=r"refers to \['left_behind'\].*infer_code_paths=True"):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model=left_behind.Left())
    (tmp_path / "left_behind.py").unlink()
    monkeypatch.delitem(sys.modules, "left_behind")
    with pytest.raises(MlflowException, match=r"No module named 'left_behind'.*code_paths"):
        mlflow.pyfunc.load_model(tmp_path / "m")


@pytest.mark.parametrize("compression", ["gzip", "bzip2", "lzma"])
def test_the_pickle_is_compressed_when_that_is_asked_for(saved, monkeypatch, compression):
    monkeypatch.setenv("MLFLOW_LOG_MODEL_COMPRESSION", compression)
    loaded = saved(WithoutContext())
    assert loaded.predict(1) == [1, None]
    assert loaded.metadata.flavors["python_function"]["python_model_compression"] == compression


class Locked(mlflow.pyfunc.PythonModel):
    def __init__(self):
        self.parts = {"inner": [1, threading.Lock()]}

    def predict(self, model_input):
        return model_input


def remember(lock=threading.Lock()):  # noqa: B008
    return lambda model_input: lock.locked()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"python_model": Locked()}, r"python_model.parts\['inner'\]\[1\] cannot be pickled.*lock"),
        ({"python_model": remember()}, r"lock, which .*lambda.* uses, cannot be pickled"),
        ({"python_model": Scaled}, r"got the class Scaled.*Scaled\("),
        ({"python_model": 3}, "object with a predict or forward method.*Got int"),
        ({"python_model": lambda a, b: a}, "exactly one argument. Found 2"),
        ({"python_model": "nowhere.py"}, "does not exist"),
        ({}, "Either `loader_module` or `python_model`"),
        ({"python_model": WithoutContext(), "loader_module": "x"}, "cannot be specified together"),
        ({"python_model": WithoutContext(), "artifacts": {"a": "nowhere.txt"}}, "'nowhere.txt', which 'a'"),
        ({"python_model": WithoutContext(), "artifacts": ["a"]}, "expected a dict of paths"),
        ({"python_model": WithoutContext(), "model_config": {"a": {1, 2}}}, "model_config: expected a dict"),
        ({"python_model": WithoutContext(), "model_config": "nowhere.yaml"}, "nowhere.yaml"),
        ({"python_model": WithoutContext(), "uv_project_path": "."}, "uv export"),
        ({"loader_module": "x", "data_path": "nowhere"}, "no file or folder 'nowhere'"),
        (
            {
                "python_model": WithoutContext(),
                "signature": infer_signature(numpy.zeros((1, 2))),
                "input_example": numpy.zeros((1, 3)),
            },
            r"does not match the model signature.*expects \[Tensor\('float64', \(-1, 2\)\)\].*\(-1, 3\)",
        ),
        (
            {
                "python_model": WithoutContext(),
                "signature": infer_signature(["x"], params={"k": 1}),
                "input_example": (["x"], {"k": "many"}),
            },
            "does not match the model signature.*params.*many",
        ),
    ],
)
def test_what_cannot_be_saved_leaves_no_trace(yard, arguments, message):
    with mlflow.start_run(), pytest.raises(MlflowException, match=message):
        mlflow.pyfunc.log_model(name="m", **arguments)
    assert mlflow.search_logged_models(output_format="list") == []


def test_the_signature_comes_from_the_example(saved):
    loaded = saved(WithoutContext(), input_example=[{"a": 1.5}])
    assert loaded.metadata.signature.inputs == infer_signature([{"a": 1.5}]).inputs
    assert saved(WithoutContext(), input_example=["x"], signature=False).metadata.signature is None


def test_a_model_that_cannot_predict_its_example_is_saved_without_a_signature(saved):
    class Fails(mlflow.pyfunc.PythonModel):
        def predict(self, model_input):
            raise RuntimeError("not today")

    with pytest.warns(UserWarning, match="not today"):
        assert saved(Fails(), input_example=[1.5]).metadata.signature is None


def test_the_model_object_is_pickled_as_it_was_given(saved, offset):
    model = Scaled(2)
    loaded = saved(model, artifacts={"offset": offset}, input_example=pandas.DataFrame({"a": [1.0]}))
    # The example was predicted with the object, which its load_context changes.
    assert model.offset == 0.5
    assert "offset" in vars(loaded.unwrap_python_model())
    import pickle

    with open(os.path.join(loaded._folder, "python_model.pkl"), "rb") as file:
        from trainyard import alias

        with alias.resolving_mlflow():
            again = pickle.load(file)
    assert (again.factor, hasattr(again, "offset")) == (2, False)


def test_wrong_input_is_refused_with_what_was_expected(saved):
    loaded = saved(WithoutContext(), signature=infer_signature(pandas.DataFrame({"a": [1.5]})))
    with pytest.raises(
        MlflowException, match=r"(?s)Failed to enforce schema of data .*Model is missing inputs \['a'\]"
    ):
        loaded.predict(pandas.DataFrame({"b": [1.5]}))


def test_nothing_of_it_is_loaded_or_saved_when_only_safe_models_are(saved, monkeypatch, tmp_path):
    loaded = saved(WithoutContext())
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY.*framework"):
        mlflow.pyfunc.load_model(loaded._folder)
    with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY.*framework"):
        mlflow.pyfunc.save_model(tmp_path / "unsafe", python_model=WithoutContext())


def test_dependencies_are_those_of_the_code(saved):
    def scores(model_input):
        from sklearn.metrics import accuracy_score

        return accuracy_score(model_input, model_input)

    loaded = saved(scores, input_example=[1, 0])
    with open(mlflow.pyfunc.get_model_dependencies(loaded._folder)) as file:
        names = {line.partition("==")[0] for line in file.read().split()}
    assert {"mlflow", "cloudpickle", "scikit-learn"} <= names
    conda = mlflow.pyfunc.get_model_dependencies(loaded._folder, format="conda")
    assert os.path.basename(conda) == "conda.yaml"
    with pytest.raises(MlflowException, match="Expected 'pip' or 'conda'"):
        mlflow.pyfunc.get_model_dependencies(loaded._folder, format="poetry")


def test_a_model_is_described_as_stock_describes_it(saved):
    loaded = saved(WithoutContext())
    assert repr(loaded) == "mlflow.pyfunc.loaded_model:\n  flavor: mlflow.pyfunc.model\n"
    assert loaded == mlflow.pyfunc.load_model(loaded._folder)
    flavor = Model.load(loaded._folder).flavors["python_function"]
    assert set(flavor) == {
        "cloudpickle_version", "code", "env", "loader_module", "python_model", "python_version", "streamable",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("python_model: python_model.pkl", "python_model: ../outside.pkl"),
        ("python_model: python_model.pkl", "python_model: /tmp/outside.pkl"),
        ("path: artifacts/offset.txt", "path: ../offset.txt"),
    ],
)
def test_paths_that_leave_the_directory_are_refused(tmp_path, offset, before, after):
    folder = tmp_path / "model"
    mlflow.pyfunc.save_model(folder, python_model=WithoutContext(), artifacts={"offset": offset})
    text = (folder / "MLmodel").read_text()
    assert before in text
    (folder / "MLmodel").write_text(text.replace(before, after))
    with pytest.raises(MlflowException, match=r"outside|has a part|absolute"):
        mlflow.pyfunc.load_model(folder)


def test_loading_a_model_makes_no_mlflow_importable(saved):
    import sys

    saved(WithoutContext())
    assert not [name for name in sys.modules if name.partition(".")[0] == "mlflow"]
