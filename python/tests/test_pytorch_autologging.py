"""Autologging of Lightning and of plain loops: what a training leaves in its run, next to what stock MLflow records."""

import json
import warnings

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException

pytestmark = pytest.mark.heavy

# The same text trains under trainyard and under stock MLflow.
TRAIN = """
import importlib, logging, numpy, tempfile, torch, warnings
warnings.simplefilter("ignore")
logging.getLogger("lightning").setLevel(logging.ERROR)
package = importlib.import_module(PACKAGE)
torch.manual_seed(0)
X = torch.from_numpy(numpy.random.default_rng(0).normal(size=(64, 4)).astype("float32"))
y = (X.sum(1) > 0).long()

class Net(package.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.layer(x)

    def training_step(self, batch, index):
        loss = torch.nn.functional.cross_entropy(self(batch[0]), batch[1])
        self.log("train_loss", loss, on_epoch=True)
        return loss

    def validation_step(self, batch, index):
        self.log("val_loss", torch.nn.functional.cross_entropy(self(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)

data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=16)
stopping = package.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10)
trainer = package.Trainer(
    max_epochs=3, accelerator="cpu", logger=False, callbacks=[stopping], default_root_dir=tempfile.mkdtemp(),
    enable_progress_bar=False, enable_model_summary=False,
)
net = Net()
trainer.fit(net, data, data)
"""

DESCRIBE = """
import json
client = mlflow.MlflowClient()
run = mlflow.search_runs(output_format="list", search_all_experiments=True)[0]
def files(path=None):
    found = []
    for file in client.list_artifacts(run.info.run_id, path):
        found += files(file.path) if file.is_dir else [file.path]
    return found
model = mlflow.search_logged_models(experiment_ids=[run.info.experiment_id], output_format="list")[0]
info = mlflow.models.get_model_info(model.model_uri)
print(json.dumps({
    "params": run.data.params,
    "metrics": {
        key: [[point.step, round(point.value, 4)] for point in client.get_metric_history(run.info.run_id, key)]
        for key in run.data.metrics
    },
    "tags": [run.data.tags.get(key) for key in ("mlflow.autologging", "Mode", "mlflow.latest_checkpoint_artifact")],
    "artifacts": files(),
    "summary": mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/model_summary.txt"),
    "models": [model.name, str(model.status).rpartition(".")[2], info.signature.to_dict()],
    "data": sorted(file.path for file in client.list_logged_model_artifacts(model.model_id, "data")),
    "linked": sorted({metric.key for metric in model.metrics or []}),
}))
"""


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def autologging_off(monkeypatch):
    """In these tests an error of the recording is an error, and no test leaves recording on."""
    monkeypatch.setenv("MLFLOW_AUTOLOGGING_TESTING", "true")
    yield
    mlflow.pytorch.autolog(disable=True)


@pytest.fixture
def data(torch):
    X = torch.from_numpy(numpy.random.default_rng(0).normal(size=(64, 4)).astype("float32"))
    return X, (X.sum(1) > 0).long()


def train(package="lightning.pytorch", text=TRAIN, **names):
    names.update(mlflow=mlflow, PACKAGE=package, __name__="__main__")
    with warnings.catch_warnings():
        exec(text, names)
    return names


def points(run, key):
    return [(point.step, point.value) for point in MlflowClient().get_metric_history(run.info.run_id, key)]


@pytest.mark.stock
@pytest.mark.parametrize("package", ["pytorch_lightning", "lightning.pytorch"])
def test_a_training_leaves_what_stock_records(yard, stock, capsys, package):
    # Stock knows the callbacks of pytorch_lightning only, so that is what ours of both packages is compared with.
    enable = "mlflow.pytorch.autolog()\n"
    start = f"import mlflow\nPACKAGE = 'pytorch_lightning'\nmlflow.set_tracking_uri('sqlite:///stock.db')\n{enable}"
    theirs = stock(start + TRAIN + DESCRIBE)
    names = train(package, enable + TRAIN)
    capsys.readouterr()
    exec(DESCRIBE, names)
    ours = json.loads(capsys.readouterr().out)
    assert ours["params"] == theirs["params"]
    assert set(ours["metrics"]) == set(theirs["metrics"])
    for key, wanted in theirs["metrics"].items():
        assert numpy.allclose(ours["metrics"][key], wanted, atol=1e-3), key
    for key in ("tags", "artifacts", "summary", "models", "data", "linked"):
        assert ours[key] == theirs[key], key


