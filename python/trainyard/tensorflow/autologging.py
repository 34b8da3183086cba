"""Autologging of TensorFlow's Keras: params, metrics, checkpoints, datasets and model of each ``model.fit``."""

from trainyard.autologging import autologging_integration, safe_patch


@autologging_integration("tensorflow")
def autolog(
    log_models=True,
    log_datasets=True,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    registered_model_name=None,
    log_input_examples=False,
    log_model_signatures=True,
    saved_model_kwargs=None,
    keras_model_kwargs=None,
    extra_tags=None,
    log_every_epoch=True,
    log_every_n_steps=None,
    checkpoint=True,
    checkpoint_monitor="val_loss",
    checkpoint_mode="min",
    checkpoint_save_best_only=True,
    checkpoint_save_weights_only=False,
    checkpoint_save_freq="epoch",
):
    """Record each ``tf.keras.Model.fit`` from now on, in the active run or one of its own.

    Parameters
    ----------
    log_models
        Log the trained model.
    log_datasets
        Log training and validation data as inputs of the run.
    disable
        Stop recording.
    exclusive
        Do not record into runs that the user has started.
    disable_for_unsupported_versions
        Do not record with versions of TensorFlow outside of the range that stock MLflow 3.18 names.
    silent
        Show neither messages nor warnings of autologging.
    registered_model_name
        Make each trained model a new version under this registered name.
    log_input_examples
        Keep a few rows of the training data beside the model.
    log_model_signatures
        Give the model a signature, inferred from these rows.
    saved_model_kwargs, keras_model_kwargs
        See :func:`trainyard.tensorflow.log_model`.
    extra_tags
        Tags of the runs that autologging starts.
    log_every_epoch
        Log metrics at the end of each epoch.
    log_every_n_steps
        Log metrics each so many optimizer steps instead; needs ``log_every_epoch=False``.
    checkpoint
        Keep checkpoints as artifacts of the run.
    checkpoint_monitor, checkpoint_mode, checkpoint_save_best_only
        Which checkpoint is the best, and whether only that one is kept.
    checkpoint_save_weights_only
        Keep the weights without the model.
    checkpoint_save_freq
        ``"epoch"``, or a number of batches.
    """
    import keras

    from trainyard.keras.recording import Recording

    def fit(original, self, *args, **kwargs):
        from trainyard.tensorflow.callbacks import MlflowCallback, MlflowModelCheckpointCallback

        recording = Recording("tensorflow", log_models, log_datasets)
        recording.log_model_arguments = {
            "saved_model_kwargs": saved_model_kwargs,
            "keras_model_kwargs": keras_model_kwargs,
            "registered_model_name": registered_model_name,
        }
        recording.wants_signature, recording.wants_example = log_model_signatures, log_input_examples

        def callbacks(model_id):
            added = [MlflowCallback(log_every_epoch, log_every_n_steps, model_id)]
            if checkpoint:
                added.append(
                    MlflowModelCheckpointCallback(
                        checkpoint_monitor,
                        checkpoint_mode,
                        checkpoint_save_best_only,
                        checkpoint_save_weights_only,
                        checkpoint_save_freq,
                    )
                )
            return added

        return recording.run(original, self, args, kwargs, callbacks)

    safe_patch("tensorflow", keras.Model, "fit", fit, manage_run=True, extra_tags=extra_tags)


__all__ = ["autolog"]
