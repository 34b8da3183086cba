"""What a model's input may be beyond the tables, and how what is wrong with it is said."""

import numpy
import pandas
import pytest

from trainyard import MlflowException
from trainyard.models import infer_signature
from trainyard.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
from trainyard.types.enforce import enforce_schema, validate_schema
from trainyard.types.params import enforce_params


def test_columns_are_ordered_and_extra_ones_dropped_with_a_warning():
    schema = Schema([ColSpec("double", "a"), ColSpec("string", "b"), ColSpec("double", "c", required=False)])
    frame = pandas.DataFrame({"x": [1], "b": ["t"], "a": [2.0]})
    with pytest.warns(UserWarning, match=r"\['x'\].*will be ignored"):
        result = enforce_schema(frame, schema)
    assert list(result.columns) == ["a", "b"]
    with pytest.raises(MlflowException, match=r"Model is missing inputs \['a'\]"):
        validate_schema(frame[["b"]], schema)


def test_details_of_the_schema_can_be_hidden(monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_SCHEMA_DETAILS", "true")
    with pytest.raises(MlflowException, match="Mismatched or missing") as caught:
        enforce_schema(pandas.DataFrame({"secret": [1]}), Schema([ColSpec("double", "hidden")]))
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_whole_numbers_with_holes_get_a_hint():
    with pytest.raises(MlflowException, match="likely caused by missing values"):
        enforce_schema(pandas.DataFrame({"a": [1.0, None]}), Schema([ColSpec("long", "a")]))


def test_the_input_is_not_changed():
    data = [{"a": [{"k": numpy.int32(1)}]}]
    schema = infer_signature([{"a": [{"k": 1}]}]).inputs
    assert enforce_schema(data, schema)["a"][0] == [{"k": 1}]
    assert isinstance(data[0]["a"][0]["k"], numpy.int32)


def test_polars_frames_and_tensors_are_taken():
    polars = pytest.importorskip("polars")
    schema = Schema([ColSpec("double", "a"), ColSpec("string", "b")])
    frame = enforce_schema(polars.DataFrame({"b": ["x"], "a": [1.5]}), schema)
    assert isinstance(frame, pandas.DataFrame)
    assert frame.to_dict("list") == {"a": [1.5], "b": ["x"]}
    rows = Schema([TensorSpec(numpy.dtype("float64"), (-1, 2))])
    assert enforce_schema(polars.DataFrame({"a": [1.5], "b": [2.5]}), rows).tolist() == [[1.5, 2.5]]


def test_params_take_defaults_and_are_checked():
    schema = ParamSchema([ParamSpec("k", "long", 3), ParamSpec("t", "double", [0.5], (-1,))])
    assert enforce_params(None, schema) == {"k": 3, "t": [0.5]}
    assert enforce_params({"k": numpy.int64(4), "t": numpy.array([1, 2])}, schema) == {"k": 4, "t": [1.0, 2.0]}
    with pytest.raises(MlflowException, match=r"Invalid parameters found.*'k'"):
        enforce_params({"k": "many"}, schema)
    with pytest.warns(UserWarning, match=r"Unrecognized params \['x'\]"):
        assert "x" not in enforce_params({"x": 1}, schema)


def test_params_without_a_schema_are_ignored_with_a_warning():
    with pytest.warns(UserWarning, match=r"Ignoring provided params: \['k'\]"):
        assert enforce_params({"k": 1}, None) == {}
