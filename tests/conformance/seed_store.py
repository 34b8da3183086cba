"""Fills a server with runs to look at: what a person sees who opens the web UI after some weeks of work.

    python tests/conformance/seed_store.py http://127.0.0.1:5000 --runs 500

Each run has params, tags, a history for each of its metrics and a dataset; some have artifacts, a parent, a logged
model. Three registered models have versions, aliases and tags. The stock client does the talking, so that any MLflow
server can be filled. Names and values depend on the number of the run alone: what a page shows can be foretold.
"""

import argparse
import dataclasses
import math
import struct
import tempfile
import time
import zlib
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelStatus,
    Metric,
    Param,
    RunTag,
)

EXPERIMENT = "digits"
STEPS = 40
MODELS = ("digits-classifier", "digits-embedder", "digits-baseline")
PAGE = "<!doctype html><p id=drawn>blank</p><script>drawn.textContent = 'drawn by a script'</script>"
MODEL_FILE = "flavors:\n  python_function:\n    loader_module: digits\nmodel_id: {model_id}\nmlflow_version: 3.18.0\n"


@dataclasses.dataclass(frozen=True)
class Seeded:
    """What there is to find: the ids of what was made, oldest first."""

    experiment_id: str
    run_ids: list[str]
    logged_model_ids: list[str]


def run_name(number: int) -> str:
    return f"digits-{number:03}"


def learning_rate(number: int) -> float:
    return round(0.001 * (1 + number % 50), 4)


def accuracy(number: int, step: int) -> float:
    """Rises with the steps towards a height of the run's own; the last run's is the greatest."""
    return round((0.5 + number / 1100) * (1 - math.exp(-(step + 4) / 8)), 6)


def loss(number: int, step: int) -> float:
    return round(2.3 * math.exp(-step * (1 + number % 7) / 40) + 0.05, 6)


def seed(url: str, runs: int) -> Seeded:
    client = MlflowClient(url)
    tags = {"team": "vision", "mlflow.note.content": "Handwritten digits, seen as **images**."}
    experiment_id = client.create_experiment(EXPERIMENT, tags=tags)
    run_ids: list[str] = []
    model_ids: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        files = artifact_files(Path(folder))
        for number in range(runs):
            parent = run_ids[number - number % 10] if number % 10 else None
            run_id = log_run(client, experiment_id, number, parent)
            run_ids.append(run_id)
            if number % 10 == 0:
                for directory, file in files:
                    client.log_artifact(run_id, str(file), directory)
            if number % 25 == 0:
                model_ids.append(log_model(client, experiment_id, run_id, number, Path(folder)))
    register_models(client, run_ids, model_ids)
    return Seeded(experiment_id, run_ids, model_ids)


def log_run(client: MlflowClient, experiment_id: str, number: int, parent: str | None) -> str:
    start = int(time.time() * 1000)
    tags = {"mlflow.user": ("ada", "grace")[number % 2], "mlflow.source.name": "train.py", "stage": "sweep"}
    if parent:
        tags["mlflow.parentRunId"] = parent
    run_id = client.create_run(experiment_id, start_time=start, run_name=run_name(number), tags=tags).info.run_id
    histories = {"accuracy": accuracy, "loss": loss}
    metrics = [
        Metric(key, value(number, step), start + 1000 * step, step)
        for key, value in histories.items()
        for step in range(STEPS)
    ]
    metrics += [
        Metric("test/accuracy", accuracy(number, STEPS) - 0.01, start, 0),
        Metric("system/cpu_utilization_percentage", 40.0 + number % 30, start, 0),
    ]
    params = {
        "learning_rate": learning_rate(number),
        "layers": 1 + number % 4,
        "optimizer": ("adam", "sgd")[number % 2],
    }
    client.log_batch(
        run_id,
        metrics=metrics,
        params=[Param(key, str(value)) for key, value in params.items()],
        tags=[RunTag("batch", str(number // 100))],
    )
    dataset = Dataset(
        name=f"digits-part-{number % 3}",
        digest=f"{number % 3:08x}",
        source_type="local",
        source='{"uri": "digits.csv"}',
        schema='{"mlflow_colspec": [{"type": "long", "name": "pixel", "required": true}]}',
        profile='{"num_rows": 1797, "num_elements": 115008}',
    )
    client.log_inputs(run_id, datasets=[DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    client.set_terminated(run_id, "FAILED" if number % 17 == 16 else "FINISHED", start + 1000 * STEPS)
    return run_id


def picture(width: int, height: int) -> bytes:
    """A PNG with a gradient from red to blue."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\0" + b"".join(bytes((255 - 255 * x // width, 0, 255 * x // width)) for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def artifact_files(folder: Path) -> list[tuple[str, Path]]:
    contents = {
        "report.txt": b"Seen 1797 digits.\n",
        "plots/confusion.png": picture(320, 200),
        "plots/figure.html": PAGE.encode(),
        "tables/errors.csv": b"digit,errors\n0,1\n8,7\n",
        "settings.json": b'{"layers": [64, 10]}\n',
    }
    files = []
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        files.append(("" if file.parent == folder else file.parent.name, file))
    return files


def log_model(client: MlflowClient, experiment_id: str, run_id: str, number: int, folder: Path) -> str:
    model = client.create_logged_model(
        experiment_id,
        name="classifier",
        source_run_id=run_id,
        params={"learning_rate": str(learning_rate(number))},
        tags={"kind": "convolution"},
        model_type="classifier",
    )
    (folder / "MLmodel").write_text(MODEL_FILE.format(model_id=model.model_id))
    (folder / "weights.bin").write_bytes(bytes(range(64)))
    directory = folder / "model"
    directory.mkdir(exist_ok=True)
    for name in ("MLmodel", "weights.bin"):
        (folder / name).replace(directory / name)
    client.log_model_artifacts(model.model_id, str(directory))
    client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=STEPS)])
    client.log_metric(run_id, "validation", accuracy(number, STEPS), step=STEPS, model_id=model.model_id)
    if number:
        client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
    return model.model_id


def register_models(client: MlflowClient, run_ids: list[str], model_ids: list[str]) -> None:
    for name in MODELS:
        client.create_registered_model(name, tags={"task": "digits"}, description=f"What {name} is for.")
    for number, model_id in enumerate(model_ids):
        name = MODELS[number % len(MODELS)]
        run_id = run_ids[number * 25]
        version = client.create_model_version(
            name,
            source=f"models:/{model_id}",
            run_id=run_id,
            tags={"checked": "yes"},
            description=f"Made by {run_name(number * 25)}.",
            model_id=model_id,
            await_creation_for=0,
        )
        client.set_registered_model_alias(name, "champion", version.version)
        if version.version == "1":
            client.set_registered_model_alias(name, "first", "1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help="the server's address, such as http://127.0.0.1:5000")
    parser.add_argument("--runs", type=int, default=500)
    asked = parser.parse_args()
    began = time.perf_counter()
    seeded = seed(asked.url, asked.runs)
    print(
        f"{len(seeded.run_ids)} runs and {len(seeded.logged_model_ids)} logged models in experiment "
        f"{seeded.experiment_id}, in {time.perf_counter() - began:.1f} s"
    )


if __name__ == "__main__":
    main()
