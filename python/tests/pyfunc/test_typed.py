"""Type hints of predict: validation, conversions, and the signature that comes from them."""

import datetime
import typing

import pandas
import pydantic
import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import infer_signature
from trainyard.pyfunc.utils import pyfunc
from trainyard.types import AnyType, Array, ColSpec, Map, Object, Property, Schema
from trainyard.types.hinted_data import like_example, validate
from trainyard.types.type_hints import TypeFromExample, schema_of_list


class Message(pydantic.BaseModel):
    role: str
    text: str | None = None


class Request(pydantic.BaseModel):
    messages: list[Message]
    scores: dict[str, float] = {}


class Answers(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[Request], params=None) -> list[str]:
        return [request.messages[0].role for request in model_input]


class Counts(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]):
        return [len(text) for text in model_input]


class LikeExample(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: TypeFromExample):
        return [type(model_input).__name__, list(model_input)]


@pytest.fixture
def saved(tmp_path):
    """Saves a model and loads it again."""

    def save(python_model, **arguments):
        folder = tmp_path / f"model{len(list(tmp_path.iterdir()))}"
        mlflow.pyfunc.save_model(folder, python_model=python_model, **arguments)
        return mlflow.pyfunc.load_model(folder)

    return save


MESSAGE = Object([Property("role", "string"), Property("text", "string", required=False)])
REQUEST = Object([Property("messages", Array(MESSAGE)), Property("scores", Map("double"))])


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (list[str], "string"),
        (list[int], "long"),
        (list[float], "double"),
        (list[bool], "boolean"),
        (list[bytes], "binary"),
        (list[datetime.datetime], "datetime"),
        (typing.List[str], "string"),  # noqa: UP006
        (list[list[str]], Array("string")),
        (list[dict[str, int]], Map("long")),
        (list[dict[str, list[float]]], Map(Array("double"))),
        (list[Request], REQUEST),
        (list[int | str], AnyType()),
        (list[typing.Any], AnyType()),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_hint_is_a_column_of_its_elements(hint, kind):
    assert schema_of_list(hint) == Schema([ColSpec(kind)])


class Bad(pydantic.BaseModel):
    text: str | None


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (list, "doesn't contain a collection element type"),
        (list[list], "it must include a valid element type"),
        (list[dict], "it must include a valid element type"),
        (list[dict[int, str]], "Dictionary key type must be str"),
        (list[set[int]], "Unsupported type hint"),
        (list[object], "Unsupported type hint `object`"),
        (list[str] | None, "Input cannot be Optional type"),
        (list[str | None], "Input cannot be Optional type"),
        (str, r"Specify your type hint as `list\[str\]`"),
        (list[Bad], "Optional field `text` in Pydantic model `Bad` doesn't have a default value"),
    ],
)
def test_a_hint_that_cannot_be_says_why(hint, message):
    with pytest.raises(MlflowException, match=message):
        schema_of_list(hint)


def test_a_wrong_hint_is_refused_where_the_class_is_made():
    with pytest.raises(MlflowException, match="remove the type hint from the predict function"):

        class Wrong(mlflow.pyfunc.PythonModel):
            def predict(self, model_input: list):
                return model_input


def test_a_hint_that_is_no_list_is_only_warned_about():
    with pytest.warns(UserWarning, match="not supported for MLflow's schema validation"):

        class Unusual(mlflow.pyfunc.PythonModel):
            def predict(self, model_input: str):
                return model_input

    assert Unusual().predict(3) == 3


def test_a_frame_as_hint_means_no_validation(saved):
    class Frames(mlflow.pyfunc.PythonModel):
        def predict(self, model_input: pandas.DataFrame) -> pandas.DataFrame:
            return model_input

    frame = pandas.DataFrame({"a": [1.5]})
    loaded = saved(Frames(), input_example=frame)
    assert loaded.metadata.signature.inputs == infer_signature(frame).inputs
    assert loaded.predict(frame).equals(frame)


def test_dicts_become_pydantic_models(saved):
    loaded = saved(Answers(), input_example=[{"messages": [{"role": "user"}]}])
    rows = [{"messages": [{"role": "a"}, {"role": "b", "text": "x"}], "scores": {"k": 1.0}}]
    assert loaded.predict(rows) == ["a"]
    assert loaded.predict([Request(**rows[0])]) == ["a"]
    assert loaded.predict(pandas.DataFrame({0: rows})) == ["a"]
    assert loaded.predict(pandas.DataFrame(rows)) == ["a"]
    signature = loaded.metadata.signature
    assert signature.inputs == Schema([ColSpec(REQUEST)])
    assert signature.outputs == Schema([ColSpec("string")])
    assert signature._is_signature_from_type_hint
    for wrong, message in (
        ([{"messages": [{"text": "x"}]}], "messages.0.role"),
        ([{"messages": [{"role": 3}]}], "valid string"),
        (["text"], "Expecting example to be a dictionary or pydantic model instance"),
        ("text", "Expected list, but got str"),
    ):
        with pytest.raises(MlflowException, match=message):
            loaded.predict(wrong)


