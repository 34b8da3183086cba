"""Times `sklearn.log_model` and `load_model` of the iris forest: module, tracking URI and count are the arguments."""

import importlib
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
module, uri, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

from sklearn.datasets import load_iris  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402

mlflow = importlib.import_module(module)
sklearn = importlib.import_module(f"{module}.sklearn")
# Stock refuses a forest in its default format.
options = {"serialization_format": "cloudpickle"} if module == "mlflow" else {}

features, labels = load_iris(return_X_y=True)
model = RandomForestClassifier(n_estimators=100, max_depth=5, random_state=42).fit(features, labels)
mlflow.set_tracking_uri(uri)
mlflow.set_experiment("log-model")
seconds, loading = [], []
with mlflow.start_run():
    mlflow.log_params({"n_estimators": 100, "max_depth": 5})
    mlflow.log_metric("accuracy", model.score(features, labels))
    for number in range(count):
        began = time.perf_counter()
        info = sklearn.log_model(model, name=f"iris-{number}", **options)
        seconds.append(time.perf_counter() - began)
    for _ in range(count):
        began = time.perf_counter()
        loaded = sklearn.load_model(info.model_uri)
        loading.append(time.perf_counter() - began)
assert (loaded.predict(features) == model.predict(features)).all()
print()
print(json.dumps({"log": seconds, "load": loading}))
