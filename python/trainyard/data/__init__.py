"""Datasets as inputs of runs: name, digest, schema, size and source of data, not the data itself.

``from_pandas``, ``from_numpy``, ``from_polars``, ``from_huggingface`` and ``from_tensorflow`` describe data that is in
memory; ``log_input`` attaches the description to a run; ``get_source`` gives back where logged data came from. What is
written is what MLflow writes for the same data, so that digests can be compared across both. Frameworks are imported
when the function that needs them is called.
"""

# Constructors and submodules, which are imported at first use, with the module that has them.
_LAZY = {
    "get_dataset_source_from_json": "trainyard.data.dataset_source_registry",
    "get_registered_sources": "trainyard.data.dataset_source_registry",
    "Dataset": "trainyard.data.dataset",
    "DatasetSource": "trainyard.data.dataset_source",
}
_SUBMODULES = (
    "code_dataset_source",
    "dataset",
    "dataset_registry",
    "dataset_source",
    "dataset_source_registry",
    "http_dataset_source",
    "huggingface_dataset",
    "huggingface_dataset_source",
    "meta_dataset",
    "numpy_dataset",
    "pandas_dataset",
    "polars_dataset",
    "sources",
    "tensorflow_dataset",
)

__all__ = ["from_huggingface", "from_numpy", "from_pandas", "from_polars", "from_tensorflow", "get_source"]


def get_source(dataset):
    """Return where data came from, as a ``DatasetSource`` that can load it.

    Parameters
    ----------
    dataset
        A dataset of this module, or what a run has of one: ``entities.Dataset`` or ``entities.DatasetInput``.

    Returns
    -------
    DatasetSource
        The source; ``load()`` fetches what it names.
    """
    from trainyard import entities
    from trainyard.data.dataset import Dataset
    from trainyard.data.dataset_source_registry import get_dataset_source_from_json
    from trainyard.exceptions import MlflowException

    if isinstance(dataset, Dataset):
        return dataset.source
    if isinstance(dataset, entities.DatasetInput):
        dataset = dataset.dataset
    if isinstance(dataset, entities.Dataset):
        return get_dataset_source_from_json(dataset.source, dataset.source_type)
    raise MlflowException.invalid_parameter_value(
        f"Unrecognized dataset type {type(dataset)}. Expected one of: `mlflow.data.dataset.Dataset`, "
        "`mlflow.entities.Dataset`, `mlflow.entities.DatasetInput`."
    )


def __getattr__(name):
    import importlib

    if name in _SUBMODULES:
        return importlib.import_module(f"trainyard.data.{name}")
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    if name.startswith(("from_", "load_")):
        from trainyard.data.dataset_registry import get_registered_constructors

        constructor = get_registered_constructors().get(name)
        if constructor is not None:
            return constructor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LAZY, *_SUBMODULES, *__all__})
