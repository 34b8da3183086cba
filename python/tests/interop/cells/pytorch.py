"""PyTorch: a network as an exported graph and as a pickle, and a scripted one."""

from cells import Cell


def _features():
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)[0].astype("float32")


def _net(mlflow):
    import torch

    torch.manual_seed(7)
    layers = torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 3)
    return torch.nn.Sequential(*layers).eval()


def _scripted(mlflow):
    import torch

    return torch.jit.script(_net(mlflow))


def _save(serialization_format):
    def save(mlflow, model, path, **arguments):
        mlflow.pytorch.save_model(model, path, serialization_format=serialization_format, **arguments)

    return save


def _predict(model, data):
    import torch

    with torch.no_grad():
        return model(torch.from_numpy(data)).numpy()


def _native(mlflow, path, data):
    return _predict(mlflow.pytorch.load_model(path), data)


_SHARED = {"data": _features, "predict": _predict, "native": _native}


def _save_pt2(mlflow, model, path, **arguments):
    # A graph is traced from an example.
    mlflow.pytorch.save_model(
        model, path, serialization_format="pt2", input_example=_features()[:5], **arguments
    )  # fmt: skip


CELLS = [
    Cell("network, pt2", _net, _save_pt2, tolerance=1e-5, note="torch chooses kernels anew for a graph", **_SHARED),
    Cell("network, pickle", _net, _save("pickle"), **_SHARED),
    Cell("scripted network, pickle", _scripted, _save("pickle"), **_SHARED),
]
