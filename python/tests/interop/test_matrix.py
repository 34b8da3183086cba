"""The interop matrix: every kind of model, saved and loaded by trainyard and by stock MLflow, each without the other.

Each interpreter runs once per direction for all cells (``worker.py``), since stock takes seconds to start.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import cells
import matrix
import numpy
import pytest
import worker
from matrix import DIRECTIONS

import trainyard
from trainyard import _core

STOCK_PYTHON = os.environ.get("TRAINYARD_STOCK_PYTHON")
FOLDER = Path(__file__).parent
SECONDS = 900

# Entries of MLmodel that say where a file came from.
_PATHS_OF_AUTHOR = ("model_code_path",)


class Runs:
    """The processes of one part of the matrix, started when their results are first asked for."""

    def __init__(self, folder, modules):
        self._folder = folder
        self._modules = modules
        self._results = {}

    def folder(self, side, cell_id):
        """Return the model directory that a side has saved."""
        self.saved(side)
        return self._folder / side / worker.folder_of(cell_id) / "model"

    def saved(self, side):
        """Return what the models predicted in the process that saved them, by cell."""
        folder = self._folder / side
        if side not in self._results:
            folder.mkdir(exist_ok=True)
            _run(side, "save", folder)(*self._modules)
            self._results[side] = _read(folder / "saved.pkl")
        return self._results[side]

    def loaded(self, saver, loader):
        """Return what the models of one side predict on the other, by cell."""
        if (saver, loader) not in self._results:
            self.saved(saver)
            out = self._folder / f"{saver}-{loader}.pkl"
            _run(loader, "load", self._folder / saver)(out, *self._modules)
            self._results[saver, loader] = _read(out)
        return self._results[saver, loader]


def _run(side, action, folder):
    def run(*rest):
        interpreter, package = (STOCK_PYTHON, "mlflow") if side == "stock" else (sys.executable, "trainyard")
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        if side == "ours":
            environment["PYTHONPATH"] = str(Path(trainyard.__file__).parents[1])
        command = map(str, [interpreter, FOLDER / "worker.py", action, package, folder, *rest])
        done = subprocess.run(
            list(command), capture_output=True, text=True, cwd=folder, env=environment, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr

    return run


def _read(path):
    with open(path, "rb") as file:
        return pickle.load(file)


@pytest.fixture(scope="session", autouse=True)
def written_table():
    """Write the table when all cells have run and that was asked for."""
    yield
    if matrix.WRITES:
        matrix.write()


@pytest.fixture(scope="session")
def light(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("light"), cells.LIGHT)


@pytest.fixture(scope="session")
def heavy(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("heavy"), cells.HEAVY)


def _all_cells():
    """Yield part, id, cell and marks of every cell."""
    for part, modules in (("light", cells.LIGHT), ("heavy", cells.HEAVY)):
        for module in modules:
            for cell_id, cell in cells.load(module).items():
                yield part, cell_id, cell, [pytest.mark.heavy] if part == "heavy" else []


def _each_direction():
    for part, cell_id, cell, marks in _all_cells():
        for direction in DIRECTIONS:
            # Who needs the other's interpreter is skipped without it; ours to ours runs everywhere.
            stock = [pytest.mark.stock] if "stock" in direction else []
            yield pytest.param(part, cell_id, cell, direction, marks=marks + stock, id=f"{cell_id}: {direction}")


@pytest.mark.parametrize("part, cell_id, cell, direction", list(_each_direction()))
def test_a_model_predicts_the_same_elsewhere(request, part, cell_id, cell, direction):
    saver, loader = DIRECTIONS[direction]
    if matrix.WRITES:
        matrix.record(cell_id, direction, "fails")
    runs = request.getfixturevalue(part)
    expected, loaded = runs.saved(saver)[cell_id], runs.loaded(saver, loader)[cell_id]
    assert "error" not in expected, expected["error"]
    assert "error" not in loaded, loaded["error"]
    assert loaded, "the cell loads nothing"
    for way, predictions in loaded.items():
        _compare(expected["memory"], predictions, cell.tolerance, way)
    matrix.record(cell_id, direction, "same bits" if cell.tolerance == 0 else f"within {cell.tolerance:g}")


def _compare(expected, got, tolerance, way):
    if isinstance(expected, dict):
        assert list(got) == list(expected), way
        for name in expected:
            _compare(expected[name], got[name], tolerance, f"{way} {name}")
    elif isinstance(expected, list) and any(isinstance(item, (dict, list, numpy.ndarray)) for item in expected):
        assert len(got) == len(expected), way
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            _compare(one, other, tolerance, f"{way} {index}")
    elif isinstance(expected, numpy.ndarray):
        assert (got.dtype, got.shape) == (expected.dtype, expected.shape), way
        if tolerance:
            numpy.testing.assert_allclose(got, expected, rtol=tolerance, err_msg=way)
        else:
            numpy.testing.assert_array_equal(got, expected, err_msg=way, strict=True)
    else:
        assert type(got) is type(expected), way
        assert got == expected, way


@pytest.mark.stock
@pytest.mark.parametrize(
    "part, cell_id", [pytest.param(part, id, marks=marks, id=id) for part, id, _, marks in _all_cells()]
)
def test_a_model_directory_is_that_of_stock(request, part, cell_id):
    runs = request.getfixturevalue(part)
    ours, theirs = (runs.folder(side, cell_id) for side in ("ours", "stock"))
    assert _files(ours) == _files(theirs)
    ours, theirs = (_core.from_yaml((folder / "MLmodel").read_text()) for folder in (ours, theirs))
    assert set(theirs) <= set(ours)
    for key in set(theirs) - {"model_uuid", "utc_time_created", "model_size_bytes", "flavors"}:
        assert ours[key] == theirs[key], key
    assert set(ours["flavors"]) == set(theirs["flavors"])
    for flavor, conf in theirs["flavors"].items():
        assert {key: _settled(key, value) for key, value in ours["flavors"][flavor].items()} == {
            key: _settled(key, value) for key, value in conf.items()
        }, flavor


def _files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if "__pycache__" not in file.parts)


def _settled(key, value):
    """Return an entry of a flavor without what changes from one run to the next."""
    if key in _PATHS_OF_AUTHOR:
        return Path(value).name
    if key == "artifacts":
        return {name: {**artifact, "uri": None} for name, artifact in value.items()}
    # Written from a set by stock.
    return sorted(value) if key == "skops_trusted_types" and value else value


def test_the_table_in_the_documentation_has_every_cell_and_no_other():
    if matrix.WRITES:
        pytest.skip("the table is written when all cells have run")
    rows = matrix.read()
    assert list(rows) == [cell_id for module in cells.LIGHT + cells.HEAVY for cell_id in cells.load(module)]
