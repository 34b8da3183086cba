"""The PyTorch flavor: which format a model gets, what is loaded again, and what is refused."""

import json
import os
import subprocess
import sys
import warnings
import zipfile

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core

pytestmark = pytest.mark.heavy


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def X():
    return numpy.random.default_rng(0).normal(size=(6, 4)).astype("float32")


@pytest.fixture
def net(torch):
    """A network whose answers differ between training and evaluation, left in training mode as after a loop."""
    torch.manual_seed(0)
    layers = torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Dropout(0.5)
    return torch.nn.Sequential(*layers, torch.nn.Linear(8, 3))


def answer(module, X):
    """What a module answers in evaluation mode; it is left in its mode."""
    import torch

    training = module.training
    module.eval()
    with torch.no_grad():
        result = module(torch.from_numpy(X)).numpy()
    module.train(training)
    return result


def flavor(folder, name="pytorch"):
    return _core.read_model(folder)["flavors"][name]


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_with_an_example_a_model_is_exported_for_any_batch_size(yard, net, X):
    with warnings.catch_warnings(), mlflow.start_run() as run:
        warnings.simplefilter("error")
        info = mlflow.pytorch.log_model(net, name="net", input_example=X[:2], registered_model_name="net")
    assert net.training
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id, "data")} == {
        "data/model.pt2"
    }
    assert info.flavors["pytorch"]["model_data"] == "data"
    expected = answer(net, X)
    for uri in (info.model_uri, "models:/net/1", f"runs:/{run.info.run_id}/net"):
        loaded = mlflow.pytorch.load_model(uri)
        assert numpy.allclose(answer_of_graph(loaded, X), expected, atol=1e-6)
        assert numpy.allclose(mlflow.pyfunc.load_model(uri).predict(X), expected, atol=1e-6)
    assert info.signature.inputs.to_dict() == [
        {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}
    ]


def answer_of_graph(module, X):
    import torch

    with torch.no_grad():
        return module(torch.from_numpy(X)).numpy()


def test_an_example_of_one_row_does_not_fix_the_batch_size(net, X, tmp_path):
    mlflow.pytorch.save_model(net, tmp_path / "m", input_example=X[:1])
    assert mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X).shape == (6, 3)


def test_without_an_example_it_is_a_pickle_with_one_warning_that_says_why(net, X, tmp_path):
    with pytest.warns(UserWarning) as caught:
        mlflow.pytorch.save_model(net, tmp_path / "m")
    assert len(caught) == 1
    assert "saved as a pickle" in str(caught[0].message)
    assert "input_example" in str(caught[0].message)
    assert caught[0].filename == __file__
    assert {"data/model.pth", "data/pickle_module_info.txt"} <= set(files(tmp_path / "m"))
    assert (tmp_path / "m/data/pickle_module_info.txt").read_text() == "mlflow.pytorch.pickle_module"
    loaded = mlflow.pytorch.load_model(str(tmp_path / "m"))
    assert not loaded.training
    assert (answer(loaded, X) == answer(net, X)).all()


def test_a_model_that_torch_cannot_export_is_pickled_with_torchs_reason(torch, X, tmp_path):
    class Branching(torch.nn.Module):
        def forward(self, x):
            return x * 2 if x.sum() > 0 else x

    with pytest.warns(UserWarning, match=r"torch\.export cannot trace it.*data-dependent"):
        mlflow.pytorch.save_model(Branching(), tmp_path / "m", input_example=X)
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == Branching()(torch.from_numpy(X)).numpy()).all()
    with pytest.raises(MlflowException, match=r"torch\.export cannot trace it"):
        mlflow.pytorch.save_model(Branching(), tmp_path / "n", input_example=X, serialization_format="pt2")
    assert not (tmp_path / "n").exists()


def test_a_graph_that_takes_one_batch_size_only_is_not_chosen(torch, X, tmp_path):
    class OfSix(torch.nn.Module):
        def forward(self, x):
            return x + torch.arange(6).reshape(6, 1)

    with pytest.warns(UserWarning, match="takes only the size of the example in dimension 0 of input 0"):
        mlflow.pytorch.save_model(OfSix(), tmp_path / "m", input_example=X)
    assert "data/model.pth" in files(tmp_path / "m")


