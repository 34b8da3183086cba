# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.data.artifact_dataset_sources import LocalArtifactDatasetSource as LocalArtifactDatasetSource
from trainyard.data.code_dataset_source import CodeDatasetSource as CodeDatasetSource
from trainyard.data.filesystem_dataset_source import FileSystemDatasetSource
from trainyard.data.http_dataset_source import HTTPDatasetSource as HTTPDatasetSource
from trainyard.data.huggingface_dataset_source import HuggingFaceDatasetSource as HuggingFaceDatasetSource
from trainyard.data.spark_dataset_source import DeltaDatasetSource as DeltaDatasetSource
from trainyard.data.spark_dataset_source import SparkDatasetSource as SparkDatasetSource

class AzureBlobArtifactDatasetSource(FileSystemDatasetSource): ...
class AzureDataLakeArtifactDatasetSource(FileSystemDatasetSource): ...
class B2ArtifactDatasetSource(FileSystemDatasetSource): ...
class FTPArtifactDatasetSource(FileSystemDatasetSource): ...
class GCSArtifactDatasetSource(FileSystemDatasetSource): ...
class HdfsArtifactDatasetSource(FileSystemDatasetSource): ...
class R2ArtifactDatasetSource(FileSystemDatasetSource): ...
class S3ArtifactDatasetSource(FileSystemDatasetSource): ...
class SFTPArtifactDatasetSource(FileSystemDatasetSource): ...

def built_in() -> Any: ...

__all__ = [
    "AzureBlobArtifactDatasetSource",
    "AzureDataLakeArtifactDatasetSource",
    "B2ArtifactDatasetSource",
    "CodeDatasetSource",
    "DeltaDatasetSource",
    "FTPArtifactDatasetSource",
    "GCSArtifactDatasetSource",
    "HTTPDatasetSource",
    "HdfsArtifactDatasetSource",
    "HuggingFaceDatasetSource",
    "LocalArtifactDatasetSource",
    "R2ArtifactDatasetSource",
    "S3ArtifactDatasetSource",
    "SFTPArtifactDatasetSource",
    "SparkDatasetSource",
]
