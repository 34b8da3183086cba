"""The ONNX flavor: what is written, how it predicts, and what is refused."""

import numpy
import onnx
import onnxruntime
import pandas
import pytest
from onnx import TensorProto, helper, numpy_helper

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core

CPU = "CPUExecutionProvider"


def network(inputs=("x",), columns=1000):
    """The sum of the inputs times a matrix of weights."""
    weights = numpy.random.default_rng(0).normal(size=(4, columns)).astype("float32")
    nodes, last = [], inputs[0]
    for name in inputs[1:]:
        nodes.append(helper.make_node("Add", [last, name], [f"sum_{name}"]))
        last = f"sum_{name}"
    nodes.append(helper.make_node("MatMul", [last, "weights"], ["y"]))
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 4]) for name in inputs],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, columns])],
        [numpy_helper.from_array(weights, "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def column_sum(names):
    """A model with one input of one column per name."""
    graph = helper.make_graph(
        [helper.make_node("Sum", list(names), ["total"])],
        "columns",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in names],
        [helper.make_tensor_value_info("total", TensorProto.FLOAT, [None, 1])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


@pytest.fixture(scope="module")
def classifier(iris):
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    features = iris[0].astype("float32")
    model = LogisticRegression(max_iter=1000).fit(features, iris[1])
    return to_onnx(model, features[:1], options={"zipmap": False}), model


def flavor(folder, name="onnx"):
    return _core.read_model(folder)["flavors"][name]


def names_in(folder):
    return {file.name for file in folder.iterdir()}


def test_a_model_is_logged_and_predicts_as_what_it_was_made_from(yard, iris, classifier):
    proto, original = classifier
    features = iris[0].astype("float32")
    with mlflow.start_run() as run:
        info = mlflow.onnx.log_model(proto, name="iris", input_example=features[:3], registered_model_name="iris")
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id)} == {
        "MLmodel", "conda.yaml", "input_example.json", "model.onnx", "python_env.yaml", "requirements.txt",
        "serving_input_example.json",
    }  # fmt: skip
    for uri in (info.model_uri, "models:/iris/1", f"runs:/{run.info.run_id}/iris"):
        assert mlflow.onnx.load_model(uri) == proto
        answer = mlflow.pyfunc.load_model(uri).predict(features)
        assert list(answer) == ["label", "probabilities"]
        assert (answer["label"] == original.predict(features)).all()
        numpy.testing.assert_allclose(answer["probabilities"], original.predict_proba(features), atol=1e-5)


def test_weights_go_to_a_file_of_their_own_and_the_callers_model_keeps_them(tmp_path):
    proto = network()
    before = proto.SerializeToString()
    mlflow.onnx.save_model(proto, tmp_path / "model")
    assert proto.SerializeToString() == before
    assert {"model.onnx", "model.onnx.data"} <= names_in(tmp_path / "model")
    assert (tmp_path / "model" / "model.onnx").stat().st_size < 1000
    loaded = mlflow.onnx.load_model(str(tmp_path / "model"))
    assert loaded.graph.initializer[0].raw_data == proto.graph.initializer[0].raw_data
    data = numpy.ones((2, 4), "float32")
    weights = numpy_helper.to_array(proto.graph.initializer[0])
    answer = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(data)["y"]
    numpy.testing.assert_allclose(answer, data @ weights, rtol=1e-5)


def test_weights_stay_in_the_one_file_when_that_is_asked_for(tmp_path):
    mlflow.onnx.save_model(network(), tmp_path / "one", save_as_external_data=False)
    assert "model.onnx.data" not in names_in(tmp_path / "one")
    mlflow.onnx.save_model(network(), tmp_path / "threshold", size_threshold=10**6)
    assert "model.onnx.data" not in names_in(tmp_path / "threshold")
    mlflow.onnx.save_model(network(), tmp_path / "named", location="weights.bin")
    assert "weights.bin" in names_in(tmp_path / "named")


def test_inputs_are_taken_as_dict_array_or_frame(tmp_path):
    mlflow.onnx.save_model(network(columns=2), tmp_path / "model")
    model = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    # Doubles, which ONNX Runtime would refuse for an input of floats.
    data = numpy.arange(8.0).reshape(2, 4)
    feeds = {"x": data}
    answer = model.predict(feeds)["y"]
    assert feeds["x"].dtype == numpy.float64
    assert (answer.dtype, answer.shape) == (numpy.float32, (2, 2))
    assert (model.predict(data)["y"] == answer).all()
    frame = model.predict(pandas.DataFrame(data))
    assert isinstance(frame, pandas.DataFrame)
    assert frame["y"].tolist() == answer.reshape(-1).tolist()
    with pytest.raises(TypeError, match="got '<class 'str'>'"):
        model.predict("text")


def test_a_frames_columns_are_the_inputs_of_a_model_with_several(tmp_path):
    mlflow.onnx.save_model(column_sum(["a", "b"]), tmp_path / "model")
    model = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    answer = model.predict(pandas.DataFrame({"b": [1.0, 2.0], "a": [10.0, 20.0], "other": [0.0, 0.0]}))
    assert answer["total"].tolist() == [11.0, 22.0]
    with pytest.raises(MlflowException, match=r"one input, and this model has 2.*\['a', 'b'\]"):
        model.predict(numpy.zeros((1, 2)))


def test_outputs_of_several_values_a_row_fit_into_a_frame(tmp_path, iris, classifier):
    proto, original = classifier
    mlflow.onnx.save_model(proto, tmp_path / "model")
    features = pandas.DataFrame(iris[0].astype("float32"))
    answer = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(features)
    assert answer["label"].tolist() == original.predict(features.to_numpy()).tolist()
    assert len(answer) == len(features)
    assert answer["probabilities"][0].shape == (3,)


def test_providers_and_session_options_are_kept_and_used(tmp_path):
    options = {
        "intra_op_num_threads": 1,
        "inter_op_num_threads": 2,
        "execution_mode": "PARALLEL",
        "graph_optimization_level": 0,
        "extra_session_config": {"session.disable_prepacking": "1"},
    }
    mlflow.onnx.save_model(network(), tmp_path / "model", onnx_execution_providers=[CPU], onnx_session_options=options)
    conf = flavor(tmp_path / "model")
    assert (conf["providers"], conf["onnx_session_options"]) == ([CPU], options)
    session = mlflow.pyfunc.load_model(str(tmp_path / "model")).get_raw_model()
    used = session.get_session_options()
    assert session.get_providers() == [CPU]
    assert (used.intra_op_num_threads, used.inter_op_num_threads) == (1, 2)
    assert used.execution_mode == onnxruntime.ExecutionMode.ORT_PARALLEL
    assert used.graph_optimization_level == onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    assert used.get_session_config_entry("session.disable_prepacking") == "1"


def test_the_default_providers_are_those_of_stock_and_missing_ones_are_passed_over(tmp_path, recwarn):
    mlflow.onnx.save_model(network(), tmp_path / "default")
    assert flavor(tmp_path / "default")["providers"] == ["CUDAExecutionProvider", CPU]
    mlflow.pyfunc.load_model(str(tmp_path / "default"))
    assert not recwarn.list
    mlflow.onnx.save_model(network(), tmp_path / "own", onnx_execution_providers=[("ROCMExecutionProvider", {}), CPU])
    with pytest.warns(UserWarning, match="ROCMExecutionProvider"):
        model = mlflow.pyfunc.load_model(str(tmp_path / "own"))
    assert model.get_raw_model().get_providers() == [CPU]


def test_safe_only_takes_no_options_of_providers(tmp_path, monkeypatch):
    mlflow.onnx.save_model(network(), tmp_path / "plain")
    mlflow.onnx.save_model(network(), tmp_path / "options", onnx_execution_providers=[[CPU, {"library": "x.so"}]])
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    mlflow.pyfunc.load_model(str(tmp_path / "plain"))
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.pyfunc.load_model(str(tmp_path / "options"))


def test_requirements_are_onnx_and_its_runtime(tmp_path):
    mlflow.onnx.save_model(network(), tmp_path / "model")
    assert (tmp_path / "model" / "requirements.txt").read_text().splitlines() == [
        "mlflow==3.18.0",
        f"numpy=={numpy.__version__}",
        f"onnx=={onnx.__version__}",
        f"onnxruntime=={onnxruntime.__version__}",
    ]


def broken():
    proto = network()
    proto.graph.node[0].op_type = "NoSuchOperator"
    return proto


@pytest.mark.parametrize(
    "make, message",
    [
        (broken, "expected a valid ONNX model: .*NoSuchOperator"),
        (lambda: "model.onnx", r"got the path 'model.onnx': give onnx.load\(path\)"),
        (lambda: {"a": 1}, "got builtins.dict: log other objects with pyfunc"),
        (onnx.ModelProto, "expected a valid ONNX model"),
    ],
    ids=["invalid", "path", "dict", "empty"],
)
def test_what_is_no_valid_model_is_refused_before_anything_exists(yard, make, message):
    with mlflow.start_run() as run, pytest.raises(MlflowException, match=message):
        mlflow.onnx.log_model(make(), name="model")
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.get_run(run.info.run_id).outputs.model_outputs == []


def test_a_model_without_its_weights_is_refused(tmp_path):
    mlflow.onnx.save_model(network(), tmp_path / "model")
    proto = onnx.load(tmp_path / "model" / "model.onnx", load_external_data=False)
    with pytest.raises(MlflowException, match="such as 'weights', are still in a file"):
        mlflow.onnx.save_model(proto, tmp_path / "again")


@pytest.mark.parametrize(
    "options, error",
    [
        ({"threads": 1}, "Key threads in onnx_session_options is not a valid ONNX Runtime session options key"),
        ({"execution_mode": "fast"}, "should be 'parallel' or 'sequential', not fast"),
        ({"graph_optimization_level": 3}, "should be 0, 1, 2, or 99, not 3"),
        ({"intra_op_num_threads": -1}, "should be an integer >= 0, not -1"),
        ({"extra_session_config": "x"}, "should be a dict"),
        ("fast", "should be a dict"),
    ],
)
def test_options_that_no_session_has_are_refused(yard, options, error):
    with mlflow.start_run(), pytest.raises((TypeError, ValueError), match=error):
        mlflow.onnx.log_model(network(), name="model", onnx_session_options=options)
    assert mlflow.search_logged_models(output_format="list") == []


def test_providers_that_have_no_name_are_refused(tmp_path):
    with pytest.raises(MlflowException, match="onnx_execution_providers: expected a list of names"):
        mlflow.onnx.save_model(network(), tmp_path / "model", onnx_execution_providers=[{"name": CPU}])
    with pytest.raises(MlflowException, match="onnx_execution_providers: expected a list of names"):
        mlflow.onnx.save_model(network(), tmp_path / "model", onnx_execution_providers=CPU)


def test_weights_outside_of_the_directory_are_not_read(tmp_path):
    mlflow.onnx.save_model(network(), tmp_path / "model")
    proto = onnx.load(tmp_path / "model" / "model.onnx", load_external_data=False)
    for entry in proto.graph.initializer[0].external_data:
        if entry.key == "location":
            entry.value = "../secret.data"
    (tmp_path / "model" / "model.onnx.data").rename(tmp_path / "secret.data")
    (tmp_path / "model" / "model.onnx").write_bytes(proto.SerializeToString())
    # Without the digests, which would have said so before.
    text = (tmp_path / "model" / "MLmodel").read_text()
    (tmp_path / "model" / "MLmodel").write_text(text.partition("trainyard:")[0])
    with pytest.raises(MlflowException, match="no valid ONNX model"):
        mlflow.onnx.load_model(str(tmp_path / "model"))
