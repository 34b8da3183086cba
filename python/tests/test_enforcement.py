"""What a model accepts: the matrix of conversions, and what is missing or too much."""

import numpy
import pandas
import pytest

from trainyard import MlflowException
from trainyard.models import infer_signature
from trainyard.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
from trainyard.types.enforce import enforce_schema
from trainyard.types.params import enforce_params

NUMBERS = ["int8", "int32", "int64", "uint8", "uint32", "float32", "float64", "bool"]
ACCEPTED = {
    "boolean": {"bool"},
    "integer": {"int8", "int32", "uint8"},
    "long": {"int8", "int32", "int64", "uint8", "uint32"},
    "float": {"float32"},
    "double": {"int8", "int32", "uint8", "uint32", "float32", "float64"},
}


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("wanted", ACCEPTED)
def test_numbers_are_widened_and_never_narrowed(wanted, dtype):
    schema = Schema([ColSpec(wanted, "a")])
    frame = pandas.DataFrame({"a": numpy.array([0, 1] if dtype == "bool" else [0, 7]).astype(dtype)})
    if dtype in ACCEPTED[wanted]:
        result = enforce_schema(frame, schema)
        assert result["a"].dtype == schema.inputs[0].type.to_numpy()
        assert list(result["a"]) == list(frame["a"])
    else:
        with pytest.raises(MlflowException, match="column a"):
            enforce_schema(frame, schema)


def test_zeros_and_ones_of_64_bits_may_be_floats():
    frame = pandas.DataFrame({"a": numpy.array([0, 1])})
    assert enforce_schema(frame, Schema([ColSpec("double", "a")]))["a"].dtype == "float64"


def test_columns_are_ordered_and_extra_ones_dropped():
    schema = Schema([ColSpec("double", "a"), ColSpec("string", "b"), ColSpec("double", "c", required=False)])
    frame = pandas.DataFrame({"x": [1], "b": ["t"], "a": [2.0]})
    with pytest.warns(UserWarning, match=r"\['x'\]"):
        result = enforce_schema(frame, schema)
    assert list(result.columns) == ["a", "b"]
    with pytest.raises(MlflowException, match=r"Model is missing inputs \['a'\]"):
        enforce_schema(frame[["b"]], schema)


def test_rows_lists_and_scalars_become_frames():
    schema = Schema([ColSpec("long", "a"), ColSpec("string", "b")])
    assert enforce_schema({"a": 1, "b": "x"}, schema).to_dict("list") == {"a": [1], "b": ["x"]}
    assert enforce_schema([{"a": 1, "b": "x"}], schema).to_dict("list") == {"a": [1], "b": ["x"]}
    assert enforce_schema("x", Schema([ColSpec("string")]))[0].tolist() == ["x"]
    with pytest.raises(MlflowException, match="missing inputs"):
        enforce_schema([[1.0]], Schema([ColSpec("double"), ColSpec("double")]))


def test_nested_values_are_checked():
    schema = infer_signature([{"m": [{"role": "user", "n": 1}]}]).inputs
    good = [{"m": [{"role": "a", "n": 2}]}]
    assert enforce_schema(good, schema)["m"][0] == good[0]["m"]
    with pytest.raises(MlflowException, match="missing required"):
        enforce_schema([{"m": [{"role": "a"}]}], schema)


def test_tensors_have_to_fit_exactly():
    schema = Schema([TensorSpec(numpy.dtype("float32"), (-1, 3))])
    data = numpy.zeros((2, 3), "float32")
    assert enforce_schema(data, schema) is data
    assert enforce_schema(pandas.DataFrame(data), schema).dtype == "float32"
    with pytest.raises(MlflowException, match="dtype"):
        enforce_schema(data.astype("float64"), schema)
    with pytest.raises(MlflowException, match=r"Shape of input \(2, 2\)"):
        enforce_schema(data[:, :2], schema)
    with pytest.raises(MlflowException, match="got list"):
        enforce_schema(data.tolist(), schema)


def test_params_take_defaults_and_are_checked():
    schema = ParamSchema([ParamSpec("k", "long", 3), ParamSpec("t", "double", [0.5], (-1,))])
    assert enforce_params({}, schema) == {"k": 3, "t": [0.5]}
    assert enforce_params({"k": numpy.int64(4)}, schema)["k"] == 4
    with pytest.raises(MlflowException, match="'k'"):
        enforce_params({"k": "many"}, schema)
    with pytest.warns(UserWarning, match="unknown"):
        assert "x" not in enforce_params({"x": 1}, schema)
