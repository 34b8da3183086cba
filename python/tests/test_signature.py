"""Signatures and input examples, compared with what stock MLflow makes of the same data."""

import json
import warnings

import numpy
import pandas
import pytest

from trainyard import MlflowException
from trainyard.models import ModelSignature, convert_input_example_to_serving_input, infer_signature
from trainyard.types import Array, ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec

# Evaluated here and under stock MLflow: the same text has to give the same JSON.
DATA = {
    "frame": "pandas.DataFrame({'a': [1.5], 'b': [2], 'c': ['x'], 'd': [True]})",
    "frame of narrow types": "pandas.DataFrame({n: numpy.zeros(2, n) for n in "
    "('int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'float16', 'float32', 'float64', 'bool')})",
    "frame with nulls": "pandas.DataFrame({'a': [1.5, None], 'b': ['x', None], 'c': [None, None]})",
    "frame with dates": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02'])})",
    "frame with bytes": "pandas.DataFrame({'a': [b'x']})",
    "frame with lists": "pandas.DataFrame({'a': [[1, 2], [3]], 'b': [{'k': 1}, {'k': 2, 'm': 's'}]})",
    "frame with range columns": "pandas.DataFrame([[1.0, 2.0]])",
    "frame of uint64": "pandas.DataFrame({'a': numpy.zeros(1, 'uint64')})",
    "series": "pandas.Series([1.0, 2.0], name='s')",
    "series without name": "pandas.Series([1, 2])",
    "array": "numpy.zeros((3, 4), 'float32')",
    "array of one dimension": "numpy.zeros(3, 'int64')",
    "array of texts": "numpy.array(['a', 'bcd'])",
    "dict of arrays": "{'x': numpy.zeros((2, 2)), 'y': numpy.zeros(2, 'int32')}",
    "sparse": "scipy.sparse.csr_matrix(numpy.eye(3))",
    "list of numbers": "[1, 2, 3]",
    "list of texts": "['a', 'b']",
    "list of dicts": "[{'a': 1, 'b': 'x'}, {'a': 2}]",
    "dict of scalars": "{'a': 1, 'b': 'x', 'c': [1.5]}",
    "text": "'hello'",
    "number": "3.5",
    "nested": "[{'m': [{'role': 'user', 'n': None}]}]",
    "empty list": "[]",
    "something else": "{1, 2}",
}
EXAMPLES = {
    "frame": "pandas.DataFrame({'a': [1.5, float('nan')], 'b': ['x', None]})",
    "frame with range columns": "pandas.DataFrame([[1.0, 2.0]])",
    "frame with dates": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02'])})",
    "frame with bytes": "pandas.DataFrame({'a': [b'x']})",
    "array": "numpy.array([[1.5, 2.0]])",
    "array with NaN": "numpy.array([1.5, float('nan')])",
    "dict of arrays": "{'x': numpy.array([[1, 2]])}",
    "list": "[1, 2]",
    "dict": "{'a': 1}",
    "chat": "{'messages': [{'role': 'user', 'content': 'hi'}]}",
    "text": "'hello'",
    "sparse": "scipy.sparse.csr_matrix(numpy.eye(2))",
    "with params": "(numpy.array([1.5]), {'k': 2})",
}
PARAMS = "{'a': 1, 'b': 'x', 'c': [1.5, 2.5], 'd': True, 'e': 2.5}"

STOCK = """
import json, sys, warnings, numpy, pandas, scipy.sparse
warnings.simplefilter("ignore")
from mlflow.models import infer_signature, convert_input_example_to_serving_input
data, examples, params = json.loads(sys.argv[1])
print(json.dumps([
    {name: infer_signature(eval(text)).to_dict()["inputs"] for name, text in data.items()},
    {name: convert_input_example_to_serving_input(eval(text)) for name, text in examples.items()},
    infer_signature([1], params=eval(params)).to_dict()["params"],
]))
"""


def evaluate(text):
    import scipy.sparse

    return eval(text, {"numpy": numpy, "pandas": pandas, "scipy": scipy, "float": float})


@pytest.mark.stock
@pytest.mark.filterwarnings("ignore")
def test_json_is_that_of_stock(stock):
    signatures, servings, params = stock(STOCK, json.dumps([DATA, EXAMPLES, PARAMS]))
    ours = {name: infer_signature(evaluate(text)).to_dict()["inputs"] for name, text in DATA.items()}
    assert ours == signatures
    examples = {name: convert_input_example_to_serving_input(evaluate(text)) for name, text in EXAMPLES.items()}
    # Compared as data: NaN is written as the bare token, which equals nothing, so texts are compared where it occurs.
    for name, text in servings.items():
        assert (examples[name] == text) or (json.loads(examples[name]) == json.loads(text)), name
    assert infer_signature([1], params=eval(PARAMS)).to_dict()["params"] == params


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", DATA.values(), ids=DATA.keys())
def test_signatures_survive_their_json(text):
    signature = infer_signature(evaluate(text), params={"k": [1, 2], "t": "x"})
    assert ModelSignature.from_dict(signature.to_dict()) == signature


def test_a_schema_that_cannot_be_is_refused():
    with pytest.raises(MlflowException, match="named"):
        Schema([ColSpec("long", "a"), ColSpec("long")])
    with pytest.raises(MlflowException, match="not both"):
        Schema([ColSpec("long", "a"), TensorSpec(numpy.dtype("float32"), (-1,), "b")])
    with pytest.raises(MlflowException, match="Unsupported type 'int'"):
        ColSpec("int", "a")
    with pytest.raises(MlflowException, match="Duplicated"):
        ParamSchema([ParamSpec("a", "long", 1), ParamSpec("a", "long", 2)])
    with pytest.raises(MlflowException, match="'a'"):
        ParamSpec("a", "long", "text")
    with pytest.raises(ValueError, match="at least one"):
        ModelSignature()


def test_integer_columns_are_warned_about():
    with pytest.warns(UserWarning, match="integer columns"):
        infer_signature(pandas.DataFrame({"a": [1]}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        infer_signature(pandas.DataFrame({"a": [1.0]}))


def test_the_names_of_types_are_mlflows():
    assert Schema([ColSpec(Array("string"), "a")]).to_json() == (
        '[{"type": "array", "items": {"type": "string"}, "name": "a", "required": true}]'
    )
    assert [str(kind) for kind in DataType] == [
        "boolean", "integer", "long", "float", "double", "string", "binary", "datetime",
    ]  # fmt: skip
