"""Artifacts of runs through the proxy: every way of logging, listing, downloading; paths that must not pass."""

import json
import os

import mlflow
import numpy
import pandas
import pytest


def tree(client, run_id, path=None):
    """All artifact files of a run with their sizes; the client reads an absent size for 0."""
    files = {}
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            files |= tree(client, run_id, entry.path)
        else:
            files[entry.path] = entry.file_size or 0
    return files


@pytest.fixture
def run(experiment_id):
    with mlflow.start_run() as run:
        yield run


def read(run, path):
    with open(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=path), "rb") as file:
        return file.read()


def test_one_file(run, client, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"hello")
    mlflow.log_artifact(str(path))
    mlflow.log_artifact(str(path), artifact_path="deep/er")
    assert tree(client, run.info.run_id) == {"notes.txt": 5, "deep/er/notes.txt": 5}
    assert read(run, "deep/er/notes.txt") == b"hello"


def test_a_file_is_replaced(run, client, tmp_path):
    path = tmp_path / "state.bin"
    for content in (b"long first content", b"short"):
        path.write_bytes(content)
        mlflow.log_artifact(str(path))
    assert read(run, "state.bin") == b"short"


def test_a_directory_with_everything_in_it(run, client, tmp_path):
    source = tmp_path / "source"
    contents = {
        "top.txt": b"top",
        "empty.bin": b"",
        "a/b/c/deep.json": b"{}",
        "with space/and+plus & 100%.txt": b"odd",
        "данные/模型 🚂.txt": "ü".encode(),
        ".hidden": b"h",
        "no_extension": os.urandom(70_000),
    }
    for name, content in contents.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    mlflow.log_artifacts(str(source), artifact_path="bundle")
    assert tree(client, run.info.run_id) == {f"bundle/{name}": len(content) for name, content in contents.items()}

    local = mlflow.artifacts.download_artifacts(
        run_id=run.info.run_id, artifact_path="bundle", dst_path=str(tmp_path / "copy")
    )
    for name, content in contents.items():
        with open(os.path.join(local, name), "rb") as file:
            assert file.read() == content, name


def test_a_directory_into_the_root(run, client, tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "one.svg").write_text("<svg/>")
    mlflow.log_artifacts(str(tmp_path))
    assert tree(client, run.info.run_id) == {"plots/one.svg": 6}


def test_text_and_dictionaries(run):
    mlflow.log_text("héllo\n", "text/greeting.txt")
    mlflow.log_dict({"a": [1, 2]}, "config.json")
    mlflow.log_dict({"b": {"c": 1}}, "config.yaml")
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/text/greeting.txt") == "héllo\n"
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/config.json") == {"a": [1, 2]}
    assert read(run, "config.yaml") == b"b:\n  c: 1\n"


def test_figures_and_images(run, client):
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(numpy.zeros((4, 4, 3), dtype=numpy.uint8), "images/black.png")
    assert read(run, "plots/line.png").startswith(b"\x89PNG")
    assert mlflow.artifacts.load_image(f"{run.info.artifact_uri}/images/black.png").size == (4, 4)


def test_images_by_step(run, client):
    for step in range(2):
        mlflow.log_image(numpy.full((8, 8), 30 * step, dtype=numpy.uint8), key="sample", step=step, synchronous=True)
    names = [path for path in tree(client, run.info.run_id) if path.startswith("images/")]
    assert len(names) == 4
    assert {os.path.splitext(name)[1] for name in names} == {".png", ".webp"}
    assert client.get_run(run.info.run_id).data.tags["mlflow.loggedImages"] == "True"


