"""Trainings of Keras, Lightning and plain loops while the server is away: what can go to the journal does."""

import pytest

from trainyard import MlflowClient

from .conftest import steps

pytestmark = pytest.mark.heavy

KERAS = """
mlflow.set_tracking_uri(sys.argv[1])
getattr(mlflow, sys.argv[2]).autolog()
import keras, numpy

def batches():
    for _ in range(6):
        yield numpy.zeros((8, 4)), numpy.zeros(8)

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(batches(), steps_per_epoch=2, epochs=3, verbose=0)
assert mlflow.active_run() is None
"""

LIGHTNING = """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.pytorch.autolog()
import lightning, torch

class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def training_step(self, batch, index):
        loss = self.layer(batch[0]).square().mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.02)

data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(8, 4)), batch_size=4)
trainer = lightning.Trainer(
    max_epochs=3, accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False,
)
trainer.fit(Net(), data)
assert mlflow.active_run() is None
"""

LOOP = """
mlflow.set_tracking_uri(sys.argv[1])
import torch

net = torch.nn.Linear(4, 2)
with mlflow.pytorch.autolog_loop(net, params={"epochs": 3}) as loop:
    for epoch in range(3):
        loop.log_epoch(epoch, loss=net(torch.zeros(1, 4)).sum())
assert mlflow.active_run() is None
"""


@pytest.mark.parametrize(
    ("text", "arguments"),
    [(KERAS, ["keras"]), (KERAS, ["tensorflow"]), (LIGHTNING, []), (LOOP, [])],
    ids=["keras", "tensorflow", "lightning", "loop"],
)
def test_each_epoch_is_in_the_journal_and_arrives_later(scripts, server, sync, text, arguments):
    impatient = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_TIMEOUT": "2"}
    scripts.run(text, server.url, *arguments, TRAINYARD_END_RUN_TIMEOUT="0.2", **impatient)
    server.start()
    code, (outcome,) = sync()
    assert (code, outcome["state"]) == (0, "delivered")
    assert steps(server.url, outcome["run_id"], "loss") == [0, 1, 2]
    run = MlflowClient(server.url).get_run(outcome["run_id"])
    assert (run.info.status, run.data.params["epochs"]) == ("FINISHED", "3")
