"""The callbacks that record a training with TensorFlow's Keras."""

import keras

from trainyard.autologging.checkpoints import Checkpoints
from trainyard.autologging.isolation import never_raise
from trainyard.keras.callbacks import MlflowCallback as KerasCallback


class MlflowCallback(KerasCallback):
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

    _prefix = "opt_"


class MlflowModelCheckpointCallback(keras.callbacks.Callback):
    """Keeps checkpoints as artifacts of the active run; :func:`trainyard.tensorflow.load_checkpoint` loads them.

    Parameters
    ----------
    monitor
        Metric that tells the best model.
    mode
        ``"min"`` or ``"max"``: which value of it is better.
    save_best_only
        Keep the best one only.
    save_weights_only
        Keep the weights without the model.
    save_freq
        ``"epoch"``, or a number of batches.
    """

    def __init__(self, monitor="val_loss", mode="min", save_best_only=True, save_weights_only=False, save_freq="epoch"):
        super().__init__()
        self._checkpoints = Checkpoints(
            ".keras", ".h5", monitor, mode, save_best_only, save_weights_only, save_freq
        )  # fmt: skip
        self._epoch = 0
        self._steps = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Remember the epoch."""
        self._epoch = epoch

    @never_raise
    def on_train_batch_end(self, batch, logs=None):
        """Keep a checkpoint after every so many batches."""
        self._steps += 1
        if self._checkpoints.save_freq != "epoch" and self._steps % self._checkpoints.save_freq == 0:
            self._checkpoints.keep(self._epoch, self._steps, logs or {}, self._save)

    @never_raise
    def on_epoch_end(self, epoch, logs=None):
        """Keep a checkpoint after an epoch."""
        if self._checkpoints.save_freq == "epoch":
            self._checkpoints.keep(epoch, self._steps, logs or {}, self._save)

    def _save(self, path):
        if self._checkpoints.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)


__all__ = ["MlflowCallback", "MlflowModelCheckpointCallback"]
