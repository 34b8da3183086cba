"""The example with datasets, a table and pictures."""

import os
import subprocess
import sys
from pathlib import Path

import trainyard as mlflow

EXAMPLE = Path(__file__).parents[3] / "examples" / "datasets_wine.py"


def test_the_example_records_its_data_on_every_store(store, tmp_path):
    environment = {**os.environ, "TRAINYARD_TRACKING_URI": store}
    done = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert "48 rows read back, equal" in done.stdout
    run = mlflow.get_run(done.stdout.split()[1])
    uses = {use.tags[0].value: use.dataset.name for use in run.inputs.dataset_inputs}
    assert uses == {"training": "wine-train", "test": "wine-test"}
    assert len(mlflow.MlflowClient().list_artifacts(run.info.run_id, "images")) == 2
