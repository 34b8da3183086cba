"""Times `fit` under `sklearn.autolog`: module, tracking URI and count are the arguments.

Prints the seconds of each `fit`, and the median of the same `fit` without autologging.
"""

import importlib
import json
import logging
import statistics
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
module, uri, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

from sklearn.datasets import load_iris  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402

features, labels = load_iris(return_X_y=True)


def fit():
    began = time.perf_counter()
    RandomForestClassifier(n_estimators=100, max_depth=5, random_state=42).fit(features, labels)
    return time.perf_counter() - began


bare = statistics.median(fit() for _ in range(5))
mlflow = importlib.import_module(module)
sklearn = importlib.import_module(f"{module}.sklearn")
mlflow.set_tracking_uri(uri)
mlflow.set_experiment("autolog")
sklearn.autolog()
seconds = [fit() for _ in range(count)]
experiment = mlflow.get_experiment_by_name("autolog")
runs = mlflow.MlflowClient().search_runs([experiment.experiment_id])
assert len(runs) == count and all("training_roc_auc" in run.data.metrics for run in runs), "not everything is recorded"
print()
print(json.dumps({"fits": seconds, "bare": bare}))
