"""What is logged of data: equal to stock MLflow's for the same data, small, and the same on every store."""

import json
import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path

import dataset_cases
import numpy
import pandas
import polars
import pytest

import trainyard as mlflow
from trainyard.data.dataset import Dataset
from trainyard.data.http_dataset_source import HTTPDatasetSource
from trainyard.data.meta_dataset import MetaDataset
from trainyard.types import ColSpec, Schema

HERE = Path(__file__).parent

# Which bits of a float stand for NaN and zero in a hash, and how Polars hashes, depends on the version.
RECORDED_WITH = {"pandas": "3.1.1", "polars": "2.1.0"}


@pytest.mark.parametrize("kind", dataset_cases.KINDS)
def test_logged_fields_equal_the_recorded_ones_of_stock(kind):
    library = sys.modules.get(kind)
    if kind in RECORDED_WITH and library.__version__ != RECORDED_WITH[kind]:
        pytest.skip(f"the values were recorded with {kind} {RECORDED_WITH[kind]}, here is {library.__version__}")
    recorded = json.loads((HERE / "recorded_values.json").read_text())[kind]
    ours = dataset_cases.described(dataset_cases.KINDS[kind](mlflow.data))
    assert ours.keys() == recorded.keys()
    for name, fields in recorded.items():
        assert ours[name] == fields, name


@pytest.mark.stock
def test_logged_fields_equal_those_of_stock(stock):
    theirs = stock((HERE / "dataset_cases.py").read_text())
    for kind, cases in dataset_cases.KINDS.items():
        ours = dataset_cases.described(cases(mlflow.data))
        for name, fields in theirs[kind].items():
            assert ours[name] == fields, (kind, name)


def test_digest_of_numbers_needs_no_pandas(tmp_path):
    recorded = json.loads((HERE / "recorded_values.json").read_text())["numpy"]
    script = (
        "import sys; sys.modules['pandas'] = None\n"
        f"sys.path.insert(0, {str(Path(mlflow.__file__).parents[1])!r})\n"
        "import numpy, trainyard\n"
        "print(trainyard.data.from_numpy(numpy.array([numpy.nan, -numpy.nan, 0.0, -0.0, numpy.inf])).digest)\n"
        "try: trainyard.data.from_numpy(numpy.array(['a']))\n"
        "except trainyard.MlflowException as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    digest, refusal = done.stdout.splitlines()
    assert digest == recorded["special floats"]["digest"], done.stderr
    assert "needs pandas" in refusal and "digest=" in refusal


def test_large_arrays_are_not_copied():
    large = numpy.zeros((2000, 3, 500)).transpose(2, 1, 0)
    tracemalloc.start()
    dataset = mlflow.data.from_numpy(large, source="a.npy", targets=large)
    dataset.to_dict()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < large.nbytes / 10


def test_a_dataset_has_its_data_and_the_names_of_its_columns():
    frame = pandas.DataFrame({"x": [1.0], "y": [2.0], "p": [2.5]})
    dataset = mlflow.data.from_pandas(frame, "rows.csv", "y", "rows", predictions="p")
    assert dataset.df is frame and (dataset.targets, dataset.predictions, dataset.name) == ("y", "p", "rows")
    assert json.loads(dataset.to_json()) == dataset.to_dict()
    assert dataset.profile == {"num_rows": 1, "num_elements": 3}
    assert dataset.schema.input_names() == ["x", "y", "p"]
    features, targets = numpy.zeros(2), {"y": numpy.ones(2)}
    dataset = mlflow.data.from_numpy(features, targets=targets)
    assert dataset.features is features and dataset.targets is targets
    frame = polars.DataFrame({"x": [1.0]})
    assert mlflow.data.from_polars(frame).df is frame


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: mlflow.data.from_pandas(pandas.DataFrame({"a": [1]}), targets="b"), "targets column 'b'"),
        (lambda: mlflow.data.from_pandas(pandas.DataFrame({"a": [1]}), predictions="b"), "predictions column 'b'"),
        (lambda: mlflow.data.from_polars(polars.DataFrame({"a": [1]}), targets="b"), "targets column 'b'"),
        (lambda: mlflow.data.from_polars(polars.LazyFrame({"a": [1]})), "has to be collected"),
        (lambda: mlflow.data.from_pandas({"a": [1]}), "expected a pandas DataFrame, got dict"),
        (
            lambda: mlflow.data.from_numpy([1, 2]),
            "features: expected a NumPy array or a dict of NumPy arrays, got list",
        ),
        (lambda: mlflow.data.from_numpy(numpy.zeros(1), targets={"y": 1}), "targets: expected a NumPy array"),
        (lambda: mlflow.data.get_source("rows"), "Unrecognized dataset type <class 'str'>"),
    ],
)
def test_what_is_no_dataset_is_refused(make, expected):
    with pytest.raises(mlflow.MlflowException, match=expected) as caught:
        make()
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


def test_data_without_a_schema_is_logged_with_a_warning():
    with pytest.warns(UserWarning, match="without a schema"):
        fields = mlflow.data.from_pandas(pandas.DataFrame({"a": ["x", 1]})).to_dict()
    assert fields["schema"] is None and len(fields["digest"]) == 8


def test_integer_columns_of_datasets_are_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mlflow.data.from_pandas(pandas.DataFrame({"a": [1]})).schema is not None


