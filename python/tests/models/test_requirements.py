"""What a model needs to be loaded: read off its files, given by the caller, or found out by loading it."""

import pickle
import sys

import pytest

import trainyard as mlflow
from trainyard import MlflowException, _core
from trainyard.models import distributions, requirements
from trainyard.models.requirement_lines import name_of, read_requirements


def lines(folder, name="requirements.txt"):
    return (folder / name).read_text().splitlines()


def test_modules_are_found_as_importlib_finds_them():
    from importlib.metadata import packages_distributions, version

    theirs = packages_distributions()
    for module in ("sklearn", "numpy", "pandas", "skops", "yaml", "PIL", "cloudpickle", "dateutil", "scipy", "psutil"):
        if module not in theirs:
            continue
        ours = distributions.distribution_of(module)
        assert name_of(ours) in {name_of(name) for name in theirs[module]}, module
        assert distributions.version_of(ours) == version(ours).partition("+")[0]
    assert distributions.distribution_of("json") is None
    assert distributions.distribution_of("__main__") is None
    assert distributions.distribution_of("no_such_module_anywhere") is None


def test_a_distribution_with_other_modules_stands_in_for_another():
    if distributions.version_of("xgboost") is not None or distributions.distribution_of("xgboost") is None:
        pytest.skip("needs xgboost-cpu in place of xgboost")
    (line,) = requirements.pinned(["xgboost"])
    assert line.startswith("xgboost-cpu==")


def test_what_others_bring_is_left_out_but_for_arrays():
    found = requirements.requirements_of({"sklearn", "joblib", "threadpoolctl", "numpy", "pandas", "json"})
    names = [name_of(line) for line in found]
    assert names == ["numpy", "pandas", "scikit-learn"]
    assert all("==" in line for line in found)


def test_a_distribution_installed_later_is_found(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    assert distributions.version_of("made-up") is None
    info = tmp_path / "site-packages" / "made_up-1.2+local.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: Made_Up\nVersion: 1.2\nRequires-Dist: pandas>=1; extra == 'x'\n\nText\n")
    (info / "RECORD").write_text("made_module/__init__.py,,\nmade_single.py,,\nmade_up-1.2.dist-info/METADATA,,\n")
    assert distributions.version_of("made-up") == "1.2"
    assert distributions.distribution_of("made_module") == "Made_Up"
    assert distributions.distribution_of("made_single") == "Made_Up"
    assert distributions.required_by("made-up") == set()


def test_pickles_name_their_modules(tmp_path):
    import pandas

    (tmp_path / "m.pkl").write_bytes(pickle.dumps({"frame": pandas.DataFrame({"a": [1]})}))
    found = [name_of(line) for line in requirements.infer_requirements([str(tmp_path / "m.pkl")], ["cloudpickle"])]
    assert found == ["cloudpickle", "numpy", "pandas"]


def test_source_code_names_its_modules_wherever_it_imports_them(tmp_path):
    code = tmp_path / "code"
    (code / "own").mkdir(parents=True)
    (code / "own" / "__init__.py").write_text("from . import inner\nimport own.inner\n")
    (code / "own" / "inner.py").write_text(
        "import json, pandas as pd\n"
        "def later():\n    from sklearn.tree import DecisionTreeClassifier\n"
        "try:\n    import no_such_module_anywhere\nexcept ImportError:\n    pass\n"
        "import importlib\nskops = importlib.import_module('skops.io')\n"
    )
    (code / "broken.py").write_text("this is not Python\n")
    modules = requirements.modules_of(str(code))
    assert modules == {"json", "pandas", "sklearn", "importlib", "skops", "no_such_module_anywhere"}
    names = [name_of(line) for line in requirements.requirements_of(modules)]
    assert {"pandas", "skops"} <= set(names)


def test_code_paths_bring_their_requirements(tmp_path, forest):
    (tmp_path / "own_code_with_requirements.py").write_text("import pandas\n")
    mlflow.sklearn.save_model(forest, tmp_path / "m", code_paths=[str(tmp_path / "own_code_with_requirements.py")])
    assert "pandas" in [name_of(line) for line in lines(tmp_path / "m")]


def test_keras_files_name_the_modules_of_their_layers(tmp_path):
    import json
    import zipfile

    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": [
        {"module": "pandas.layers", "class_name": "Own", "config": {}}]}}  # fmt: skip
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    assert requirements.modules_of(str(tmp_path / "model.keras")) == {"keras", "pandas"}


