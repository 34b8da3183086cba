"""Tensors and ``tf.data`` pipelines as datasets."""

import json

import numpy
import pytest

import trainyard as mlflow

pytestmark = pytest.mark.heavy

# Prints what is logged of tensors and pipelines of several shapes.
SCRIPT = """
import json, logging
logging.disable(logging.WARNING)
import mlflow.data, numpy
import tensorflow as tf

x = numpy.arange(60, dtype=numpy.float32).reshape(20, 3)
y = numpy.arange(20)
rows = tf.data.Dataset.from_tensor_slices
made = [
    mlflow.data.from_tensorflow(tf.constant(x), source="a.npy", targets=tf.constant(y), name="tensors"),
    mlflow.data.from_tensorflow(tf.constant(x), source="a.npy"),
    mlflow.data.from_tensorflow(rows(x), source="a.npy", targets=rows(y)),
    mlflow.data.from_tensorflow(rows((x, y)).batch(8), source="a.npy"),
    mlflow.data.from_tensorflow(rows({"b": x, "a": y[:, None]}), source="a.npy"),
    mlflow.data.from_tensorflow(rows(x).filter(lambda row: row[0] > 5), source="a.npy"),
    mlflow.data.from_tensorflow(rows(((x, x), y[:, None])), source="a.npy"),
    mlflow.data.from_tensorflow(rows(y), source="a.npy", digest="12345678"),
]
print(json.dumps([dataset.to_dict() for dataset in made]))
"""


@pytest.mark.stock
@pytest.mark.filterwarnings("ignore:the TensorFlow dataset is logged without a schema")
def test_logged_fields_equal_those_of_stock(stock, capsys):
    theirs = stock(SCRIPT)
    script = SCRIPT.replace("import mlflow.data,", "import trainyard as mlflow,")
    exec(compile(script, "script", "exec"), {})
    ours = json.loads(capsys.readouterr().out)
    for number, fields in enumerate(theirs):
        assert ours[number] == fields, number


def test_a_pipeline_is_logged_with_its_sizes(store):
    import tensorflow as tf

    pipeline = tf.data.Dataset.from_tensor_slices(numpy.zeros((5, 2)))
    dataset = mlflow.data.from_tensorflow(pipeline, source="a.npy", targets=pipeline, name="pipeline")
    assert dataset.data is pipeline and dataset.targets is pipeline
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
    logged = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0].dataset
    assert logged.to_dictionary() == dataset.to_dict()
    assert json.loads(logged.profile) == {"features_cardinality": 5, "targets_cardinality": 5}


def test_what_is_no_tensor_and_what_never_ends_is_refused():
    import tensorflow as tf

    pipeline = tf.data.Dataset.from_tensor_slices([1.0])
    for features, targets, expected in (
        (numpy.zeros(2), None, "'features' must be an instance of tf.data.Dataset or a TensorFlow Tensor"),
        (tf.zeros(2), pipeline, "must also be a TensorFlow Tensor"),
        (pipeline, tf.zeros(2), "must also be an instance of tf.data.Dataset"),
        (pipeline.repeat(), None, "repeats without end"),
    ):
        with pytest.raises(mlflow.MlflowException, match=expected):
            mlflow.data.from_tensorflow(features, targets=targets)
    endless = mlflow.data.from_tensorflow(pipeline.repeat(), digest="12345678")
    assert endless.profile == {"features_cardinality": -1}
