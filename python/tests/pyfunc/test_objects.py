"""Objects that are no Python models, handed to pyfunc: what predicts is wrapped, and the rest is refused."""

import numpy
import pandas
import pytest

import trainyard as mlflow
from trainyard import MlflowException


class Doubles:
    def predict(self, rows, plus=0):
        return [2 * row + plus for row in rows]


class Forwards:
    def forward(self, rows):
        return [row + 1 for row in rows]


class Calls:
    def __call__(self, rows):
        return len(rows)


class Nothing:
    pass


@pytest.fixture
def saved(tmp_path):
    """Saves a model and loads it again."""

    def save(python_model, **arguments):
        mlflow.pyfunc.save_model(tmp_path / "model", python_model=python_model, **arguments)
        return mlflow.pyfunc.load_model(tmp_path / "model")

    return save


def test_what_predicts_is_a_model(saved):
    loaded = saved(Doubles(), input_example=([1.5], {"plus": 1}))
    assert loaded.unwrap_python_model().model.predict([1]) == [2]
    assert loaded.metadata.signature.params.params[0].name == "plus"


def test_params_are_keywords_of_the_method(tmp_path):
    from trainyard.models import infer_signature

    signature = infer_signature(numpy.array([1.5]), params={"plus": 1})
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=Doubles(), signature=signature)
    loaded = mlflow.pyfunc.load_model(tmp_path / "m")
    assert loaded.predict(numpy.array([2.0])) == [5.0]
    assert loaded.predict(numpy.array([2.0]), params={"plus": 0}) == [4.0]


def test_what_has_forward_or_can_be_called_is_a_model(tmp_path):
    for number, (model, answer) in enumerate(
        [
            (Forwards(), [2, 3]),
            (Calls(), 2),
            (len, 2),
            (Doubles().predict.__func__.__get__(Doubles()), None),
        ]
    ):
        if answer is None:
            with pytest.raises(MlflowException, match="exactly one argument"):
                mlflow.pyfunc.save_model(tmp_path / str(number), python_model=model)
            continue
        mlflow.pyfunc.save_model(tmp_path / str(number), python_model=model)
        assert mlflow.pyfunc.load_model(tmp_path / str(number)).predict([1, 2]) == answer


def test_an_estimator_is_a_model_and_its_flavor_is_named(yard, iris, forest):
    with pytest.warns(UserWarning, match=r"sklearn\.log_model writes it"):
        info = mlflow.pyfunc.log_model(name="m", python_model=forest, input_example=iris[0][:2])
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert (loaded.predict(iris[0]) == forest.predict(iris[0])).all()
    assert str(loaded.metadata.signature.inputs) == "[Tensor('float64', (-1, 4))]"
    with open(mlflow.pyfunc.get_model_dependencies(info.model_uri)) as file:
        assert "scikit-learn==" in file.read()


def test_boosters_predict_from_tables(tmp_path, iris):
    xgboost = pytest.importorskip("xgboost")
    lightgbm = pytest.importorskip("lightgbm")
    frame = pandas.DataFrame(iris[0], columns=list("abcd"))
    boosters = {
        "xgboost": xgboost.train({}, xgboost.DMatrix(frame, iris[1]), 3),
        "lightgbm": lightgbm.train({"verbose": -1}, lightgbm.Dataset(frame, iris[1]), 3),
    }
    for name, booster in boosters.items():
        mlflow.pyfunc.save_model(tmp_path / name, python_model=booster, input_example=frame[:2])
        expected = booster.predict(xgboost.DMatrix(frame) if name == "xgboost" else frame)
        assert (mlflow.pyfunc.load_model(tmp_path / name).predict(frame) == expected).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Nothing, "object with a predict or forward method.*Got Nothing, which has none"),
        (lambda: Doubles, r"got the class Doubles, of which an instance is needed: Doubles\("),
        (lambda: pytest.importorskip("sklearn.linear_model").LinearRegression(), "not fitted: call fit first"),
    ],
)
def test_what_does_not_predict_leaves_no_trace(yard, make, message):
    with pytest.raises(MlflowException, match=message):
        mlflow.pyfunc.log_model(name="m", python_model=make())
    assert mlflow.search_logged_models(output_format="list") == []


@pytest.mark.heavy
def test_a_pytorch_module_predicts_from_frames(tmp_path):
    torch = pytest.importorskip("torch")
    module = torch.nn.Linear(2, 1)
    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=module, input_example=frame)
    with torch.no_grad():
        expected = module(torch.tensor(frame.to_numpy(), dtype=torch.float32)).numpy()
    assert (mlflow.pyfunc.load_model(tmp_path / "m").predict(frame) == expected).all()


@pytest.mark.heavy
def test_a_keras_model_predicts_from_frames(tmp_path):
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    mlflow.pyfunc.save_model(tmp_path / "m", python_model=model)
    predicted = mlflow.pyfunc.load_model(tmp_path / "m").predict(frame)
    assert (predicted == model.predict(frame.to_numpy())).all()
