"""Autologging of Lightning: params, metrics, checkpoints and model of each ``Trainer.fit``."""

import importlib
import importlib.util
import os

import trainyard
from trainyard.autologging import autologging_integration, safe_patch
from trainyard.autologging.isolation import attempt


@autologging_integration("pytorch")
def autolog(
    log_every_n_epoch=1,
    log_every_n_step=None,
    log_models=True,
    log_datasets=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    registered_model_name=None,
    extra_tags=None,
    checkpoint=True,
    checkpoint_monitor="val_loss",
    checkpoint_mode="min",
    checkpoint_save_best_only=True,
    checkpoint_save_weights_only=False,
    checkpoint_save_freq="epoch",
    log_model_signatures=True,
):
    """Record each ``Trainer.fit`` of Lightning from now on, in the active run or one of its own.

    Both packages are known, ``lightning`` and ``pytorch_lightning``. For training loops of plain PyTorch there is
    :func:`trainyard.pytorch.autolog_loop`; scalars that such a loop gives to TensorBoard's ``SummaryWriter`` are logged
    too when ``log_every_n_step`` is set.

    Parameters
    ----------
    log_every_n_epoch
        Log the metrics of each so many epochs.
    log_every_n_step
        Log the metrics of each so many steps; of none when left out.
    log_models
        Log the trained model.
    log_datasets
        Taken for MLflow's sake: a ``DataLoader`` does not tell its data.
    disable
        Stop recording.
    exclusive
        Do not record into runs that the user has started.
    disable_for_unsupported_versions
        Do not record with versions of Lightning outside of the range that stock MLflow 3.18 names.
    silent
        Show neither messages nor warnings of autologging.
    registered_model_name
        Make each trained model a new version under this registered name.
    extra_tags
        Tags of the runs that autologging starts.
    checkpoint
        Keep checkpoints as artifacts of the run.
    checkpoint_monitor, checkpoint_mode, checkpoint_save_best_only
        Which checkpoint is the best, and whether only that one is kept.
    checkpoint_save_weights_only
        Keep the weights without the state of the optimizer.
    checkpoint_save_freq
        ``"epoch"``, or a number of steps.
    log_model_signatures
        Give the model the signature of the first batch that went through it.
    """
    checkpoint_arguments = (
        checkpoint_monitor,
        checkpoint_mode,
        checkpoint_save_best_only,
        checkpoint_save_weights_only,
        checkpoint_save_freq,
    )

    def fit(original, self, *args, **kwargs):
        from trainyard.pytorch.callbacks import of_package, package_of

        package = package_of(self)
        recorder_class, checkpoint_class = of_package(package)
        run_id = trainyard.active_run().info.run_id
        logged = None
        if log_models:
            logged = attempt("the metrics will not be linked to the model", trainyard.initialize_logged_model, "model")
        model_id = logged.model_id if logged else None
        stopping = attempt("early stopping could not be looked for", _early_stopping, self, package)
        if stopping is not None:
            attempt("the params of early stopping could not be logged", _log_stopping_params, stopping)
        recorder = recorder_class(
            run_id, model_id, log_every_n_epoch, log_every_n_step, log_models and log_model_signatures
        )
        users = list(self.callbacks)
        added = [recorder]
        if checkpoint and not any(isinstance(callback, checkpoint_class) for callback in users):
            keeper = attempt("checkpoints could not be kept", checkpoint_class, *checkpoint_arguments)
            added += [keeper] if keeper is not None else []
        self.callbacks = [*users, *added]
        try:
            result = original(self, *args, **kwargs)
        except BaseException:
            if logged:
                attempt("the logged model could not be marked as failed", _give_up, model_id)
            raise
        finally:
            recorder.release()
            # The checkpoint callback would go on writing into a later run; the other one logs a test of this model.
            self.callbacks = [callback for callback in self.callbacks if callback not in added[1:]]
        if self.is_global_zero:
            attempt("early stopping could not be logged", _log_early_stopping, stopping, run_id, model_id)
            attempt("the summary of the model could not be logged", _log_summary, self.lightning_module, package)
            if log_models:
                # Without a logged model to fill it makes one: the store may be there again.
                attempt(
                    "the model could not be logged",
                    _log_model, self.lightning_module, recorder.sample, model_id, registered_model_name,
                )  # fmt: skip
            attempt("the best checkpoint could not be logged", _log_best_checkpoint, self, stopping)
        return result

    for package in ("pytorch_lightning", "lightning.pytorch"):
        if importlib.util.find_spec(package.partition(".")[0]) is not None:
            trainer = importlib.import_module(package).Trainer
            safe_patch("pytorch", trainer, "fit", fit, manage_run=True, extra_tags=extra_tags)
    if log_every_n_step and importlib.util.find_spec("tensorboard") is not None:
        from trainyard.pytorch.tensorboard import patch_writer

        patch_writer(log_every_n_step)


def _early_stopping(trainer, package):
    early_stopping = importlib.import_module(f"{package}.callbacks").EarlyStopping
    return next((callback for callback in trainer.callbacks if isinstance(callback, early_stopping)), None)


def _log_stopping_params(callback):
    trainyard.log_params(_attributes(callback, ("monitor", "mode", "patience", "min_delta", "stopped_epoch")))


def _log_early_stopping(callback, run_id, model_id):
    if callback is None or not callback.stopped_epoch:
        return
    metrics = {
        "stopped_epoch": callback.stopped_epoch,
        "restored_epoch": callback.stopped_epoch - max(1, callback.patience),
        **_attributes(callback, ("best_score", "wait_count")),
    }
    values = {name: float(value) for name, value in metrics.items()}
    trainyard.log_metrics(values, run_id=run_id, model_id=model_id)


def _log_summary(module, package):
    summary = importlib.import_module(f"{package}.utilities.model_summary").ModelSummary
    trainyard.log_text(str(summary(module, max_depth=-1)), "model_summary.txt")


def _log_model(module, sample, model_id, registered_model_name):
    from trainyard.models.loading import is_safe_only

    signature = trainyard.models.infer_signature(*sample) if sample else None
    # The object itself, as MLflow keeps it: a training can go on from it, which a graph does not allow.
    arguments = {"serialization_format": "pickle"}
    if is_safe_only():
        arguments = {"serialization_format": "pt2", "input_example": sample[0] if sample else None}
    trainyard.pytorch.log_model(
        module, name="model", model_id=model_id, signature=signature, registered_model_name=registered_model_name,
        **arguments,
    )  # fmt: skip


def _log_best_checkpoint(trainer, stopping):
    path = getattr(trainer.checkpoint_callback, "best_model_path", None)
    if stopping is not None and path and os.path.isfile(path):
        trainyard.log_artifact(path, "restored_model_checkpoint")


def _give_up(model_id):
    trainyard.finalize_logged_model(model_id, "FAILED")


def _attributes(owner, names):
    return {name: getattr(owner, name) for name in names if hasattr(owner, name)}


__all__ = ["autolog"]
