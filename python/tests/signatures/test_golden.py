"""Signatures, examples and checks are those of stock MLflow, on tables of data recorded from it."""

import json
import os
import subprocess
import sys
import tempfile

import pytest

FOLDER = os.path.dirname(__file__)
sys.path.insert(0, FOLDER)

import record  # noqa: E402

from trainyard.models import Model, infer_signature  # noqa: E402
from trainyard.models.example import Example  # noqa: E402
from trainyard.models.serving_input import parse_body  # noqa: E402
from trainyard.types import ParamSchema, Schema  # noqa: E402
from trainyard.types.enforce import enforce_schema  # noqa: E402
from trainyard.types.hinted_data import from_frame, validate  # noqa: E402
from trainyard.types.params import enforce_params  # noqa: E402
from trainyard.types.type_hints import schema_of_list  # noqa: E402

ROWS = "pandas.DataFrame({'role': ['user'], 'text': ['x']})"
GOLDEN = record.read(os.path.join(FOLDER, "golden.jsonl"))


def example(data):
    made = Example(data)
    return [made.json_input_example, made.json_serving_input, json.dumps(made.info, sort_keys=True)]


def read_back(data):
    made = Example(data)
    model = Model(saved_input_example_info=made.info, signature=infer_signature(made.data))
    with tempfile.TemporaryDirectory() as folder:
        made.save(folder)
        return [model.load_input_example(folder), *parse_body(made.json_serving_input, model)]


@pytest.fixture(scope="module")
def ours():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return record.describe(
            infer_signature,
            example,
            read_back,
            Schema.from_json,
            ParamSchema.from_json,
            enforce_schema,
            enforce_params,
            schema_of_list,
            lambda data, hint: validate(from_frame(data, hint), hint),
        )


def differences(theirs, ours):
    """Return the entries that are not the same; of an error the beginning has to be."""
    found = {}
    for name, expected in theirs.items():
        got = ours[name]
        if isinstance(expected, dict) and "error" in expected:
            same = isinstance(got, dict) and "error" in got
            if same and expected["error"].endswith("Exception"):
                same = (
                    got["error"] in ("MlflowException", expected["error"])
                    and got["message"][:30] == expected["message"][:30]
                )
            elif same:
                # What stock only trips over is an error with a sentence here, or the same one.
                same = got["error"] in ("MlflowException", expected["error"])
        else:
            same = got == expected
        if not same:
            found[name] = {"stock": expected, "ours": got}
    return found


@pytest.mark.parametrize("table", ["signatures", "params", "examples", "examples read back", "hints"])
def test_what_is_made_of_data_is_what_stock_makes(ours, table):
    assert differences(GOLDEN[table], ours[table]) == {}


@pytest.mark.parametrize("schema", GOLDEN["checks"])
def test_what_a_schema_accepts_is_what_stock_accepts(ours, schema):
    assert differences(GOLDEN["checks"][schema], ours["checks"][schema]) == {}


@pytest.mark.parametrize("schema", GOLDEN["checks of params"])
def test_what_params_accept_is_what_stock_accepts(ours, schema):
    assert differences(GOLDEN["checks of params"][schema], ours["checks of params"][schema]) == {}


@pytest.mark.parametrize("hint", GOLDEN["checks of hints"])
def test_what_a_type_hint_accepts_is_what_stock_accepts(ours, hint):
    found = differences(GOLDEN["checks of hints"][hint], ours["checks of hints"][hint])
    # The rows of a frame are dicts where the hint says so; stock takes the first column, and then refuses its texts.
    assert set(found) == ({ROWS} if hint in ("list[dict[str, str]]", "list[dict[int, str]]") else set()), found


@pytest.mark.stock
def test_the_recording_is_what_stock_makes():
    stock = os.environ["TRAINYARD_STOCK_PYTHON"]
    done = subprocess.run([stock, os.path.join(FOLDER, "record.py")], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == GOLDEN
