"""Artifacts by URI: of runs, of logged models, of registered models, of places."""

import pathlib

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException


def test_files_inside_models_are_reached_by_model_uris(store):
    model = mlflow.initialize_logged_model(name="net")
    client = MlflowClient()
    folder = pathlib.Path("files")
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.json").write_text('{"a": 1}')
    (folder / "MLmodel").write_text("flavors: {}\n")
    client.log_model_artifacts(model.model_id, folder)
    mlflow.finalize_logged_model(model.model_id, "READY")
    name = f"uris-{id(store)}"
    mlflow.register_model(model.model_uri, name)
    client.set_registered_model_alias(name, "best", "1")
    for uri in (f"models:/{model.model_id}", f"models:/{name}/1", f"models:/{name}@best"):
        assert mlflow.artifacts.load_dict(f"{uri}/deep/a.json") == {"a": 1}
        assert [file.path for file in mlflow.artifacts.list_artifacts(f"{uri}/deep")] == ["deep/a.json"]
        local = pathlib.Path(mlflow.artifacts.download_artifacts(uri, dst_path="copy"))
        assert (local / "deep" / "a.json").is_file()


def test_artifacts_of_runs_are_reached_by_run_and_by_place(store):
    with mlflow.start_run() as run:
        mlflow.log_text("hello", "notes/a.txt")
        place = mlflow.get_artifact_uri("notes/a.txt")
        assert mlflow.get_artifact_uri() == run.info.artifact_uri
    run_id = run.info.run_id
    for uri in (place, f"runs:/{run_id}/notes/a.txt"):
        assert mlflow.artifacts.load_text(uri) == "hello"
    local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="notes")
    assert (pathlib.Path(local) / "a.txt").read_text() == "hello"
    assert [file.path for file in mlflow.artifacts.list_artifacts(run_id=run_id)] == ["notes"]
    with pytest.raises(MlflowException, match="either artifact_uri or run_id"):
        mlflow.artifacts.download_artifacts()
    with pytest.raises(MlflowException, match="Unable to form a JSON object"):
        mlflow.artifacts.load_dict(place)


def test_models_of_a_run_are_found_by_their_name_among_its_artifacts(store):
    client = MlflowClient()
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="net")
        folder = pathlib.Path("files")
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "a.json").write_text('{"a": 1}')
        (folder / "MLmodel").write_text("flavors: {}\n")
        client.log_model_artifacts(model.model_id, folder)
        mlflow.finalize_logged_model(model.model_id, "READY")
        mlflow.log_text("mine", "notes.txt")
    run_id = run.info.run_id
    listed = {
        None: ["notes.txt"],
        "net": ["net/MLmodel", "net/deep"],
        "net/deep": ["net/deep/a.json"],
        "notes.txt": [],
        "nothing": [],
    }
    for path, expected in listed.items():
        assert sorted(file.path for file in client.list_artifacts(run_id, path)) == expected
        assert (
            sorted(file.path for file in mlflow.artifacts.list_artifacts(run_id=run_id, artifact_path=path)) == expected
        )
        uri = f"runs:/{run_id}/{path or ''}"
        assert sorted(file.path for file in mlflow.artifacts.list_artifacts(uri)) == expected
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/net/deep/a.json") == {"a": 1}
    for fetched in (
        client.download_artifacts(run_id, "net"),
        mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="net", dst_path="copy"),
        mlflow.artifacts.download_artifacts(f"runs:/{run_id}/net"),
    ):
        assert (pathlib.Path(fetched) / "deep" / "a.json").read_text() == '{"a": 1}'
    with pytest.raises(MlflowException, match="no artifact at 'nothing'") as raised:
        client.download_artifacts(run_id, "nothing")
    assert raised.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_dicts_and_texts_are_read_as_they_were_written(yard, tmp_path):
    (tmp_path / "latin.txt").write_bytes("hällo".encode("latin-1"))
    with mlflow.start_run() as run:
        for name in ("a.json", "a.yaml", "a.yml"):
            mlflow.log_dict({"a": [1, {"b": None}]}, name)
        mlflow.log_text("a: [", "broken.yaml")
        mlflow.log_artifact("latin.txt")
    root = f"runs:/{run.info.run_id}"
    for name in ("a.json", "a.yaml", "a.yml"):
        assert mlflow.artifacts.load_dict(f"{root}/{name}") == {"a": [1, {"b": None}]}
    with pytest.raises(MlflowException, match="Unable to form a YAML object"):
        mlflow.artifacts.load_dict(f"{root}/broken.yaml")
    with pytest.raises(MlflowException, match=r"latin\.txt is no text in UTF-8"):
        mlflow.artifacts.load_text(f"{root}/latin.txt")


def test_images_come_back(yard):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (3, 2), (255, 0, 0)).save("red.png")
    with mlflow.start_run() as run:
        mlflow.log_artifact("red.png")
        mlflow.log_text("no image", "a.txt")
    loaded = mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/red.png")
    assert loaded.size == (3, 2) and loaded.getpixel((0, 0)) == (255, 0, 0)
    with pytest.raises(MlflowException, match="Unable to form a PIL Image"):
        mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/a.txt")
