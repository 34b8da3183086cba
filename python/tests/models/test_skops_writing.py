"""Skops files as we write them: the same as skops' own, with the same verdict on their types."""

import io
import json
import subprocess
import sys
import zipfile

import numpy
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from trainyard.sklearn import skops_writing

MODELS = [
    AdaBoostClassifier(n_estimators=2),
    ColumnTransformer([("scale", StandardScaler(), [0]), ("encode", OneHotEncoder(), [1])]),
    GaussianNB(),
    GaussianProcessClassifier(),
    GradientBoostingClassifier(n_estimators=2),
    HistGradientBoostingClassifier(max_iter=2),
    IsolationForest(n_estimators=2),
    KMeans(n_clusters=2, n_init=1),
    KNeighborsClassifier(),
    LogisticRegression(max_iter=1000),
    MLPClassifier((3,), max_iter=3),
    PCA(2),
    RandomForestClassifier(n_estimators=3, random_state=numpy.random.RandomState(0)),
    SGDClassifier(),
    SVC(),
    StackingClassifier([("a", GaussianNB()), ("b", KNeighborsClassifier())], cv=2),
    make_pipeline(FunctionTransformer(numpy.log1p), StandardScaler(), RandomForestClassifier(n_estimators=2)),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_file_and_verdict_are_those_of_skops(model, iris):
    from skops.io import dumps, get_untrusted_types

    model.fit(*iris)
    content, untrusted = skops_writing.dump(model)
    theirs = dumps(model)
    assert untrusted == get_untrusted_types(data=theirs)
    assert _entries(content).keys() == _entries(theirs).keys()


def _entries(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.rpartition(".")[2]: archive.read(name) for name in archive.namelist()}


def test_types_that_only_look_trusted_are_left_to_skops():
    def state(loader, module, name):
        return {"__loader__": loader, "__module__": module, "__class__": name, "content": None}

    assert skops_writing.untrusted_types(state("DictNode", "builtins", "dict")) == []
    for kind in (
        ("DictNode", "mine", "dict"),
        ("ObjectNode", "sklearn.base", "BaseEstimator"),
        ("ObjectNode", "sklearn.tree._tree", "Tree"),
        ("ObjectNode", "sklearn.utils._set_output", "Elsewhere"),
        ("TypeNode", "sklearn.svm._classes", "SVC"),
        ("FunctionNode", "os", "system"),
        ("MethodNode", "builtins", "dict"),
        ("SomeLaterNode", "builtins", "dict"),
    ):
        inner = {**state("DictNode", "builtins", "dict"), "content": {"x": [state(*kind)]}}
        assert skops_writing.untrusted_types(inner) is None, kind


def test_saving_lists_no_estimators_and_reading_lists_them_all():
    script = """
import json, sys, sklearn.utils
from sklearn.tree import DecisionTreeClassifier
from trainyard.sklearn import skops_writing
model = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
content, untrusted = skops_writing.dump(model)
quick = not any(name.startswith("sklearn.gaussian_process") for name in sys.modules)
from skops.io import get_untrusted_types, loads
from skops.io._trusted_types import SKLEARN_ESTIMATOR_TYPE_NAMES as names
same = get_untrusted_types(data=content) == untrusted
loads(content, trusted=untrusted)
from sklearn.utils import all_estimators
print(json.dumps([quick, same, len(names) > 150, "sklearn.svm._classes.SVC" in names, len(all_estimators()) > 150]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True] * 5
