# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.data.dataset_source import DatasetSource
from trainyard.data.huggingface_dataset import from_huggingface as from_huggingface
from trainyard.data.numpy_dataset import from_numpy as from_numpy
from trainyard.data.pandas_dataset import from_pandas as from_pandas
from trainyard.data.polars_dataset import from_polars as from_polars
from trainyard.data.tensorflow_dataset import from_tensorflow as from_tensorflow
from trainyard.entities.dataset import Dataset, DatasetInput

def get_source(dataset: Dataset | DatasetInput) -> DatasetSource: ...

__all__ = ["from_huggingface", "from_numpy", "from_pandas", "from_polars", "from_tensorflow", "get_source"]