def test_an_example_can_be_made_of_pydantic_models(saved):
    example = [Request(messages=[Message(role="user")])]
    loaded = saved(Answers(), input_example=example)
    assert loaded.input_example == [{"messages": [{"role": "user", "text": None}], "scores": {}}]
    assert loaded.predict(loaded.input_example) == loaded.predict(example) == ["user"]
    with pytest.raises(MlflowException, match="Pydantic type hint"):
        infer_signature(example)


def test_texts_stay_a_list(saved):
    loaded = saved(Counts(), input_example=["x"])
    assert loaded.predict(["ab", "c"]) == [2, 1]
    assert loaded.predict(pandas.DataFrame({"any": ["ab"]})) == [2]
    with pytest.raises(MlflowException, match=r"invalid elements: \[\('3', 'Expected type str, but got int'\)\]"):
        loaded.predict(["ab", 3])


def test_an_example_that_contradicts_the_hint_is_refused(yard):
    with pytest.raises(MlflowException, match=r"Input example does not match the type hint `list\[str\]`.*got int"):
        mlflow.pyfunc.log_model(name="m", python_model=Counts(), input_example=[1])
    assert mlflow.search_logged_models(output_format="list") == []


def test_the_hints_win_over_a_signature(saved):
    with pytest.warns(UserWarning, match="Provided signature does not match"):
        loaded = saved(Counts(), signature=infer_signature([1.5]))
    assert loaded.metadata.signature.inputs == Schema([ColSpec("string")])


def test_an_output_that_is_not_as_hinted_may_be_anything(saved):
    class Lies(mlflow.pyfunc.PythonModel):
        def predict(self, model_input: list[str]) -> list[str]:
            return [len(text) for text in model_input]

    with pytest.warns(UserWarning, match="Failed to validate output"):
        loaded = saved(Lies(), input_example=["x"])
    assert loaded.metadata.signature.outputs == Schema([ColSpec(AnyType())])


def test_functions_have_hints_too(saved):
    @pyfunc
    def shout(texts: list[str]) -> list[str]:
        return [text.upper() for text in texts]

    with pytest.raises(MlflowException, match="Expected type str"):
        shout([1])
    loaded = saved(shout, input_example=["a"])
    assert loaded.predict(["b"]) == ["B"]
    assert loaded.metadata.signature == infer_signature(["a"], ["A"])


@pytest.mark.parametrize(
    "example", [["x", "y"], pandas.DataFrame({"a": ["x", "y"]}), pandas.Series(["x", "y"], name="a")]
)
def test_the_input_can_have_the_form_of_the_example(saved, example):
    loaded = saved(LikeExample(), input_example=example)
    assert loaded.metadata._is_type_hint_from_example()
    if isinstance(example, list):
        assert loaded.predict(["z"]) == ["list", ["z"]]
    else:
        # A series is saved, and so comes back, as a frame.
        assert loaded.predict(pandas.DataFrame({"a": ["z"]}))[0] == "DataFrame"


def test_frames_take_the_form_of_an_example():
    frame = pandas.DataFrame({"a": [1, 2]})
    assert like_example(frame, [3]) == [1, 2]
    assert like_example(frame, [{"a": 3}]) == [{"a": 1}, {"a": 2}]
    assert like_example(frame[:1], {"a": 3}) == {"a": 1}
    assert like_example(frame, 3) == 1
    assert like_example(frame, pandas.Series([3], name="b")).to_dict() == {0: 1, 1: 2}


def test_bytes_and_dates_are_read_from_json_when_serving(monkeypatch):
    with pytest.raises(MlflowException, match="Expected type bytes, but got str"):
        validate(["aGk=\n"], list[bytes])
    monkeypatch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")
    assert validate(["aGk=\n"], list[bytes]) == [b"hi"]
    assert validate(["2024-01-02"], list[datetime.datetime]) == [datetime.datetime(2024, 1, 2)]


def test_unusual_parameter_names_are_warned_about():
    with pytest.warns(FutureWarning, match="invalid parameters: {'data'}"):

        class Named(mlflow.pyfunc.PythonModel):
            def predict(self, context, data):
                return data
