# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.entities.dataset import Dataset as Dataset
from trainyard.entities.dataset import DatasetInput as DatasetInput
from trainyard.entities.dataset import InputTag as InputTag
from trainyard.entities.dataset import LoggedModelInput as LoggedModelInput
from trainyard.entities.dataset import LoggedModelOutput as LoggedModelOutput
from trainyard.entities.dataset import RunInputs as RunInputs
from trainyard.entities.dataset import RunOutputs as RunOutputs
from trainyard.entities.experiment import Experiment as Experiment
from trainyard.entities.experiment import ExperimentTag as ExperimentTag
from trainyard.entities.experiment import FileInfo as FileInfo
from trainyard.entities.logged_model import LoggedModel as LoggedModel
from trainyard.entities.logged_model import LoggedModelParameter as LoggedModelParameter
from trainyard.entities.logged_model import LoggedModelStatus as LoggedModelStatus
from trainyard.entities.logged_model import LoggedModelTag as LoggedModelTag
from trainyard.entities.run import LifecycleStage as LifecycleStage
from trainyard.entities.run import Metric as Metric
from trainyard.entities.run import Param as Param
from trainyard.entities.run import Run as Run
from trainyard.entities.run import RunData as RunData
from trainyard.entities.run import RunInfo as RunInfo
from trainyard.entities.run import RunStatus as RunStatus
from trainyard.entities.run import RunTag as RunTag
from trainyard.entities.run import SourceType as SourceType
from trainyard.entities.run import ViewType as ViewType
from trainyard.entities.webhook import Webhook as Webhook
from trainyard.entities.webhook import WebhookEvent as WebhookEvent
from trainyard.entities.webhook import WebhookStatus as WebhookStatus
from trainyard.entities.webhook import WebhookTestResult as WebhookTestResult

__all__ = [
    "Dataset",
    "DatasetInput",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelParameter",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "Param",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunOutputs",
    "RunStatus",
    "RunTag",
    "SourceType",
    "ViewType",
    "Webhook",
    "WebhookEvent",
    "WebhookStatus",
    "WebhookTestResult",
]