def test_a_meta_dataset_is_a_source_with_a_name(store):
    source = HTTPDatasetSource("https://example.com/rows.csv")
    plain = MetaDataset(source, name="rows")
    columns = MetaDataset(source, name="rows", schema=Schema([ColSpec("double", "x")]))
    assert plain.digest != columns.digest and "schema" not in plain.to_dict()
    with mlflow.start_run() as run:
        mlflow.log_input(columns, context="training")
    logged = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0]
    assert logged.dataset.digest == columns.digest
    assert json.loads(logged.dataset.schema) == {"mlflow_colspec": columns.schema.to_dict()}
    assert mlflow.data.get_source(logged).url == source.url


@pytest.mark.stock
def test_digest_of_a_meta_dataset_is_that_of_stock(stock):
    theirs = stock(
        "import json\n"
        "from mlflow.data.http_dataset_source import HTTPDatasetSource\n"
        "from mlflow.data.meta_dataset import MetaDataset\n"
        "from mlflow.types import ColSpec, Schema\n"
        "source = HTTPDatasetSource('https://example.com/rows.csv')\n"
        "schema = Schema([ColSpec('double', 'x')])\n"
        "print(json.dumps([MetaDataset(source).to_dict(), MetaDataset(source, 'n', schema=schema).to_dict()]))"
    )
    source = HTTPDatasetSource("https://example.com/rows.csv")
    schema = Schema([ColSpec("double", "x")])
    assert [MetaDataset(source).to_dict(), MetaDataset(source, "n", schema=schema).to_dict()] == theirs


def test_logged_datasets_come_back_as_they_were(store):
    frame = polars.DataFrame({"x": [1.5, 2.5], "y": [0, 1]})
    datasets = [
        mlflow.data.from_polars(frame, "s3://bucket/rows", "y", "polars"),
        mlflow.data.from_pandas(pandas.DataFrame({"x": [1.5], "t": ["a"]}), name="pandas"),
        mlflow.data.from_numpy(numpy.ones((2, 2)), targets=numpy.zeros(2), name="numpy"),
    ]
    with mlflow.start_run() as run:
        mlflow.log_inputs(datasets, ["training", "validation", None], [None, {"part": "2"}, None])
        mlflow.log_metric("m", 1.0, dataset=datasets[0])
    logged = {use.dataset.name: use for use in mlflow.get_run(run.info.run_id).inputs.dataset_inputs}
    for dataset in datasets:
        assert logged[dataset.name].dataset.to_dictionary() == dataset.to_dict()
    tags = {name: {tag.key: tag.value for tag in use.tags} for name, use in logged.items()}
    assert tags["polars"] == {"mlflow.data.context": "training"}
    assert tags["pandas"] == {"mlflow.data.context": "validation", "part": "2"}
    assert mlflow.data.get_source(logged["polars"]).to_dict() == {"uri": "s3://bucket/rows"}


def test_stock_and_ours_read_the_sources_of_each_other(stock_server, stock, tmp_path):
    mlflow.set_tracking_uri(stock_server)
    (tmp_path / "rows.csv").write_text("x\n1\n")
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(pandas.DataFrame({"x": [1]}), str(tmp_path / "rows.csv"), name="ours"))
    run_id, loaded = stock(
        "import json, sys, mlflow, numpy\n"
        "mlflow.set_tracking_uri(sys.argv[1])\n"
        "logged = mlflow.get_run(sys.argv[2]).inputs.dataset_inputs[0]\n"
        "with mlflow.start_run() as run:\n"
        "    mlflow.log_input(mlflow.data.from_numpy(numpy.zeros(2), source=sys.argv[3], name='theirs'))\n"
        "print(json.dumps([run.info.run_id, mlflow.data.get_source(logged).load()]))",
        stock_server,
        run.info.run_id,
        tmp_path / "rows.csv",
    )
    assert Path(loaded).read_text() == "x\n1\n"
    theirs = mlflow.get_run(run_id).inputs.dataset_inputs[0]
    assert (
        theirs.dataset.to_dictionary()
        == mlflow.data.from_numpy(numpy.zeros(2), source=str(tmp_path / "rows.csv"), name="theirs").to_dict()
    )
    assert mlflow.data.get_source(theirs).load() == str(tmp_path / "rows.csv")


class _Rows(Dataset):
    """A dataset as users write them."""

    def _compute_digest(self):
        return "00000001"

    @property
    def profile(self):
        return "3 rows"

    def to_dict(self):
        return {**super().to_dict(), "profile": self.profile}


def from_rows(source, name=None, digest=None) -> _Rows:
    return _Rows(HTTPDatasetSource(source), name, digest)


def test_a_dataset_class_of_the_user_can_be_logged_and_registered(yard, monkeypatch):
    from trainyard.data import dataset_registry

    monkeypatch.setattr(dataset_registry, "_registered", {})
    assert dataset_registry.register_constructor(from_rows) == "from_rows"
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_rows("http://host/rows", name="mine"))
    logged = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0].dataset
    assert (logged.name, logged.digest, logged.profile) == ("mine", "00000001", "3 rows")

    def from_nothing(source) -> _Rows: ...

    def from_untyped(name=None, digest=None): ...

    for function, expected in ((from_nothing, "'name'"), (from_untyped, "return type")):
        with pytest.raises(mlflow.MlflowException, match=expected):
            dataset_registry.register_constructor(function)
    with pytest.raises(mlflow.MlflowException, match="must start with"):
        dataset_registry.register_constructor(from_rows, "rows")
