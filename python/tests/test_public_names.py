"""The public interface as a whole: against MLflow's recorded names and signatures, its table, stubs and docstrings."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[1]
sys.path.insert(0, str(PYTHON / "tools"))

import compare  # noqa: E402
import introspect  # noqa: E402
import reasons  # noqa: E402
import stub_files  # noqa: E402
import table  # noqa: E402

# What stubtest cannot know: an enumeration of texts is made like an enumeration, not like a text; the shim is only ever
# imported under another name; some names of the large frameworks' flavors need the framework; classes of the Rust
# core are laid out by Rust; classes inside functions are nobody's to see; callbacks derive from classes of frameworks,
# which it does not look into.
STUBTEST_ALLOWS = (
    r"trainyard\.entities\.(logged_model\.LoggedModelStatus|webhook\.Webhook(Status|Entity|Action))\.__new__",
    r"trainyard\.shim\.mlflow",
    r"trainyard\.(keras|pytorch|tensorflow)(\.callbacks)?",
    r"trainyard\._core\.\w+",
    r"trainyard\.[\w.]+@\d+",
    r"trainyard\.\w+\.(autologging|callbacks?|checkpoints?)\.\w+",
)


@pytest.fixture(scope="module")
def findings():
    """How it stands with every public name of MLflow."""
    return [finding for module in introspect.MODULES for finding in compare.findings(module)]


def rules(finding):
    return reasons.ABSENT if finding.state == compare.ABSENT else reasons.DIFFERENT + reasons.WITH_FRAMEWORK


def test_every_name_of_mlflow_is_here_or_there_is_a_reason(findings):
    unexplained = [
        finding.name
        for finding in findings
        if finding.state == compare.ABSENT and reasons.reason(reasons.ABSENT, finding.name) is None
    ]
    assert unexplained == []


def test_arguments_are_those_of_mlflow_or_there_is_a_reason(findings):
    unexplained = [
        (finding.name, finding.stock, finding.ours)
        for finding in findings
        if finding.state == compare.DIFFERENT and reasons.reason(rules(finding), finding.name) is None
    ]
    assert unexplained == []


def test_every_reason_is_needed(findings):
    used = {reasons.matching(rules(finding), finding.name) for finding in findings if finding.state != compare.PRESENT}
    assert [rule[0] for rule in (*reasons.ABSENT, *reasons.DIFFERENT) if rule not in used] == []


def test_the_table_in_the_documentation_is_current():
    text = table.DOCUMENT.read_text()
    written = text.split(table.BEGIN)[1].split(table.END)[0]
    assert written.strip() == table.table().strip(), "run `make compatibility`"


def test_the_stubs_are_current():
    """Statement by statement: order, layout and imports that nothing uses are the formatter's."""

    def statements(text):
        names = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom):
                names += [f"{node.module}: {ast.dump(alias)}" for alias in node.names if alias.asname]
            elif not isinstance(node, ast.Import):
                names.append(ast.dump(node))
        return sorted(names)

    for path, text in stub_files.generate():
        assert path.is_file() and statements(path.read_text()) == statements(text), f"{path}: run `make compatibility`"


def test_the_stubs_agree_with_the_package(tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed, so the stubs are not compared with the package")
    allowed = tmp_path / "allowed"
    allowed.write_text("\n".join(STUBTEST_ALLOWS))
    command = [sys.executable, "-m", "mypy.stubtest", "trainyard", "--concise", "--ignore-unused-allowlist"]
    command += ["--allowlist", str(allowed), "--mypy-config-file", str(PYTHON / "pyproject.toml")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"MYPYPATH": str(PYTHON), "PYTHONPATH": ":".join([str(PYTHON), *sys.path]), "PATH": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def public_functions():
    """Return our functions and methods under MLflow's public names, and what else our modules offer."""
    found = {}
    for name in introspect.MODULES:
        module = introspect.module("trainyard", name)
        if module is None:
            continue
        offered = {*getattr(module, "__all__", ()), *compare.recorded()["modules"][name]}
        for public in sorted(offered):
            try:
                thing = getattr(module, public, None)
            except introspect.unavailable():
                continue
            if inspect.isclass(thing) and thing.__module__.startswith("trainyard."):
                found[f"{thing.__module__}.{public}"] = thing
                for member, raw in vars(thing).items():
                    function = getattr(raw, "__func__", raw)
                    if not member.startswith("_") and inspect.isfunction(function):
                        found[f"{thing.__module__}.{public}.{member}"] = function
            elif inspect.isfunction(thing) and thing.__module__.startswith("trainyard."):
                found[f"{thing.__module__}.{public}"] = thing
    return found


def test_everything_public_has_a_docstring():
    functions = public_functions()
    assert len(functions) > 200
    assert [name for name, thing in functions.items() if not (thing.__doc__ or "").strip()] == []


def test_docstrings_describe_arguments_that_are_there():
    wrong = []
    for name, thing in public_functions().items():
        section = re.search(r"Parameters\n-+\n(.*?)(?=\n\n\w[^\n]*\n-+\n|\Z)", inspect.getdoc(thing) or "", re.DOTALL)
        if not section:
            continue
        known = set(inspect.signature(thing).parameters)
        described = re.findall(r"^(\S[^\n]*)$", section[1], re.MULTILINE)
        for line in described:
            for argument in line.split(" : ")[0].split(","):
                if argument.strip().lstrip("*") not in known:
                    wrong.append((name, argument.strip()))
    assert wrong == []


def test_functions_and_methods_of_the_client_describe_all_of_their_arguments():
    import trainyard

    functions = {name: getattr(trainyard, name) for name in trainyard.__all__}
    functions |= {
        f"MlflowClient.{name}": getattr(trainyard.MlflowClient, name)
        for name in dir(trainyard.MlflowClient)
        if not name.startswith("_")
    }
    functions = {name: thing for name, thing in functions.items() if inspect.isfunction(thing)}
    assert len(functions) > 140
    undescribed = {}
    for name, thing in functions.items():
        section = re.search(
            r"^Parameters\n-+\n(.*?)(?=\n\n\w[^\n]*\n-+\n|\Z)", inspect.getdoc(thing), re.DOTALL | re.MULTILINE
        )
        lines = re.findall(r"^(\S[^\n]*)$", section[1], re.MULTILINE) if section else []
        described = {argument.strip().lstrip("*") for line in lines for argument in line.split(" : ")[0].split(",")}
        missing = {*inspect.signature(thing).parameters} - {"self"} - described
        if missing:
            undescribed[name] = sorted(missing)
    assert undescribed == {}
