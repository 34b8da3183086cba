# Written by python/tools/stub_files.py from the package itself; do not edit.
from collections.abc import Sequence
from typing import Any

from trainyard.entities.dataset import DatasetInput, LoggedModelInput, LoggedModelOutput
from trainyard.entities.run import Metric as Metric
from trainyard.entities.run import Param as Param
from trainyard.entities.run import RunTag as RunTag
from trainyard.tracking.artifacts import ArtifactCalls
from trainyard.tracking.experiment_calls import ExperimentCalls
from trainyard.tracking.images import ImageCalls
from trainyard.tracking.logged_models import LoggedModelCalls
from trainyard.tracking.operations import RunOperations
from trainyard.tracking.registry import RegistryCalls
from trainyard.tracking.run_calls import RunCalls
from trainyard.tracking.run_calls import now as now
from trainyard.tracking.tables import TableCalls
from trainyard.tracking.webhooks import WebhookCalls

class MlflowClient(
    ExperimentCalls, RunCalls, ArtifactCalls, ImageCalls, TableCalls, LoggedModelCalls, RegistryCalls, WebhookCalls
):
    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None: ...
    @property
    def tracking_uri(self) -> str | None: ...
    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None: ...
    def get_metric_history(self, run_id: str, key: str) -> list[Metric]: ...
    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any: ...
    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None: ...
    def delete_tag(self, run_id: str, key: str) -> None: ...
    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = ...,
        params: Sequence[Param] = ...,
        tags: Sequence[RunTag] = ...,
        synchronous: bool | None = None,
    ) -> RunOperations | None: ...
    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[LoggedModelInput] | None = None,
    ) -> None: ...
    def log_outputs(self, run_id: str, models: list[LoggedModelOutput]) -> Any: ...

def dataset_input(use: DatasetInput) -> Any: ...

__all__ = ["Metric", "MlflowClient", "Param", "RunTag", "now"]
