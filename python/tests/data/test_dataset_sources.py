"""Where data comes from: what a text or path is taken for, and loading it."""

import http.server
import json
import threading
from pathlib import Path

import numpy
import pytest

import trainyard as mlflow
from trainyard.data import sources
from trainyard.data.code_dataset_source import CodeDatasetSource
from trainyard.data.dataset_source import DatasetSource
from trainyard.data.dataset_source_registry import register_dataset_source, resolve_dataset_source
from trainyard.data.http_dataset_source import HTTPDatasetSource
from trainyard.data.huggingface_dataset_source import HuggingFaceDatasetSource


@pytest.fixture
def web():
    """A web server with a file, a file under another name, one under a path as its name, and nothing else."""
    names = {"/rows.csv": None, "/named": "named.csv", "/evil": "../evil.csv", "/": None}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            self.send_response(200 if path in names else 404)
            if names.get(path):
                self.send_header("Content-Disposition", f'attachment; filename="{names[path]}"')
            self.end_headers()
            if path in names:
                self.wfile.write(b"x\n1\n")

        def log_message(self, *arguments): ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_files_of_the_web_are_downloaded(web, tmp_path):
    for url, name in (("/rows.csv?v=2", "rows.csv"), ("/named", "named.csv"), ("/", "dataset_source")):
        path = Path(resolve_dataset_source(web + url).load(dst_path=tmp_path))
        assert (path.parent, path.name, path.read_text()) == (tmp_path, name, "x\n1\n")
    assert Path(HTTPDatasetSource(f"{web}/rows.csv").load()).read_text() == "x\n1\n"


def test_a_server_does_not_choose_where_its_file_goes(web, tmp_path):
    with pytest.raises(mlflow.MlflowException, match="must be a file name, not a path"):
        HTTPDatasetSource(f"{web}/evil").load(tmp_path / "in")
    assert list(tmp_path.rglob("evil.csv")) == []


def test_a_file_that_the_web_does_not_have_is_an_error(web):
    with pytest.raises(mlflow.MlflowException, match="404") as caught:
        HTTPDatasetSource(f"{web}/gone").load()
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(mlflow.MlflowException, match="could not be reached"):
        HTTPDatasetSource("http://127.0.0.1:9/rows").load()


def test_local_files_are_found_where_they_are_and_copied_on_request(tmp_path):
    (tmp_path / "my rows").mkdir()
    file = tmp_path / "my rows" / "rows.csv"
    file.write_text("x")
    for source in (str(file), file, file.as_uri(), "my rows/rows.csv"):
        assert resolve_dataset_source(source).load() == str(file)
    copy = resolve_dataset_source(file).load(dst_path=tmp_path / "copies")
    assert copy == str(tmp_path / "copies" / "rows.csv") and Path(copy).read_text() == "x"
    folder = resolve_dataset_source(file.parent).load(dst_path=tmp_path / "copies")
    assert Path(folder, "rows.csv").read_text() == "x"
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        resolve_dataset_source("none.csv").load()


def test_data_without_a_source_comes_from_the_running_program(yard):
    import sys

    dataset = mlflow.data.from_numpy(numpy.zeros(1))
    assert isinstance(dataset.source, CodeDatasetSource) and dataset.to_dict()["source_type"] == "code"
    tags = json.loads(dataset.source.to_json())["tags"]
    assert tags["mlflow.source.name"] == sys.argv[0] and tags["mlflow.source.type"] == "LOCAL"
    with pytest.raises(NotImplementedError, match="CodeDatasetSource cannot be loaded"):
        mlflow.data.get_source(dataset).load()


@pytest.mark.stock
def test_tags_of_the_running_program_are_those_of_stock(stock, tmp_path, monkeypatch):
    import sys

    theirs = stock("import mlflow, numpy; print(mlflow.data.from_numpy(numpy.zeros(1)).source.to_json())")
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "stock_script.py")])
    assert json.loads(mlflow.data.from_numpy(numpy.zeros(1)).source.to_json()) == theirs


@pytest.mark.parametrize(
    ("source_type", "fields"),
    [
        ("local", {"uri": "/data/rows.csv"}),
        ("s3", {"uri": "s3://bucket/rows"}),
        ("viewfs", {"uri": "viewfs://name/rows"}),
        ("http", {"url": "https://host/rows"}),
        ("code", {"tags": {"mlflow.user": "ada"}}),
        ("spark", {"table_name": "rows"}),
        ("delta_table", {"path": "/rows", "delta_table_version": 3}),
    ],
)
def test_logged_sources_are_read_back(source_type, fields):
    entity = mlflow.entities.Dataset("n", "d", source_type, json.dumps(fields))
    source = mlflow.data.get_source(entity)
    assert source._get_source_type() == source_type and source.to_dict() == fields
    assert mlflow.data.get_source(mlflow.entities.DatasetInput(entity)).to_dict() == fields


def test_a_hub_source_without_a_split_is_loaded_without_one(monkeypatch):
    import sys
    import types

    calls = []
    hub = types.SimpleNamespace(load_dataset=lambda **arguments: calls.append(arguments))
    monkeypatch.setitem(sys.modules, "datasets", hub)
    source = HuggingFaceDatasetSource("imdb", revision="main")
    mlflow.data.get_source(mlflow.entities.Dataset("n", "d", "hugging_face", source.to_json())).load(streaming=True)
    assert calls == [
        {
            "path": "imdb",
            "name": None,
            "data_dir": None,
            "data_files": None,
            "split": None,
            "revision": "main",
            "streaming": True,
        }
    ]
    with pytest.raises(KeyError, match="duplicated arguments"):
        source.load(split="train")


def test_unknown_and_broken_sources_are_errors():
    with pytest.raises(mlflow.MlflowException, match="unrecognized source type: sheet"):
        mlflow.data.get_source(mlflow.entities.Dataset("n", "d", "sheet", "{}"))
    with pytest.raises(mlflow.MlflowException, match='Missing expected key: "uri"'):
        mlflow.data.get_source(mlflow.entities.Dataset("n", "d", "s3", "{}"))
    with pytest.raises(mlflow.MlflowException, match="exactly one"):
        mlflow.data.get_source(mlflow.entities.Dataset("n", "d", "spark", "{}"))


def test_sources_of_the_user_are_asked_first(monkeypatch):
    from trainyard.data import dataset_source_registry

    class SheetSource(DatasetSource):
        def __init__(self, uri):
            self.uri = uri

        @staticmethod
        def _get_source_type():
            return "sheet"

        @staticmethod
        def _can_resolve(raw_source):
            return str(raw_source).startswith(("sheet:", "s3:"))

        @classmethod
        def _resolve(cls, raw_source):
            return cls(raw_source)

        def to_dict(self):
            return {"uri": self.uri}

        @classmethod
        def from_dict(cls, source_dict):
            return cls(source_dict["uri"])

    monkeypatch.setattr(dataset_source_registry, "_registered", [])
    register_dataset_source(SheetSource)
    assert mlflow.data.from_numpy(numpy.zeros(1), source="s3://a/b").to_dict()["source_type"] == "sheet"
    found = mlflow.data.get_source(mlflow.entities.Dataset("n", "d", "sheet", '{"uri": "sheet:1"}'))
    assert isinstance(found, SheetSource) and sources.SheetSource is SheetSource
    s3 = resolve_dataset_source("s3://a/b", [sources.S3ArtifactDatasetSource])
    assert type(s3).__name__ == "S3ArtifactDatasetSource"