def test_metrics_can_be_logged_by_step_and_by_every_other_epoch(yard, torch):
    mlflow.pytorch.autolog(log_every_n_step=2, log_every_n_epoch=2, log_models=False, checkpoint=False)
    text = TRAIN.replace("max_epochs=3", "max_epochs=4").replace("callbacks=[stopping]", "callbacks=[]")
    with mlflow.start_run() as run:
        train(text=text)
    assert [step for step, _ in points(run, "train_loss_step")] == [1, 3, 5, 7, 9, 11, 13, 15]
    assert [step for step, _ in points(run, "val_loss")] == [1, 3]


def test_the_logged_model_predicts_like_the_trained_one(yard, torch):
    mlflow.pytorch.autolog()
    names = train()
    model = mlflow.search_logged_models(output_format="list")[0]
    names["net"].eval()
    with torch.no_grad():
        expected = names["net"](names["X"]).numpy()
    assert (mlflow.pyfunc.load_model(model.model_uri).predict(names["X"].numpy()) == expected).all()
    assert mlflow.active_run() is None


def test_checkpoints_are_loaded_again(yard, torch):
    mlflow.pytorch.autolog(checkpoint_save_best_only=False, log_models=False)
    with mlflow.start_run() as run:
        names = train(text=TRAIN.replace("callbacks=[stopping]", "callbacks=[]"))
    latest = mlflow.pytorch.load_checkpoint(names["Net"], run.info.run_id)
    assert torch.equal(latest.layer.weight, names["net"].layer.weight)
    first = mlflow.pytorch.load_checkpoint(names["Net"], run.info.run_id, epoch=0)
    assert not torch.equal(first.layer.weight, names["net"].layer.weight)
    with pytest.raises(MlflowException, match="Only one of"):
        mlflow.pytorch.load_checkpoint(names["Net"], run.info.run_id, epoch=0, global_step=1)


def test_a_test_after_the_training_is_logged_to_its_run(yard, torch):
    mlflow.pytorch.autolog(log_models=False)
    text = TRAIN.replace("    def configure", "    test_step = validation_step\n\n    def configure")
    names = train(text=text)
    names["trainer"].test(names["net"], names["data"], verbose=False)
    run = mlflow.search_runs(output_format="list")[0]
    assert run.data.tags["Mode"] == "testing"
    assert [step for step, _ in points(run, "val_loss")].count(0) == 2


def test_a_failing_training_raises_and_leaves_a_failed_run_and_model(yard, torch):
    mlflow.pytorch.autolog()
    text = TRAIN.replace("return loss", "raise ZeroDivisionError('batch')")
    with pytest.raises(ZeroDivisionError):
        train(text=text)
    assert mlflow.search_runs(output_format="list")[0].info.status == "FAILED"
    assert str(mlflow.search_logged_models(output_format="list")[0].status) == "FAILED"


def test_a_second_training_in_a_run_is_recorded_but_for_its_changed_params(yard, torch):
    mlflow.pytorch.autolog(checkpoint=False)
    text = TRAIN.replace("[stopping]", "[]").replace('warnings.simplefilter("ignore")', "")
    with mlflow.start_run() as run, pytest.warns(UserWarning, match="the params could not be logged"):
        for epochs in (2, 3):
            train(text=text.replace("max_epochs=3", f"max_epochs={epochs}"))
    assert sorted(step for step, _ in points(run, "val_loss")) == [0, 0, 1, 1, 2]
    assert mlflow.get_run(run.info.run_id).data.params["epochs"] == "2"
    assert [str(model.status) for model in mlflow.search_logged_models(output_format="list")] == ["READY"] * 2


