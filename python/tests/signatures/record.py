"""Records what stock MLflow makes of the tables: run it with an interpreter that has mlflow 3.18.

``python record.py golden.jsonl`` writes the file that the tests compare with; without a name it prints the JSON.
"""

import functools
import json
import logging
import sys
import tempfile
import warnings

import hints
import pairs
import tables


def describe(
    infer_signature, example, read_back, schema, param_schema, enforce_schema, enforce_params, hinted, validate
):
    """Return the outcome of every entry of the tables under one implementation.

    Parameters
    ----------
    infer_signature
        The function.
    example
        Returns the two texts and the info of an input example.
    read_back
        Returns an input example as it is read from its file, and from a request, by a model with its signature.
    schema, param_schema
        Read a schema from its JSON.
    enforce_schema, enforce_params
        Fit data, or params, to a schema.
    hinted
        Returns the schema of a type hint.
    validate
        Validates data against a type hint.
    """

    def entries(texts, function, names=tables):
        return {name: tables.outcome(lambda text: function(names.evaluate(text)), text) for name, text in texts.items()}

    param_inputs = {text: text for text in pairs.PARAM_INPUTS}
    outcomes = {
        "signatures": entries(tables.DATA, lambda data: infer_signature(data).to_dict()["inputs"]),
        "params": entries(tables.PARAMS, lambda params: infer_signature([1], params=params).to_dict()["params"]),
        "examples": entries(tables.EXAMPLES, example),
        "examples read back": entries(tables.EXAMPLES, read_back),
        "checks": {},
        "checks of params": {},
    }
    for name, wire in pairs.SCHEMAS.items():
        columns = schema(json.dumps(wire))
        outcomes["checks"][name] = entries(pairs.INPUTS, functools.partial(_second(enforce_schema), columns))
    for name, wire in pairs.PARAM_SCHEMAS.items():
        specs = param_schema(json.dumps(wire))
        outcomes["checks of params"][name] = entries(param_inputs, functools.partial(_second(enforce_params), specs))
    outcomes["hints"] = entries(hints.HINTS, lambda hint: hinted(hint).to_json(), hints)
    outcomes["checks of hints"] = {
        text: entries(hints.DATA, functools.partial(_second(validate), hints.evaluate(text)), hints)
        for text in hints.HINTS
    }
    return json.loads(json.dumps(outcomes))


def _second(function):
    """Return a function of two arguments with the second one first."""
    return lambda second, first: function(first, second)


def main():
    """Record stock MLflow."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    from mlflow.models import infer_signature
    from mlflow.models.utils import _enforce_params_schema, _enforce_schema, _Example
    from mlflow.types import ParamSchema, Schema
    from mlflow.types.type_hints import (
        _convert_data_to_type_hint,
        _infer_schema_from_list_type_hint,
        _validate_data_against_type_hint,
    )

    def example(data):
        made = _Example(data)
        return [made.json_input_example, made.json_serving_input, json.dumps(made.info, sort_keys=True)]

    def read_back(data):
        from mlflow.models import Model
        from mlflow.pyfunc.scoring_server import _parse_json_data

        made = _Example(data)
        model = Model(saved_input_example_info=made.info, signature=infer_signature(made.inference_data))
        with tempfile.TemporaryDirectory() as folder:
            made.save(folder)
            parsed = _parse_json_data(made.json_serving_input, model, model.signature.inputs)
            return [model.load_input_example(folder), parsed.data, parsed.params]

    def validate(data, hint):
        return _validate_data_against_type_hint(_convert_data_to_type_hint(data, hint), hint)

    outcomes = describe(
        infer_signature,
        example,
        read_back,
        Schema.from_json,
        ParamSchema.from_json,
        _enforce_schema,
        _enforce_params_schema,
        _infer_schema_from_list_type_hint,
        validate,
    )
    if len(sys.argv) > 1:
        write(outcomes, sys.argv[1])
    else:
        print(json.dumps(outcomes))


def write(outcomes, path):
    """Write outcomes with one line for all names that have the same, which keeps the file small."""
    lines = []
    for table, entries in outcomes.items():
        groups = entries if table.startswith("checks") else {"": entries}
        for group, named in groups.items():
            names = {}
            for name, outcome in named.items():
                names.setdefault(json.dumps(outcome), []).append(name)
            lines.extend(json.dumps([table, group, same, json.loads(outcome)]) for outcome, same in names.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def read(path):
    """Return the outcomes of a file."""
    outcomes = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            table, group, names, outcome = json.loads(line)
            entries = outcomes.setdefault(table, {})
            entries = entries.setdefault(group, {}) if group else entries
            entries.update(dict.fromkeys(names, outcome))
    return outcomes


if __name__ == "__main__":
    main()