def test_tables_grow_and_are_loaded(run, client, experiment_id):
    mlflow.log_table({"question": ["a", "b"], "score": [1, 2]}, artifact_file="eval/table.json")
    mlflow.log_table(pandas.DataFrame({"question": ["c"], "score": [3]}), artifact_file="eval/table.json")
    table = mlflow.load_table("eval/table.json", run_ids=[run.info.run_id])
    assert list(table["question"]) == ["a", "b", "c"] and list(table["score"]) == [1, 2, 3]
    logged = json.loads(client.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"])
    assert logged == [{"path": "eval/table.json", "type": "table"}]


def test_listing_one_level(run, client):
    mlflow.log_text("1", "a.txt")
    mlflow.log_text("22", "dir/b.txt")
    mlflow.log_text("333", "dir/sub/c.txt")

    def listed(path=None):
        return sorted(
            (entry.path, entry.is_dir, entry.file_size) for entry in client.list_artifacts(run.info.run_id, path)
        )

    assert listed() == [("a.txt", False, 1), ("dir", True, None)]
    assert listed("dir") == [("dir/b.txt", False, 2), ("dir/sub", True, None)]
    assert listed("dir/b.txt") == []
    assert listed("nowhere") == []


def test_listing_by_the_runs_route(run, wire):
    mlflow.log_text("1", "a.txt")
    answer = wire.get("artifacts/list", run_id=run.info.run_id).json
    assert answer["root_uri"] == run.info.artifact_uri
    assert answer["files"] == [{"path": "a.txt", "is_dir": False, "file_size": 1}]


def test_downloading_by_uri(run, tmp_path):
    mlflow.log_text("by uri", "dir/file.txt")
    for uri in (f"runs:/{run.info.run_id}/dir/file.txt", f"{run.info.artifact_uri}/dir/file.txt"):
        with open(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(tmp_path))) as file:
            assert file.read() == "by uri"


def test_downloading_everything(run, tmp_path):
    mlflow.log_text("1", "a.txt")
    mlflow.log_text("2", "dir/b.txt")
    local = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="", dst_path=str(tmp_path))
    assert sorted(
        os.path.relpath(os.path.join(where, name), local) for where, _, names in os.walk(local) for name in names
    ) == [
        "a.txt",
        "dir/b.txt",
    ]


def test_a_missing_artifact_is_an_error(run, wire):
    with pytest.raises(Exception, match="nowhere"):
        mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="nowhere.txt")
    location = run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    assert wire.artifact("GET", f"{location}/nowhere.txt").status == 404


def test_a_large_file_arrives_whole(run, tmp_path):
    content = os.urandom(1 << 20) * 12
    (tmp_path / "large.bin").write_bytes(content)
    mlflow.log_artifact(str(tmp_path / "large.bin"))
    assert read(run, "large.bin") == content


def test_raw_transfer_ranges_and_delete(wire, run):
    location = run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    assert wire.artifact("PUT", f"{location}/raw/digits.txt", b"0123456789").status == 200

    whole = wire.artifact("GET", f"{location}/raw/digits.txt")
    assert (whole.status, whole.body) == (200, b"0123456789")
    assert "attachment" in whole.headers["content-disposition"]
    assert whole.headers["x-content-type-options"] == "nosniff"

    part = wire.artifact("GET", f"{location}/raw/digits.txt", Range="bytes=2-4")
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    tail = wire.artifact("GET", f"{location}/raw/digits.txt", Range="bytes=-3")
    assert (tail.status, tail.body) == (206, b"789")
    assert wire.artifact("GET", f"{location}/raw/digits.txt", Range="bytes=20-30").status == 416

    assert wire.artifact("GET", f"{location}/raw").status in (400, 404)
    assert wire.artifact("DELETE", f"{location}/raw/digits.txt").status == 200
    assert wire.artifact("GET", f"{location}/raw/digits.txt").status == 404


BAD_PATHS = {
    "plain": "../outside.txt",
    "below": "a/../../../outside.txt",
    "encoded-dots": "%2e%2e/outside.txt",
    "encoded-all": "%2E%2E%2Foutside.txt",
    "encoded-slash": "..%2foutside.txt",
    "backslash": "..%5coutside.txt",
    "twice-encoded": "%252e%252e%252foutside.txt",
    "mixed": "a/%2e%2e/%2e%2e/%2e%2e/outside.txt",
    "absolute": "%2fetc/outside.txt",
    "nul": "a%00b.txt",
}


@pytest.mark.parametrize("path", BAD_PATHS.values(), ids=BAD_PATHS.keys())
@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_a_path_that_leaves_the_root_is_refused(wire, server, method, path):
    answer = wire.artifact(method, path, b"escaped" if method == "PUT" else None)
    assert 400 <= answer.status < 500
    if server.process is not None:
        assert not list(server.folder.rglob("outside.txt"))


@pytest.mark.parametrize("path", ["..", "../..", "a/../..", "%2e%2e", "/etc", "..%2f.."])
def test_listing_outside_the_root_is_refused(wire, run, path):
    for query in (f"path={path}", f"run_id={run.info.run_id}&path={path}"):
        route = "mlflow-artifacts/artifacts" if query.startswith("path") else "mlflow/artifacts/list"
        answer = wire.send("GET", f"/api/2.0/{route}?{query}")
        assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
