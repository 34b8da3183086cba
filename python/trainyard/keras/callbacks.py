"""The callback that records a Keras training."""

import keras

import trainyard
from trainyard.autologging.isolation import attempt, never_raise


class MlflowCallback(keras.callbacks.Callback):
    """Logs the optimizer, a summary of the model, and the metrics of ``model.fit`` to the active run.

    Parameters
    ----------
    log_every_epoch
        Log metrics at the end of each epoch.
    log_every_n_steps
        Log metrics each so many optimizer steps instead.
    model_id
        Logged model that the metrics are linked to.
    """

    _prefix = "optimizer_"

    def __init__(self, log_every_epoch=True, log_every_n_steps=None, model_id=None):
        super().__init__()
        if log_every_epoch and log_every_n_steps is not None:
            raise ValueError(
                "`log_every_n_steps` must be None if `log_every_epoch=True`, received "
                f"`log_every_epoch={log_every_epoch}` and `log_every_n_steps={log_every_n_steps}`."
            )
        if not log_every_epoch and log_every_n_steps is None:
            raise ValueError(
                "`log_every_n_steps` must be specified if `log_every_epoch=False`, received `log_every_n_steps=None`."
            )
        self.log_every_epoch = log_every_epoch
        self.log_every_n_steps = log_every_n_steps
        self.model_id = model_id
        self._epoch = 0

    @never_raise
    def on_train_begin(self, logs=None):
        """Log the optimizer and the summary of the model."""
        # Params that an earlier training of the run has set otherwise are refused, which is no reason to log no more.
        attempt("the optimizer could not be logged", self._log_optimizer)
        lines = []
        self.model.summary(print_fn=lambda line, *args, **kwargs: lines.append(line))
        trainyard.log_text("\n".join(lines), "model_summary.txt")

    def on_epoch_begin(self, epoch, logs=None):
        """Remember the epoch, for the validation inside of it."""
        self._epoch = epoch

    @never_raise
    def on_epoch_end(self, epoch, logs=None):
        """Log the metrics of an epoch."""
        if self.log_every_epoch and logs:
            self._log(logs, epoch)

    @never_raise
    def on_train_batch_end(self, batch, logs=None):
        """Log the metrics of every so many steps."""
        if self.log_every_n_steps is None or not logs:
            return
        step = int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
        if step % self.log_every_n_steps == 0:
            self._log(logs, step)

    @never_raise
    def on_test_end(self, logs=None):
        """Log the metrics of a validation, at the epoch that it belongs to."""
        if logs:
            self._log({f"validation_{name}": value for name, value in logs.items()}, self._epoch)

    def _log_optimizer(self):
        config = self.model.optimizer.get_config()
        trainyard.log_params({f"{self._prefix}{name}": value for name, value in config.items()})

    def _log(self, logs, step):
        metrics = {name: float(value) for name, value in logs.items()}
        trainyard.log_metrics(metrics, step=step, synchronous=False, model_id=self.model_id)


__all__ = ["MlflowCallback"]
