# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.entities.base import Entity, KeyValue

class Dataset(Entity):
    digest: str
    name: str
    profile: str | None
    schema: str | None
    source: str
    source_type: str
    def __init__(
        self,
        name: str,
        digest: str,
        source_type: str,
        source: str,
        schema: str | None = None,
        profile: str | None = None,
    ) -> None: ...

class DatasetInput(Entity):
    dataset: Dataset
    tags: list[InputTag]
    def __init__(self, dataset: Dataset, tags: list[InputTag] | None = None) -> None: ...
    def to_dictionary(self) -> dict[str, Any]: ...

class InputTag(KeyValue): ...

class LoggedModelInput(Entity):
    model_id: str
    def __init__(self, model_id: str) -> None: ...

class LoggedModelOutput(Entity):
    model_id: str
    step: int
    def __init__(self, model_id: str, step: int) -> None: ...

class RunInputs(Entity):
    dataset_inputs: list[DatasetInput]
    model_inputs: list[LoggedModelInput]
    def __init__(
        self, dataset_inputs: list[DatasetInput], model_inputs: list[LoggedModelInput] | None = None
    ) -> None: ...

class RunOutputs(Entity):
    model_outputs: list[LoggedModelOutput]
    def __init__(self, model_outputs: list[LoggedModelOutput]) -> None: ...
