"""Signatures: their JSON, the types they are made of, and what stock has no table for."""

import dataclasses
import datetime
import json
import pickle
import warnings

import numpy
import pandas
import pytest

import trainyard
from trainyard import MlflowException
from trainyard.models import ModelSignature, infer_signature, set_signature
from trainyard.types import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    SparkMLVector,
    TensorSpec,
)
from trainyard.types.schema import convert_dataclass_to_schema


def columns(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return infer_signature(data).inputs


EVERYTHING = ModelSignature(
    Schema(
        [
            ColSpec(Array(Object([Property("k", "long"), Property("m", Map("double"), required=False)])), "a"),
            ColSpec(AnyType(), "b", required=False),
            ColSpec(SparkMLVector(), "c"),
        ]
    ),
    Schema([TensorSpec(numpy.dtype("float32"), (-1, 3))]),
    ParamSchema([ParamSpec("t", "datetime", "2024-01-02"), ParamSpec("l", "string", ["x"], (-1,))]),
)


def test_signatures_survive_their_json_and_pickle():
    assert ModelSignature.from_dict(EVERYTHING.to_dict()) == EVERYTHING
    assert ModelSignature.from_dict(json.loads(json.dumps(EVERYTHING.to_dict()))) == EVERYTHING
    assert pickle.loads(pickle.dumps(EVERYTHING)) == EVERYTHING


def test_the_json_of_a_column_is_mlflows():
    assert Schema([ColSpec(Array("string"), "a")]).to_json() == (
        '[{"type": "array", "items": {"type": "string"}, "name": "a", "required": true}]'
    )


def test_columns_of_old_files_say_optional():
    read = Schema.from_json('[{"type": "long", "name": "a", "optional": true}]')
    assert read == Schema([ColSpec("long", "a", required=False)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Schema([]), "empty inputs"),
        (lambda: Schema(()), "must be a list"),
        (lambda: Schema([ColSpec("long", "a"), ColSpec("long")]), "named and unnamed"),
        (lambda: Schema([ColSpec("long", "a"), TensorSpec(numpy.dtype("f4"), (-1,), "b")]), "ColSpec and TensorSpec"),
        (lambda: Schema([TensorSpec(numpy.dtype("f4"), (-1,))] * 2), "multiple unnamed TensorSpecs"),
        (lambda: Schema([ColSpec("long", required=False)]), "unnamed optional"),
        (lambda: ColSpec("int", "a"), "Unsupported type 'int'"),
        (lambda: ColSpec(int, "a"), "Expected mlflow.types.schema.Datatype"),
        (lambda: TensorSpec(numpy.dtype("<U3"), (-1,)), "size information"),
        (lambda: Object([]), "empty properties"),
        (lambda: Object([Property("a", "long")] * 2), "duplicated property names: `a`"),
        (lambda: ParamSchema([ParamSpec("a", "long", 1)] * 2), "Duplicated"),
        (lambda: ParamSpec("a", "long", "text"), "'a': long"),
        (lambda: ParamSpec("a", "binary", b""), "Binary type"),
        (lambda: ParamSpec("a", "long", 1, (2,)), "Shape must be None"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(MlflowException, match=message):
        make()


def test_a_signature_of_nothing_is_refused():
    with pytest.raises(ValueError, match="At least one"):
        ModelSignature()
    with pytest.raises(TypeError, match="inputs must be"):
        ModelSignature("long")


def test_integer_columns_are_warned_about():
    with pytest.warns(UserWarning, match="integer column"):
        infer_signature(pandas.DataFrame({"a": [1]}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        infer_signature(pandas.DataFrame({"a": [1.0]}))


def test_data_without_a_type_accepts_anything_and_says_so():
    with pytest.warns(UserWarning, match="Failed to infer schema for outputs"):
        signature = infer_signature([1.5], {1, 2})
    assert signature.outputs == Schema([ColSpec(AnyType())])


def test_polars_frames_are_those_of_pandas():
    polars = pytest.importorskip("polars")
    data = {
        "whole": [1, 2],
        "narrow": numpy.array([1, 2], "int8"),
        "holes": [1, None],
        "floats": [1.5, None],
        "texts": ["x", None],
        "truth": [True, False],
        "days": [datetime.date(2024, 1, 2)] * 2,
        "times": [datetime.datetime(2024, 1, 2)] * 2,
        "lists": [[1], [2, 3]],
        "objects": [{"k": 1}, {"k": 2}],
        "bytes": [b"x", b"y"],
    }
    expected = {
        "whole": ("long", True),
        "narrow": ("integer", True),
        "holes": ("double", False),
        "floats": ("double", False),
        "texts": ("string", False),
        "truth": ("boolean", True),
        "days": ("datetime", True),
        "times": ("datetime", True),
        "lists": (Array("long"), True),
        "objects": (Object([Property("k", "long")]), True),
        "bytes": ("binary", True),
    }
    schema = Schema([ColSpec(kind, name, required) for name, (kind, required) in expected.items()])
    frame = polars.DataFrame(data)
    assert columns(frame) == columns(frame.lazy()) == schema
    assert columns(frame["whole"]) == Schema([ColSpec("long", "whole")])


class Tensor:
    """What PyTorch, TensorFlow and JAX have in common, without one of them."""

    def __init__(self, values):
        self._values = numpy.asarray(values)

    shape = property(lambda self: self._values.shape)
    dtype = "its own"

    def __array__(self, dtype=None):
        return self._values


def test_tensors_are_those_of_numpy():
    tensor = Tensor(numpy.zeros((2, 3), "float32"))
    assert columns(tensor) == Schema([TensorSpec(numpy.dtype("float32"), (-1, 3))])
    assert columns({"x": tensor}) == Schema([TensorSpec(numpy.dtype("float32"), (-1, 3), "x")])


@pytest.mark.heavy
def test_tensors_of_frameworks_are_those_of_numpy():
    torch = pytest.importorskip("torch")
    tensorflow = pytest.importorskip("tensorflow")
    expected = Schema([TensorSpec(numpy.dtype("float32"), (-1, 3))])
    assert columns(torch.zeros(2, 3, requires_grad=True)) == expected
    assert columns(tensorflow.zeros((2, 3))) == columns(tensorflow.Variable(tensorflow.zeros((2, 3)))) == expected


def test_dataclasses_describe_columns():
    @dataclasses.dataclass
    class Message:
        role: str
        weight: float | None = None

    @dataclasses.dataclass
    class Request:
        messages: list[Message]
        stop: list[str]
        limit: int | None = None

    message = Object([Property("role", "string"), Property("weight", "float", required=False)])
    schema = Schema(
        [
            ColSpec(Array(message), "messages"),
            ColSpec(Array("string"), "stop"),
            ColSpec("long", "limit", required=False),
        ]
    )
    assert convert_dataclass_to_schema(Request) == infer_signature(Request([], [])).inputs == schema
    assert ModelSignature(inputs=Request).inputs == schema


def test_a_signature_is_set_on_a_saved_model(yard, forest, iris, tmp_path):
    before, after = infer_signature(iris[0]), infer_signature(iris[0], forest.predict(iris[0]))
    trainyard.sklearn.save_model(forest, tmp_path / "model", signature=before)
    with trainyard.start_run() as run:
        info = trainyard.sklearn.log_model(forest, name="m", signature=before, registered_model_name="registered")
    for uri in (tmp_path / "model", info.model_uri, f"runs:/{run.info.run_id}/m"):
        set_signature(uri, after)
        assert trainyard.models.get_model_info(uri).signature == after
        assert trainyard.pyfunc.load_model(uri).predict(iris[0][:2]).tolist() == [0, 0]
    with pytest.raises(MlflowException, match="not supported"):
        set_signature("models:/registered/1", after)
    with pytest.raises(MlflowException, match="must be a ModelSignature"):
        set_signature(info.model_uri, "long")


def test_the_types_have_mlflows_names_and_numbers():
    assert [(kind.name, kind.value) for kind in DataType] == [
        ("boolean", 1),
        ("integer", 2),
        ("long", 3),
        ("float", 4),
        ("double", 5),
        ("string", 6),
        ("binary", 7),
        ("datetime", 8),
    ]
    assert DataType.string.to_pandas() is object
    assert DataType.from_numpy_type(numpy.dtype("int32")) is DataType.integer
