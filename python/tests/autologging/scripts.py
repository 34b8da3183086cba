"""Training scripts that both packages run; `mlflow` is the one of the two."""

CLASSIFIER = """
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

X, y = load_iris(return_X_y=True)
mlflow.sklearn.autolog()
model = LogisticRegression(max_iter=500).fit(X[:100:2], y[:100:2])
X_test, y_test = X[1::2], y[1::2]
model.score(X_test, y_test)
predicted = model.predict(X_test)
metrics.accuracy_score(y_test, predicted)
metrics.f1_score(y_test, predicted, average="macro")
metrics.f1_score(y_test, predicted, average="micro")
model.score(X[:10], y[:10])
"""

SEARCH_AND_PIPELINE = """
import sklearn.metrics
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_diabetes(return_X_y=True, as_frame=True)
mlflow.sklearn.autolog(log_input_examples=True, extra_tags={"team": "a"})
grid = {"ridge__alpha": [0.1, 1.0, 10.0]}
GridSearchCV(make_pipeline(StandardScaler(), Ridge()), grid, cv=3).fit(X, y)
with mlflow.start_run():
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=2.0))
    pipeline.fit(X[:300], y[:300])
    held_out = X[300:]
    prediction = pipeline.predict(held_out)
    sklearn.metrics.mean_squared_error(y[300:], prediction)
    pipeline.score(held_out, y[300:])
cross_val_score(Ridge(), X, y, cv=3)
"""

WEIGHTS_CLUSTERS_AND_FAILURE = """
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

X, y = load_diabetes(return_X_y=True, as_frame=True)
mlflow.sklearn.autolog(log_models=False)
KMeans(n_clusters=2, random_state=1, n_init=1).fit_predict(X.to_numpy())
RandomForestRegressor(n_estimators=3, random_state=1).fit(X, y, sample_weight=y)
# A param that is longer than may be logged.
Ridge(alpha=[float(number) for number in range(2000)]).fit(X[:5], [[0.0] * 2000] * 5)
try:
    Ridge(alpha=-1).fit(X, y)
except ValueError:
    pass
"""