def test_the_dimensions_of_the_signature_decide_what_is_dynamic(torch, tmp_path):
    net = torch.nn.Conv1d(2, 3, 3)
    example = numpy.zeros((2, 2, 9), "float32")
    signature = mlflow.models.ModelSignature(
        mlflow.types.Schema([mlflow.types.TensorSpec(numpy.dtype("float32"), (-1, 2, -1))])
    )
    mlflow.pytorch.save_model(net, tmp_path / "m", input_example=example, signature=signature)
    predict = mlflow.pyfunc.load_model(str(tmp_path / "m")).predict
    assert predict(numpy.zeros((5, 2, 20), "float32")).shape == (5, 3, 18)


def test_doubles_become_what_the_model_takes(net, X, tmp_path):
    mlflow.pytorch.save_model(net, tmp_path / "m", input_example=X.astype("float64"))
    model = mlflow.pyfunc.load_model(str(tmp_path / "m"))
    assert model.metadata.signature.inputs.inputs[0].type == numpy.dtype("float32")
    assert numpy.allclose(model.predict(X), answer(net, X), atol=1e-6)


def test_a_data_frame_is_answered_by_a_data_frame(net, X, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"), index=list("uvwxyz"))
    mlflow.pytorch.save_model(net, tmp_path / "m", input_example=frame)
    assert "data/model.pt2" in files(tmp_path / "m")
    answered = mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(frame)
    assert list(answered.index) == list("uvwxyz")
    assert numpy.allclose(answered.to_numpy(), answer(net, X), atol=1e-6)


def test_a_tensor_is_an_example_like_its_array(torch, net, X, tmp_path):
    mlflow.pytorch.save_model(net, tmp_path / "tensor", input_example=torch.from_numpy(X))
    mlflow.pytorch.save_model(net, tmp_path / "array", input_example=X)
    assert files(tmp_path / "tensor") == files(tmp_path / "array")
    texts = [(tmp_path / name / "input_example.json").read_text() for name in ("tensor", "array")]
    assert texts[0] == texts[1]


def test_several_inputs_are_named_after_the_parameters_of_forward(torch, X, tmp_path):
    class Sum(torch.nn.Module):
        def forward(self, left, right):
            return left + right

    mlflow.pytorch.save_model(Sum(), tmp_path / "m", input_example=[X, torch.from_numpy(X)])
    info = mlflow.models.get_model_info(str(tmp_path / "m"))
    assert info.signature.inputs.input_names() == ["left", "right"]
    assert set(info.flavors) == {"pytorch"}
    x = torch.from_numpy(X)[:3]
    assert torch.equal(mlflow.pytorch.load_model(str(tmp_path / "m"))(x, x), x + x)


def test_scripted_models_are_kept_as_such(torch, net, X, tmp_path):
    scripted = torch.jit.script(net)
    mlflow.pytorch.save_model(scripted, tmp_path / "m", serialization_format="pickle")
    loaded = mlflow.pytorch.load_model(str(tmp_path / "m"))
    assert isinstance(loaded, torch.jit.ScriptModule)
    assert (answer(loaded, X) == answer(net, X)).all()
    with pytest.raises(MlflowException, match=r"not supported for torch\.jit\.ScriptModule"):
        mlflow.pytorch.save_model(scripted, tmp_path / "n", serialization_format="pt2", input_example=X)


def test_classes_of_the_script_travel_with_a_pickle(tmp_path):
    script = (
        "import torch, numpy, trainyard as mlflow\n"
        "class Net(torch.nn.Module):\n"
        "    def forward(self, x):\n"
        "        assert mlflow.__name__\n"
        "        return x * 3\n"
        f"mlflow.pytorch.save_model(Net(), {str(tmp_path / 'm')!r}, serialization_format='pickle')\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    model = mlflow.pyfunc.load_model(str(tmp_path / "m"))
    assert model.predict(numpy.ones((2, 2), "float32")).tolist() == [[3, 3], [3, 3]]
    modules, _, _ = _core.scan_file(tmp_path / "m/data/model.pth")
    assert "trainyard" not in modules


def test_code_paths_and_extra_files_are_kept(net, X, tmp_path):
    (tmp_path / "layers_of_mine.py").write_text(
        "import torch\nclass Triple(torch.nn.Module):\n    def forward(self, x):\n        return x * 3\n"
    )
    (tmp_path / "notes.txt").write_text("notes")
    script = (
        "import trainyard as mlflow\nfrom layers_of_mine import Triple\n"
        "mlflow.pytorch.save_model(Triple(), 'm', serialization_format='pickle', code_paths=['layers_of_mine.py'],"
        " extra_files=['notes.txt'])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment)
    assert {"code/layers_of_mine.py", "extra_files/notes.txt"} <= set(files(tmp_path / "m"))
    os.remove(tmp_path / "layers_of_mine.py")
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == X * 3).all()


def test_the_device_of_prediction_can_be_chosen_at_load(net, X, tmp_path, monkeypatch):
    mlflow.pytorch.save_model(net, tmp_path / "m", serialization_format="pickle")
    model = mlflow.pyfunc.load_model(str(tmp_path / "m"), model_config={"device": "cpu"})
    assert model.predict(X).shape == (6, 3)
    with pytest.raises(ValueError, match="device' can no longer be specified as an inference parameter"):
        mlflow.pytorch.load_pyfunc(tmp_path / "m").predict(X, {"device": "cpu"})
    monkeypatch.setenv("MLFLOW_DEFAULT_PREDICTION_DEVICE", "meta")
    assert mlflow.pyfunc.load_model(str(tmp_path / "m")).get_raw_model()[0].weight.device.type == "meta"


def test_lists_are_refused_by_prediction(net, X, tmp_path):
    mlflow.pytorch.save_model(net, tmp_path / "m", serialization_format="pickle")
    with pytest.raises(TypeError, match="does not support List or Dict"):
        mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X.tolist())


@pytest.mark.parametrize("kind", ["class", "function", "estimator", "lazy", "unpicklable"])
def test_what_is_no_model_is_refused_before_anything_exists(yard, torch, kind):
    from sklearn.linear_model import LinearRegression

    class Holder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lock = __import__("threading").Lock()

    model, message = {
        "class": (torch.nn.Linear, "got the class Linear"),
        "function": (len, "should be a torch.nn.Module, got builtins"),
        "estimator": (LinearRegression(), "got sklearn"),
        "lazy": (torch.nn.LazyLinear(3), "has no shape yet"),
        "unpicklable": (Holder(), "Holder cannot be saved as a pickle: .*lock"),
    }[kind]
    with mlflow.start_run() as run, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises((TypeError, MlflowException), match=message):
            mlflow.pytorch.log_model(model, name="m")
    assert not mlflow.search_logged_models(output_format="list")
    assert mlflow.get_run(run.info.run_id).outputs is None or not mlflow.get_run(run.info.run_id).outputs.model_outputs


def test_arguments_that_contradict_each_other_are_refused(net, X, tmp_path):
    for arguments, message in (
        ({"serialization_format": "onnx"}, "must be one of 'pickle' or 'pt2'"),
        ({"serialization_format": "pickle", "export_model": True}, "Cannot set both"),
        ({"serialization_format": "pt2"}, "input_example is required"),
        ({"serialization_format": "pt2", "input_example": [[1.0]]}, "input_example is required"),
        ({"pickle_module": json}, "expected a module like pickle"),
    ):
        with pytest.raises(MlflowException, match=message):
            mlflow.pytorch.save_model(net, tmp_path / "m", **arguments)
    assert not (tmp_path / "m").exists()


def test_requirements_are_those_of_the_format(net, X, tmp_path):
    def names(folder):
        return {line.partition("==")[0] for line in (folder / "requirements.txt").read_text().splitlines()}

    mlflow.pytorch.save_model(net, tmp_path / "pt2", input_example=X)
    mlflow.pytorch.save_model(net, tmp_path / "pickle", serialization_format="pickle")
    assert names(tmp_path / "pt2") == {"mlflow", "torch", "numpy"}
    assert names(tmp_path / "pickle") == {"mlflow", "torch", "numpy", "cloudpickle"}


def test_state_dicts_are_kept_by_themselves(yard, torch, net):
    with mlflow.start_run():
        mlflow.pytorch.log_state_dict(net.state_dict(), "weights")
        uri = mlflow.get_artifact_uri("weights")
    loaded = mlflow.pytorch.load_state_dict(uri)
    assert all(torch.equal(loaded[name], value) for name, value in net.state_dict().items())
    with pytest.raises(TypeError, match="Must be an instance of `dict`"):
        mlflow.pytorch.log_state_dict(net, "weights")


class TestSafeOnly:
    """``TRAINYARD_SAFE_ONLY`` writes and loads graphs, and nothing that can run code."""

    @pytest.fixture(autouse=True)
    def safe_only(self, monkeypatch):
        monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")

    def test_graphs_are_written_and_loaded(self, net, X, tmp_path):
        mlflow.pytorch.save_model(net, tmp_path / "m", input_example=X)
        assert numpy.allclose(mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X), answer(net, X), atol=1e-6)

    def test_pickles_are_not_written(self, net, tmp_path):
        with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY is set.*pt2"):
            mlflow.pytorch.save_model(net, tmp_path / "m", serialization_format="pickle")
        with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY is set.*input_example"):
            mlflow.pytorch.save_model(net, tmp_path / "m")
        assert not (tmp_path / "m").exists()

    def test_pickles_are_not_loaded(self, net, tmp_path, monkeypatch):
        monkeypatch.delenv("TRAINYARD_SAFE_ONLY")
        mlflow.pytorch.save_model(net, tmp_path / "m", serialization_format="pickle")
        monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
        for load in (mlflow.pytorch.load_model, mlflow.pyfunc.load_model):
            with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY is set.*pt2"):
                load(str(tmp_path / "m"))

    @pytest.mark.parametrize(
        ("record", "change", "message"),
        [
            ("models/model.json", lambda d: d.update(guards_code=["__import__('os').abort()"]), "the expression"),
            (
                "models/model.json",
                lambda d: d.update(range_constraints={"expr_str": "eval(chr(49))"}),
                "the expression",
            ),
            (
                "models/model.json",
                lambda d: d["graph_module"]["graph"]["nodes"][0].update(target="torch.os.system"),
                "no operation of tensors",
            ),
            (
                "models/model.json",
                lambda d: d["graph_module"]["module_call_graph"][0]["signature"].update(
                    forward_arg_names=['x", __import__("os").abort(), "']
                ),
                "none of arguments",
            ),
            (
                "data/weights/model_weights_config.json",
                lambda d: next(iter(d["config"].values())).update(use_pickle=True),
                "no plain tensor",
            ),
            ("data/aotinductor/model/lib.so", None, "no plain tensor"),
        ],
    )
    def test_archives_that_bring_code_are_refused(self, net, X, tmp_path, record, change, message):
        from trainyard.pytorch.safety import check_pt2

        mlflow.pytorch.save_model(net, tmp_path / "m", input_example=X)
        original = tmp_path / "m/data/model.pt2"
        check_pt2(original)
        with zipfile.ZipFile(original) as source, zipfile.ZipFile(tmp_path / "bad.pt2", "w") as target:
            top = source.namelist()[0].partition("/")[0]
            for name in source.namelist():
                content = source.read(name)
                if name == f"{top}/{record}":
                    document = json.loads(content)
                    change(document)
                    content = json.dumps(document)
                target.writestr(name, content)
            if change is None:
                target.writestr(f"{top}/{record}", "code")
        with pytest.raises(MlflowException, match=message):
            check_pt2(tmp_path / "bad.pt2")


def test_importing_the_flavor_imports_no_torch():
    script = "import sys, trainyard.pytorch; print('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "False"
