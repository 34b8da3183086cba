"""MLmodel files: what is written here PyYAML reads the same, and the other way round."""

import math
import random
import string

import pytest

from trainyard import _core

yaml = pytest.importorskip("yaml")

# Texts that YAML could take for something else.
TRICKY = (
    "yes", "No", "on", "~", "null", "1", "1.0", "0x1f", "1:30", "2026-01-01", "=", "<<", "!tag", "&a", "*a", "- x",
    "a: b", "a #b", "#", "", " ", " a", "a ", "'", '"', "\\", "\n", "a\nb\n", "\t", "é", "日本", "\x7f", "{", "[",
    "%x", "@x", "`x", "|", ">", "?", ": ", "---", "...", "3.18.0", "mlflow==3.18.0", "m-0a", ".nan", "._", "-", "1e5",
    "1234e567", "0o17", "017", "0x1f", "1_000", "y", "N", "<<",
)  # fmt: skip
# PyYAML writes these as the line breaks that they are in YAML 1.1; our reader follows YAML 1.2 there.
BREAKS_OF_YAML_11 = ("a\x85b", "a\u2028b")


def text(rng):
    if rng.random() < 0.5:
        return rng.choice(TRICKY)
    return "".join(rng.choice(string.printable[:95] + "äß€") for _ in range(rng.randrange(14)))


def value(rng, depth=0):
    kind = rng.randrange(7 if depth < 3 else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([0, -1, rng.randrange(-(2**63), 2**63), rng.randrange(100)])
    if kind == 2:
        number = rng.choice([rng.random(), rng.uniform(-1e300, 1e300), 10.0 ** rng.randrange(-300, 300), 1.0, -0.5])
        return number if math.isfinite(number) else 0.0
    if kind in (3, 4):
        return text(rng)
    if kind == 5:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return mapping(rng, depth + 1)


def mapping(rng, depth=0):
    return {text(rng) or "k": value(rng, depth) for _ in range(rng.randrange(5))}


def fields(rng):
    flavors = {
        f"flavor{index}": {f"key{number}": value(rng) for number in range(rng.randrange(4))}
        for index in range(rng.randrange(1, 4))
    }
    return {
        "artifact_path": text(rng) or "a",
        "flavors": flavors,
        "metadata": mapping(rng),
        "mlflow_version": "3.18.0",
        "model_id": rng.choice([None, "m-" + "0" * 32]),
        "model_size_bytes": rng.randrange(2**40),
        "model_uuid": f"{rng.randrange(16**32):032x}",
        "prompts": None,
        "signature": {"inputs": text(rng), "outputs": None, "params": None},
        "utc_time_created": "2026-11-24 00:00:00.000001",
        "of_ones_own": value(rng),
    }


@pytest.mark.parametrize("seed", range(300))
def test_our_files_mean_the_same_to_pyyaml(seed):
    wanted = fields(random.Random(seed))
    written = _core.model_yaml(wanted)
    read = yaml.safe_load(written)
    assert read == _without_empty(wanted), written
    assert list(read) == sorted(read)


@pytest.mark.parametrize("given", TRICKY + BREAKS_OF_YAML_11)
def test_our_texts_mean_the_same_to_pyyaml(given):
    assert yaml.safe_load(_core.to_yaml({"k": given, given or "x": [given]})) == {"k": given, given or "x": [given]}


@pytest.mark.parametrize("given", TRICKY)
def test_texts_of_pyyaml_are_read_as_they_are_meant(given):
    assert _core.from_yaml(yaml.safe_dump({"k": given}, allow_unicode=True)) == {"k": given}


@pytest.mark.xfail(strict=True, reason="read as YAML 1.2 has it: no line break")
@pytest.mark.parametrize("given", BREAKS_OF_YAML_11)
def test_line_breaks_that_only_yaml_11_has(given):
    assert _core.from_yaml(yaml.safe_dump({"k": given}, allow_unicode=True)) == {"k": given}


@pytest.mark.parametrize("seed", range(300, 600))
def test_files_of_pyyaml_are_read_as_they_are_meant(seed, tmp_path):
    wanted = fields(random.Random(seed))
    text = yaml.safe_dump(wanted, default_flow_style=False, allow_unicode=bool(seed % 2))
    (tmp_path / "MLmodel").write_text(text, encoding="utf-8")
    read = _core.read_model(tmp_path)
    assert {**read, "signature": _without_empty(read["signature"])} == _without_empty(
        {**wanted, "signature": _without_empty(wanted["signature"])}
    ), text


def _without_empty(fields):
    """A key without a value is a key that is not there, but for two that MLflow writes as null."""
    return {name: value for name, value in fields.items() if value is not None or name in ("model_id", "prompts")}