def test_requirement_files_are_followed(tmp_path, forest):
    (tmp_path / "more").mkdir()
    (tmp_path / "all.txt").write_text("# all\nrich>=1  # colours\n\n-r more/base.txt\n-c limits.txt\nlong==\\\n1.0\n")
    (tmp_path / "more" / "base.txt").write_text("attrs\n--requirement=deep.txt\n")
    (tmp_path / "more" / "deep.txt").write_text("pkg @ https://host/x#egg=pkg\n")
    (tmp_path / "limits.txt").write_text("numpy<3\n")
    found, constraints = read_requirements(str(tmp_path / "all.txt"), "pip_requirements")
    assert found == ["rich>=1", "attrs", "pkg @ https://host/x#egg=pkg", "long==1.0"]
    assert constraints == ["numpy<3"]
    mlflow.sklearn.save_model(forest, tmp_path / "m", pip_requirements=str(tmp_path / "all.txt"))
    assert lines(tmp_path / "m")[0] == "mlflow==3.18.0" and lines(tmp_path / "m")[-1] == "-c constraints.txt"
    assert lines(tmp_path / "m", "constraints.txt") == ["numpy<3"]
    conda = _core.from_yaml((tmp_path / "m" / "conda.yaml").read_text())
    assert conda["dependencies"][-1]["pip"][-1] == "-c constraints.txt"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pip_requirements": "no/such/file.txt"}, "pip_requirements: a text is the path"),
        ({"pip_requirements": [1]}, "pip_requirements: expected texts"),
        ({"extra_pip_requirements": ["-r no/such/file.txt"]}, "extra_pip_requirements"),
        ({"pip_requirements": [], "extra_pip_requirements": []}, "cannot be combined"),
        ({"conda_env": 1}, "conda_env: expected a dict"),
        ({"conda_env": "no/such/file.yaml"}, "conda_env"),
    ],
)
def test_bad_environments_are_refused_before_anything_is_written(tmp_path, forest, arguments, message):
    with pytest.raises(MlflowException, match=message):
        mlflow.sklearn.save_model(forest, tmp_path / "m", **arguments)
    assert not (tmp_path / "m").exists()


def test_a_file_that_includes_itself_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("-r a.txt\n")
    with pytest.raises(MlflowException, match="includes itself"):
        read_requirements(str(tmp_path / "a.txt"), "pip_requirements")


def test_requirements_by_loading_hold_those_of_the_files(tmp_path, forest):
    mlflow.sklearn.save_model(forest, tmp_path / "m")
    static = mlflow.models.infer_pip_requirements(str(tmp_path / "m"), "sklearn")
    loaded = mlflow.models.infer_pip_requirements(str(tmp_path / "m"), "sklearn", infer="load")
    assert {"scikit-learn", "numpy"} <= {name_of(line) for line in loaded} & {name_of(line) for line in static}
    assert "pytest" not in {name_of(line) for line in loaded}
    with pytest.raises(MlflowException, match="not loaded within"):
        mlflow.models.infer_pip_requirements(str(tmp_path / "m"), "sklearn", infer="load", timeout=0.01)
    with pytest.raises(MlflowException, match="infer: expected one of"):
        mlflow.models.infer_pip_requirements(str(tmp_path / "m"), "sklearn", infer="guess")


def test_the_variable_chooses_how_requirements_are_found(tmp_path, forest, monkeypatch):
    monkeypatch.setenv("TRAINYARD_REQUIREMENTS_INFERENCE", "guess")
    with pytest.raises(MlflowException, match="infer: expected one of"):
        mlflow.sklearn.save_model(forest, tmp_path / "m")
    assert not (tmp_path / "m").exists()
    monkeypatch.setenv("TRAINYARD_REQUIREMENTS_INFERENCE", "load")
    monkeypatch.setenv("TRAINYARD_REQUIREMENTS_INFERENCE_TIMEOUT", "0.01")
    with pytest.warns(UserWarning, match="those that the model's files name"):
        mlflow.sklearn.save_model(forest, tmp_path / "m")
    assert "scikit-learn" in {name_of(line) for line in lines(tmp_path / "m")}


def test_default_requirements_of_the_flavor(forest):
    assert [name_of(line) for line in mlflow.sklearn.get_default_pip_requirements(True, True)] == [
        "scikit-learn", "cloudpickle", "skops",
    ]  # fmt: skip
    conda = mlflow.sklearn.get_default_conda_env()
    assert conda["dependencies"][0] == f"python={'.'.join(map(str, sys.version_info[:3]))}"
    assert [name_of(line) for line in conda["dependencies"][-1]["pip"]] == ["mlflow", "scikit-learn"]


# What stock finds by loading the model, and the reason for each name that only one of the two lists has.
_STOCK = """
import json, sys, warnings
warnings.filterwarnings("ignore")
import numpy, mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
X, y = load_iris(return_X_y=True)
answers = {}
for name, model, form in (
    ("linear", LogisticRegression(max_iter=500), "skops"),
    ("own function", make_pipeline(FunctionTransformer(lambda X: numpy.log1p(X)), LogisticRegression()), "cloudpickle"),
):
    folder = f"{sys.argv[1]}/{name}"
    mlflow.sklearn.save_model(model.fit(X, y), folder, serialization_format=form)
    answers[name] = open(f"{folder}/requirements.txt").read().split()
print(json.dumps(answers))
"""
# Imported by stock's loader, or brought by others, and not named by the model itself.
_ONLY_STOCK = {"cloudpickle", "pandas", "polars", "psutil", "pytest", "pyyaml", "scipy", "skops"}


@pytest.mark.stock
def test_the_lists_differ_from_stocks_only_by_what_the_model_does_not_name(tmp_path, stock):
    theirs = stock(_STOCK, tmp_path)
    for name, listed in theirs.items():
        flavored = mlflow.models.infer_pip_requirements(str(tmp_path / name), "sklearn")
        ours = {name_of(line) for line in flavored} | {"mlflow"}
        their_names = {name_of(line) for line in listed}
        assert ours <= their_names, name
        assert their_names - ours <= _ONLY_STOCK, name
        assert {line for line in flavored if name_of(line) == "scikit-learn"} <= set(listed)
