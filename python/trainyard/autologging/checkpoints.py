"""Checkpoints of a training as artifacts of its run: when to keep one, under which name, and finding it again."""

import contextlib
import os
import posixpath
import tempfile

from trainyard.exceptions import MlflowException

LATEST_TAG = "mlflow.latest_checkpoint_artifact"
_FOLDER = "checkpoints"


class Checkpoints:
    """Keeps checkpoints of one training.

    Parameters
    ----------
    suffix, weights_suffix
        Ending of a file with the whole model, and of one with the weights only.
    monitor
        Metric that tells the best model.
    mode
        ``"min"`` or ``"max"``: which value of it is better.
    save_best_only
        Keep the best one only, each in place of the one before; else one for every time.
    save_weights_only
        Keep the weights without the model.
    save_freq
        ``"epoch"``, or a number of steps.
    """

    def __init__(self, suffix, weights_suffix, monitor, mode, save_best_only, save_weights_only, save_freq):
        if save_best_only and monitor is None:
            raise MlflowException.invalid_parameter_value(
                "If checkpoint 'save_best_only' config is set to True, you need to set 'monitor' config as well."
            )
        if save_best_only and mode not in ("min", "max"):
            raise MlflowException.invalid_parameter_value(
                "If checkpoint 'save_best_only' config is set to True, you need to set 'mode' config and available "
                f"modes includes 'min' and 'max', but you set 'mode' to '{mode}'."
            )
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise MlflowException.invalid_parameter_value(
                f"save_freq: expected 'epoch' or a number of steps, got {save_freq!r}"
            )
        self._ending = f".weights{weights_suffix}" if save_weights_only else suffix
        self._monitor = monitor
        self._mode = mode
        self._best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self._best = None
        self._has_warned = False

    def keep(self, epoch, global_step, metrics, save):
        """Keep a checkpoint if it is due.

        Parameters
        ----------
        epoch, global_step
            Where the training is.
        metrics
            The metrics of now.
        save
            ``save(path)`` writes the file.
        """
        if self._best_only and not self._is_better(metrics):
            return
        import trainyard

        prefix, folder = "latest_", _FOLDER
        if not self._best_only:
            place = f"epoch_{epoch}" if self.save_freq == "epoch" else f"global_step_{global_step}"
            prefix, folder = "", f"{_FOLDER}/{place}"
        name = f"{prefix}checkpoint{self._ending}"
        metrics = {key: float(value) for key, value in metrics.items()}
        with tempfile.TemporaryDirectory(prefix="trainyard-") as temporary:
            path = os.path.join(temporary, name)
            save(path)
            trainyard.log_artifact(path, folder)
        trainyard.log_dict(
            {**metrics, "epoch": epoch, "global_step": global_step}, f"{folder}/{prefix}checkpoint_metrics.json"
        )
        # Last, so that the tag never names a file that is not there.
        trainyard.set_tag(LATEST_TAG, f"{folder}/{name}")

    def _is_better(self, metrics):
        if self._monitor not in metrics:
            if not self._has_warned:
                from trainyard.notices import warn

                self._has_warned = True
                warn(
                    f"no checkpoint is kept: the best one is told by the metric {self._monitor!r}, and the training "
                    f"has only {sorted(metrics)}"
                )
            return False
        value = float(metrics[self._monitor])
        if self._best is not None and not (value < self._best if self._mode == "min" else value > self._best):
            return False
        self._best = value
        return True


@contextlib.contextmanager
def checkpoint_file(run_id=None, epoch=None, global_step=None):
    """Fetch a checkpoint of a run and yield its path; the file goes away afterwards.

    Parameters
    ----------
    run_id
        The run; the active one when left out.
    epoch, global_step
        Which checkpoint; the latest one when both are left out.
    """
    import trainyard

    if epoch is not None and global_step is not None:
        raise MlflowException.invalid_parameter_value(
            "Only one of 'epoch' and 'global_step' can be set for 'load_checkpoint'."
        )
    if run_id is None:
        active = trainyard.active_run()
        if active is None:
            raise MlflowException.invalid_parameter_value(
                "There is no active run, please provide the 'run_id' argument for 'load_checkpoint' invocation."
            )
        run_id = active.info.run_id
    latest = trainyard.get_run(run_id).data.tags.get(LATEST_TAG)
    if latest is None:
        raise MlflowException.invalid_parameter_value("There is no logged checkpoint artifact in the current run.")
    path = latest
    if epoch is not None or global_step is not None:
        place = f"epoch_{epoch}" if epoch is not None else f"global_step_{global_step}"
        path = f"{_FOLDER}/{place}/{posixpath.basename(latest)}"
    with tempfile.TemporaryDirectory(prefix="trainyard-") as folder:
        yield trainyard.MlflowClient().download_artifacts(run_id, path, folder)