def test_the_checkpoint_callback_can_be_used_by_itself(yard, torch):
    text = TRAIN.replace("callbacks=[stopping]", "callbacks=[mlflow.pytorch.MlflowModelCheckpointCallback()]")
    with mlflow.start_run() as run:
        train(text=text)
    assert mlflow.get_run(run.info.run_id).data.tags["mlflow.latest_checkpoint_artifact"] == (
        "checkpoints/latest_checkpoint.pth"
    )
    with pytest.raises(MlflowException, match="available modes"):
        mlflow.pytorch.MlflowModelCheckpointCallback(mode="up")


def test_scalars_for_tensorboard_are_logged_too(yard, torch, tmp_path):
    pytest.importorskip("tensorboard")
    mlflow.pytorch.autolog(log_every_n_step=2)
    with mlflow.start_run() as run, torch.utils.tensorboard.SummaryWriter(tmp_path / "events") as writer:
        for step in range(5):
            writer.add_scalar("loss", step / 2, step)
        writer.add_hparams({"lr": 0.1}, {"final": 2.0})
    assert points(run, "loss") == [(0, 0.0), (2, 1.0), (4, 2.0)]
    assert mlflow.get_run(run.info.run_id).data.params == {"lr": "0.1"}


def plain_loop(torch, data, net, epochs=2, **arguments):
    """Train a network with a loop as everybody writes it."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*data), batch_size=16)
    with mlflow.pytorch.autolog_loop(net, optimizer, {"epochs": epochs}, **arguments) as loop:
        for epoch in range(epochs):
            for X, y in batches:
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(net(X), y)
                loss.backward()
                optimizer.step()
                loop.log(loss=loss)
            loop.log_epoch(epoch, last_loss=loss)


def test_a_plain_loop_is_recorded_with_its_optimizer_steps_and_model(yard, torch, data):
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    plain_loop(torch, data, net, registered_model_name="plain")
    run = mlflow.search_runs(output_format="list")[0]
    assert run.info.status == "FINISHED"
    assert (run.data.params["optimizer_name"], run.data.params["lr"], run.data.params["epochs"]) == ("SGD", "0.1", "2")
    assert [step for step, _ in points(run, "loss")] == list(range(1, 9))
    assert [step for step, _ in points(run, "last_loss")] == [0, 1]
    assert "Trainable params: 58" in mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/model_summary.txt")
    model = mlflow.pyfunc.load_model("models:/plain/1")
    with torch.no_grad():
        assert numpy.allclose(model.predict(data[0].numpy()), net(data[0]).numpy(), atol=1e-6)
    linked = {metric.key for metric in mlflow.get_logged_model(model.model_id).metrics}
    assert linked == {"loss", "last_loss"}


def test_a_plain_loop_that_fails_leaves_a_failed_run_and_model(yard, torch, data):
    net = torch.nn.Linear(3, 2)
    with pytest.raises(RuntimeError, match="shapes"):
        plain_loop(torch, data, net)
    assert mlflow.search_runs(output_format="list")[0].info.status == "FAILED"
    assert str(mlflow.search_logged_models(output_format="list")[0].status) == "FAILED"


class LoggingSet:
    """A dataset that logs from wherever it is read: in a DataLoader with workers that is a forked process."""

    def __init__(self, run_id, size=40):
        self.run_id = run_id
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        mlflow.log_metric("read", index, step=index, run_id=self.run_id)
        return numpy.float32(index)


def test_metrics_logged_in_forked_workers_of_a_data_loader_all_arrive(store, torch):
    with mlflow.start_run() as run:
        mlflow.log_metric("parent", 0.0, step=0)
        loader = torch.utils.data.DataLoader(
            LoggingSet(run.info.run_id), batch_size=4, num_workers=2, multiprocessing_context="fork"
        )
        for step, batch in enumerate(loader):
            mlflow.log_metric("parent", float(batch.sum()), step=step + 1)
    mlflow.flush_async_logging()
    assert sorted(points(run, "read")) == [(index, float(index)) for index in range(40)]
    assert len(points(run, "parent")) == 11
