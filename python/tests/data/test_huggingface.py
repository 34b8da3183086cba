"""Datasets of the Hugging Face package: with the package where it is installed, and by its interface where not."""

import importlib.util
import json
import sys
import types

import numpy
import pandas
import pytest

import trainyard as mlflow

# What stock MLflow 3.18 makes of the rows below with datasets 3.6.
RECORDED_DIGEST = "0fc3a32a"
RECORDED_SCHEMA = (
    '{"mlflow_colspec": [{"type": "double", "name": "x", "required": true}, '
    '{"type": "string", "name": "t", "required": true}]}'
)
ROWS = {"x": [0.5, 1.5, 2.5], "t": ["a", "b", "c"]}

installed = pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="the package datasets is missing")

# Prints what is logged of the rows, with each kind of source.
SCRIPT = f"""
import json, sys
try:
    import datasets
except ImportError:
    print("null")
    sys.exit()
import mlflow
rows = datasets.Dataset.from_dict({ROWS})
mixed = datasets.Dataset.from_dict({{"n": list(range(10005)), "l": [[1, 2]] * 10005}})
made = [
    mlflow.data.from_huggingface(rows, path="csv", data_files="rows.csv", targets="t", name="rows", revision="main"),
    mlflow.data.from_huggingface(rows, source="rows.csv"),
    mlflow.data.from_huggingface(mixed, source="rows.csv"),
    mlflow.data.from_huggingface(mixed, source="rows.csv", digest="12345678"),
]
print(json.dumps([dataset.to_dict() for dataset in made]))
"""


class _Rows:
    """Those attributes of ``datasets.Dataset`` that are used."""

    def __init__(self, frame, split="train"):
        self._frame = frame
        self.column_names = list(frame.columns)
        self.num_rows = len(frame)
        self.dataset_size = self.size_in_bytes = None
        self.config_name = "default"
        self.split = split

    def select(self, positions):
        return _Rows(self._frame.iloc[list(positions)], self.split)

    def to_pandas(self):
        assert len(self._frame) <= 10000, "all of the data was loaded"
        return self._frame


@pytest.fixture
def interface(monkeypatch):
    """A module ``datasets`` with a class that acts like its own."""
    monkeypatch.setitem(sys.modules, "datasets", types.SimpleNamespace(Dataset=_Rows))


def test_only_the_first_rows_are_loaded(interface):
    large = _Rows(pandas.DataFrame({"x": numpy.zeros(20000)}))
    dataset = mlflow.data.from_huggingface(large, path="csv")
    fields = dataset.to_dict()
    assert json.loads(fields["profile"]) == {"num_rows": 20000, "dataset_size": None, "size_in_bytes": None}
    assert fields["source_type"] == "hugging_face" and dataset.ds is large
    assert json.loads(fields["source"])["split"] == "train"


def test_digest_and_schema_are_the_recorded_ones_of_stock(interface, store):
    dataset = mlflow.data.from_huggingface(_Rows(pandas.DataFrame(ROWS)), source="rows.csv", targets="t")
    assert (dataset.digest, dataset.to_dict()["schema"]) == (RECORDED_DIGEST, RECORDED_SCHEMA)
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
    logged = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0].dataset
    assert logged.to_dictionary() == dataset.to_dict()


def test_what_is_no_dataset_of_the_package_is_refused(interface):
    with pytest.raises(mlflow.MlflowException, match=r"must be an instance of `datasets\.Dataset`"):
        mlflow.data.from_huggingface(pandas.DataFrame(ROWS))
    with pytest.raises(mlflow.MlflowException, match="targets column 'y'"):
        mlflow.data.from_huggingface(_Rows(pandas.DataFrame(ROWS)), targets="y")
    with pytest.warns(UserWarning, match="path is ignored"):
        both = mlflow.data.from_huggingface(_Rows(pandas.DataFrame(ROWS)), path="csv", source="rows.csv")
    assert both.to_dict()["source_type"] == "local"


@installed
@pytest.mark.heavy
def test_the_package_itself_gives_the_recorded_digest(tmp_path):
    import datasets

    dataset = mlflow.data.from_huggingface(datasets.Dataset.from_dict(ROWS), source="rows.csv", targets="t")
    assert (dataset.digest, dataset.to_dict()["schema"]) == (RECORDED_DIGEST, RECORDED_SCHEMA)
    pandas.DataFrame(ROWS).to_csv(tmp_path / "rows.csv", index=False)
    loaded = datasets.load_dataset("csv", data_files=str(tmp_path / "rows.csv"), split="train")
    dataset = mlflow.data.from_huggingface(loaded, path="csv", data_files=str(tmp_path / "rows.csv"))
    again = mlflow.data.get_source(mlflow.data.from_huggingface(loaded, source=dataset.source)).load()
    assert again.to_dict() == ROWS


@installed
@pytest.mark.heavy
@pytest.mark.stock
def test_logged_fields_equal_those_of_stock(stock, capsys):
    theirs = stock(SCRIPT)
    if theirs is None:
        pytest.skip("the interpreter of stock MLflow has no package datasets")
    exec(compile(SCRIPT.replace("import mlflow", "import trainyard as mlflow"), "script", "exec"), {})
    assert json.loads(capsys.readouterr().out) == theirs
