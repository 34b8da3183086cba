# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

import pandas

LOGGED_ARTIFACTS: str

class TableCalls:
    def log_table(self, run_id: str, data: dict[str, Any] | pandas.DataFrame, artifact_file: str) -> None: ...
    def load_table(
        self,
        experiment_id: str | int,
        artifact_file: str,
        run_ids: list[str] | None = None,
        extra_columns: list[str] | None = None,
    ) -> pandas.DataFrame: ...
