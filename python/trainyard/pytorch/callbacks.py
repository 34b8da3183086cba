"""The callbacks that record a Lightning training.

Lightning comes as two packages, ``lightning`` and ``pytorch_lightning``, with classes of their own. So what is done
stands in classes without a base, and :func:`of_package` derives the callbacks of either package from them.
"""

import functools
import importlib.util
import sys

import trainyard
from trainyard.autologging.checkpoints import Checkpoints
from trainyard.autologging.isolation import attempt, never_raise

# Of the first batch, as an example.
_ROWS = 5
_PACKAGES = ("lightning.pytorch", "pytorch_lightning")


@functools.cache
def of_package(package):
    """Return the recording callback and the checkpoint callback for one of the two packages."""
    base = importlib.import_module(package).Callback
    recorder = type("LightningRecorder", (_Recorder, base), {"__module__": __name__})
    checkpoint = type(
        "MlflowModelCheckpointCallback", (_Checkpoint, base), {"__module__": __name__, "__doc__": _Checkpoint.__doc__}
    )
    return recorder, checkpoint


def package_of(trainer):
    """Return the package that a trainer is from."""
    modules = [base.__module__ for base in type(trainer).__mro__]
    return next(package for package in _PACKAGES for name in modules if name.startswith(package))


class _Recorder:
    """Logs params, metrics and mode of a training, and keeps the first batch that went through the model."""

    def __init__(self, run_id, model_id, log_every_n_epoch, log_every_n_step, keep_sample):
        super().__init__()
        self._run_id = run_id
        self._model_id = model_id
        self._every_n_epoch = log_every_n_epoch or 1
        self._every_n_step = log_every_n_step
        self._keep_sample = keep_sample
        self._hook = None
        # A metric that was logged by step is not logged by epoch again, and the other way round.
        self._step_metrics = set()
        self._epoch_metrics = set()
        self._steps_per_batch = 1
        self.sample = None

    @never_raise
    def on_train_start(self, trainer, pl_module):
        """Log the params, and wait for the first batch."""
        if not trainer.is_global_zero:
            return
        trainyard.MlflowClient().set_tag(self._run_id, "Mode", "training")
        params = {"epochs": trainer.max_epochs}
        if trainer.optimizers:
            self._steps_per_batch = len(trainer.optimizers)
            params.update(optimizer_params(trainer.optimizers[0]))
        # Params that an earlier training of the run has set otherwise are refused, which is no reason to log no more.
        attempt("the params could not be logged", trainyard.log_params, params, run_id=self._run_id)
        if self._keep_sample:
            self._hook = pl_module.register_forward_hook(self._take_sample)

    @never_raise
    def on_train_batch_end(self, trainer, pl_module, *args):
        """Log the metrics of every so many steps."""
        if not self._every_n_step or not trainer.is_global_zero:
            return
        metrics = trainer.callback_metrics
        by_step = {
            name: value
            for name, value in metrics.items()
            if name not in self._epoch_metrics and f"{name}_step" not in metrics
        }
        self._step_metrics.update(by_step)
        step = trainer.global_step
        if (step // self._steps_per_batch + 1) % self._every_n_step == 0:
            self._log(trainer, by_step, step)

    @never_raise
    def on_train_epoch_end(self, trainer, pl_module, *args):
        """Log the metrics of every so many epochs."""
        if not trainer.is_global_zero:
            return
        by_epoch = {
            name: value for name, value in trainer.callback_metrics.items() if name not in self._step_metrics
        }  # fmt: skip
        self._epoch_metrics.update(by_epoch)
        if (trainer.current_epoch + 1) % self._every_n_epoch == 0:
            self._log(trainer, by_epoch, trainer.current_epoch)

    @never_raise
    def on_test_end(self, trainer, pl_module):
        """Log the metrics of a test of the trained model."""
        if trainer.is_global_zero:
            trainyard.MlflowClient().set_tag(self._run_id, "Mode", "testing")
            self._log(trainer, trainer.callback_metrics, 0)

    def release(self):
        """Take away the hook of the model, if it is still there."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None

    def _log(self, trainer, metrics, step):
        if not trainer.sanity_checking and metrics:
            values = {name: float(value) for name, value in metrics.items()}
            trainyard.log_metrics(values, step=step, run_id=self._run_id, model_id=self._model_id, synchronous=False)

    @never_raise
    def _take_sample(self, module, inputs, output):
        import torch

        self.release()
        if len(inputs) == 1 and isinstance(inputs[0], torch.Tensor) and isinstance(output, torch.Tensor):
            self.sample = tuple(tensor[:_ROWS].detach().cpu().numpy() for tensor in (inputs[0], output))


class _Checkpoint:
    """Keeps checkpoints as artifacts of the active run; :func:`trainyard.pytorch.load_checkpoint` loads them.

    Parameters
    ----------
    monitor
        Metric that tells the best model.
    mode
        ``"min"`` or ``"max"``: which value of it is better.
    save_best_only
        Keep the best one only.
    save_weights_only
        Keep the weights without the state of the optimizer.
    save_freq
        ``"epoch"``, or a number of steps.
    """

    def __init__(self, monitor="val_loss", mode="min", save_best_only=True, save_weights_only=False, save_freq="epoch"):
        super().__init__()
        self._checkpoints = Checkpoints(
            ".pth", ".pth", monitor, mode, save_best_only, save_weights_only, save_freq
        )  # fmt: skip

    @never_raise
    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        """Keep a checkpoint after every so many steps."""
        freq = self._checkpoints.save_freq
        if freq != "epoch" and trainer.global_step > 0 and trainer.global_step % freq == 0:
            self._keep(trainer)

    @never_raise
    def on_train_epoch_end(self, trainer, pl_module):
        """Keep a checkpoint after an epoch."""
        if self._checkpoints.save_freq == "epoch":
            self._keep(trainer)

    def _keep(self, trainer):
        def save(path):
            trainer.save_checkpoint(path, weights_only=self._checkpoints.save_weights_only)

        if trainer.is_global_zero:
            self._checkpoints.keep(trainer.current_epoch, trainer.global_step, trainer.callback_metrics, save)


def optimizer_params(optimizer):
    """Return the name of an optimizer and what it was made with."""
    optimizer = getattr(optimizer, "_optimizer", optimizer)
    return {"optimizer_name": type(optimizer).__name__, **getattr(optimizer, "defaults", {})}


def __getattr__(name):
    if name != "MlflowModelCheckpointCallback":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Of the package that the program uses; it may use both, but hardly in one training.
    package = next((package for package in _PACKAGES if package in sys.modules), None)
    if package is None:
        package = next((name for name in _PACKAGES if importlib.util.find_spec(name.partition(".")[0])), None)
    if package is None:
        from trainyard.exceptions import MlflowException

        raise MlflowException("MlflowModelCheckpointCallback needs Lightning: pip install lightning")
    return of_package(package)[1]
