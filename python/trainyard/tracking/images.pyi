# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

import numpy

from trainyard.tracking.multimedia import Image

class ImageCalls:
    def log_image(
        self,
        run_id: str,
        image: numpy.ndarray | Image,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None: ...
    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
    ) -> None: ...

LOGGED_IMAGES: str
