"""ONNX: a converted classifier, and a network whose weights are in a file of their own."""

from cells import Cell


def _iris():
    from sklearn.datasets import load_iris

    features, target = load_iris(return_X_y=True)
    return features.astype("float32"), target


def _classifier(mlflow):
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    features, target = _iris()
    model = LogisticRegression(max_iter=1000).fit(features, target)
    return to_onnx(model, features[:1], options={"zipmap": False})


def _network(mlflow):
    import numpy
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy.random.default_rng(0).normal(size=(4, 1000)).astype("float32")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "weights"], ["hidden"]), helper.make_node("Tanh", ["hidden"], ["y"])],
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1000])],
        [numpy_helper.from_array(weights, "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def _save(**own):
    def save(mlflow, model, path, **arguments):
        mlflow.onnx.save_model(model, path, **own, **arguments)

    return save


def _predict(model, data):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: data}), strict=True))


def _native(mlflow, path, data):
    return _predict(mlflow.onnx.load_model(path), data)


_SHARED = {"data": lambda: _iris()[0], "predict": _predict, "native": _native}
_ONE_THREAD = {"onnx_session_options": {"intra_op_num_threads": 1}}

CELLS = [
    Cell("classifier in one file", _classifier, _save(save_as_external_data=False, **_ONE_THREAD), **_SHARED),
    Cell("network with external weights", _network, _save(location="weights.data", **_ONE_THREAD), **_SHARED),
]
