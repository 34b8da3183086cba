"""The classes of sources that come with the package, and those that were registered, by name."""

from trainyard.data.artifact_dataset_sources import ARTIFACT_SOURCES
from trainyard.data.code_dataset_source import CodeDatasetSource
from trainyard.data.http_dataset_source import HTTPDatasetSource
from trainyard.data.huggingface_dataset_source import HuggingFaceDatasetSource
from trainyard.data.spark_dataset_source import DeltaDatasetSource, SparkDatasetSource


def built_in():
    """Return the classes of the package, those that speak for most kinds of places first."""
    return [
        *ARTIFACT_SOURCES,
        HTTPDatasetSource,
        HuggingFaceDatasetSource,
        SparkDatasetSource,
        DeltaDatasetSource,
        CodeDatasetSource,
    ]


__all__ = sorted({source.__name__ for source in built_in()})


def __getattr__(name):
    from trainyard.data.dataset_source_registry import get_registered_sources

    for source in reversed(get_registered_sources()):
        if source.__name__ == name:
            return source
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
