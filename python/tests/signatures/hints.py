"""Type hints whose schema is compared, and data that is validated against each of them, here and under stock MLflow."""

import datetime
import typing

import pandas
import pydantic


class Message(pydantic.BaseModel):
    role: str
    text: str | None = None


class Request(pydantic.BaseModel):
    messages: list[Message]
    scores: dict[str, float] = {}
    limit: int = 3
    any: typing.Any = None


class Without(pydantic.BaseModel):
    text: str | None


HINTS = {
    text: text
    for text in (
        "list",
        "list[str]",
        "typing.List[str]",
        "list[int]",
        "list[float]",
        "list[bool]",
        "list[bytes]",
        "list[datetime.datetime]",
        "list[datetime.date]",
        "list[list[int]]",
        "list[list]",
        "list[dict]",
        "list[dict[str, str]]",
        "list[dict[str, list[float]]]",
        "list[dict[int, str]]",
        "list[dict[str, Message]]",
        "list[Message]",
        "list[Request]",
        "list[Without]",
        "list[typing.Any]",
        "list[int | str]",
        "list[int | None]",
        "list[typing.Optional[str]]",
        "list[list[int | None]]",
        "list[list[int | str | None]]",
        "typing.Optional[list[str]]",
        "list[str] | None",
        "list[set[int]]",
        "list[object]",
        "str",
        "dict[str, str]",
        "Message",
        "pandas.DataFrame",
    )
}

DATA = {
    text: text
    for text in (
        "['a', 'b']",
        "['a', None]",
        "[1, 2]",
        "[1.5]",
        "[True]",
        "[b'x']",
        "[datetime.datetime(2024, 1, 2)]",
        "[[1, 2], []]",
        "[[1, None]]",
        "[['a']]",
        "[{'a': 'b'}]",
        "[{'a': [1.5, 2]}]",
        "[{1: 'b'}]",
        "[{'role': 'user'}]",
        "[{'role': 'user', 'text': 3}]",
        "[{'text': 'x'}]",
        "[Message(role='user', text='x')]",
        "[{'messages': [{'role': 'a'}], 'scores': {'k': 1.5}}]",
        "[{'messages': [{'role': 'a'}], 'limit': '4'}]",
        "[Request(messages=[Message(role='a')])]",
        "[{'a': {'role': 'user'}}]",
        "'text'",
        "3",
        "None",
        "[]",
        "{'a': 'b'}",
        "pandas.DataFrame({'c': ['a', 'b']})",
        "pandas.DataFrame({0: [{'role': 'user'}]})",
        "pandas.DataFrame({'role': ['user'], 'text': ['x']})",
        "pandas.DataFrame({'n': [1, 2]})",
    )
}


def evaluate(text):
    """Return the value of one of the texts above."""
    names = {"datetime": datetime, "pandas": pandas, "typing": typing}
    return eval(text, {**names, "Message": Message, "Request": Request, "Without": Without})
