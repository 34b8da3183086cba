"""The calls of ``MlflowClient`` that log pictures and figures."""

import io
import os
import sys

from trainyard.tracking import multimedia

LOGGED_IMAGES = "mlflow.loggedImages"
_KEY = r"[a-zA-Z0-9_\-./ ]+"
_PLOTLY_FORMATS = (".png", ".jpeg", ".webp", ".svg", ".pdf")


class ImageCalls:
    """Pictures and figures of runs."""

    def log_image(self, run_id, image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=None):
        """Write a picture into a run's artifacts: as a file, or as one of a series under a key.

        Parameters
        ----------
        run_id
            The run.
        image
            A NumPy array of pixels (integers from 0 to 255, floats from 0 to 1), a PIL image or a ``trainyard.Image``.
        artifact_file
            Path of the file in the run's artifacts; its suffix is the format.
        key
            Name of a series of pictures, in place of ``artifact_file``.
        step
            Training step of the picture in its series, 0 when left out.
        timestamp
            Milliseconds since the epoch; now when left out.
        synchronous
            With ``False``, return as soon as the picture is encoded and upload it in the background;
            ``flush_async_logging`` and the end of the run wait for it.
        """
        if artifact_file is not None and (key, step, timestamp) != (None, None, None):
            raise TypeError(
                "The `artifact_file` parameter cannot be used in conjunction with `key`, `step`, or `timestamp` "
                "parameters. Please ensure that `artifact_file` is specified alone, without any of these conflicting "
                "parameters."
            )
        if artifact_file is None and key is None:
            raise TypeError(
                "Invalid arguments: Please specify exactly one of `artifact_file` or `key`. Use `key` to log dynamic "
                "image charts or `artifact_file` for saving static images. "
            )
        image = multimedia.to_pil_image(image)
        if artifact_file is not None:
            self._write(run_id, artifact_file, multimedia.encode(image, artifact_file))
            return
        name = _series_name(key, step, timestamp)
        files = {
            f"{name}.png": multimedia.encode(image, f"{name}.png"),
            f"{name}+compressed.webp": multimedia.encode(multimedia.compress_image_size(image), f"{name}.webp"),
        }
        if synchronous is False:
            from trainyard.tracking import uploads

            uploads.start(lambda: self._write_image(run_id, files), f"picture {key!r} of run {run_id}")
        else:
            self._write_image(run_id, files)

    def log_figure(self, run_id, figure, artifact_file, *, save_kwargs=None):
        """Write a Matplotlib or Plotly figure into a file of a run's artifacts.

        Parameters
        ----------
        run_id
            The run.
        figure
            A ``matplotlib.figure.Figure`` or a Plotly figure.
        artifact_file
            Path of the file in the run's artifacts; its suffix is the format, ``.html`` for a Plotly page.
        save_kwargs
            Further arguments of the figure's own method: ``savefig``, ``write_html`` or ``write_image``.
        """
        self._write(run_id, artifact_file, _figure_bytes(figure, artifact_file, dict(save_kwargs or {})))

    def _write_image(self, run_id, files):
        artifacts = self._connection.artifacts(self._artifact_uri(run_id))
        for path, content in files.items():
            artifacts.write(path, content)
        self.set_tag(run_id, LOGGED_IMAGES, True)


def _series_name(key, step, timestamp):
    """Return the path of a picture of a series without its suffix, from which the web UI reads key and step."""
    import re
    import uuid

    from trainyard.tracking.client import now

    if not re.fullmatch(_KEY, key):
        raise ValueError(
            "The `key` parameter may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
            f"and slashes (/).The provided key `{key}` contains invalid characters."
        )
    timestamp = now() if timestamp is None else timestamp
    return f"images/{key.replace('/', '~')}+step+{step or 0}+timestamp+{timestamp}+{uuid.uuid4()}"


def _figure_bytes(figure, artifact_file, save_kwargs):
    suffix = os.path.splitext(artifact_file)[1].lower()
    buffer = io.BytesIO()
    if _is_a(figure, "matplotlib.figure", "Figure"):
        figure.savefig(buffer, **{"format": suffix.lstrip(".") or "png", **save_kwargs})
        return buffer.getvalue()
    if not _is_a(figure, "plotly.graph_objects", "Figure"):
        raise TypeError(f"Unsupported figure object type: '{type(figure)}'")
    if suffix == ".html":
        save_kwargs.pop("auto_open", None)
        return figure.to_html(**{"include_plotlyjs": "cdn", **save_kwargs}).encode("utf-8")
    if suffix in _PLOTLY_FORMATS:
        return figure.to_image(**{"format": suffix.lstrip("."), **save_kwargs})
    raise TypeError(f"Unsupported file extension for plotly figure: '{suffix}'")


def _is_a(value, module, name):
    """Tell whether a value is of a class, without importing the module that has it."""
    found = sys.modules.get(module)
    return found is not None and isinstance(value, getattr(found, name))
