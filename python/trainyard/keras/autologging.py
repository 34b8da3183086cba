"""Autologging of Keras: params, metrics, datasets and model of each ``model.fit``."""

from trainyard.autologging import autologging_integration, safe_patch


@autologging_integration("keras")
def autolog(
    log_every_epoch=True,
    log_every_n_steps=None,
    log_models=True,
    log_model_signatures=True,
    save_exported_model=False,
    log_datasets=True,
    log_input_examples=False,
    disable=False,
    exclusive=False,
    disable_for_unsupported_versions=False,
    silent=False,
    registered_model_name=None,
    save_model_kwargs=None,
    extra_tags=None,
):
    """Record each ``keras.Model.fit`` from now on, in the active run or one of its own.

    Parameters
    ----------
    log_every_epoch
        Log metrics at the end of each epoch.
    log_every_n_steps
        Log metrics each so many optimizer steps instead; needs ``log_every_epoch=False``.
    log_models
        Log the trained model.
    log_model_signatures
        Give it the signature of its layers.
    save_exported_model
        Export the model for serving instead of saving it in Keras's format.
    log_datasets
        Log training and validation data as inputs of the run.
    log_input_examples
        Keep a few rows of the training data beside the model.
    disable
        Stop recording.
    exclusive
        Do not record into runs that the user has started.
    disable_for_unsupported_versions
        Do not record with versions of Keras outside of the range that stock MLflow 3.18 names.
    silent
        Show neither messages nor warnings of autologging.
    registered_model_name
        Make each trained model a new version under this registered name.
    save_model_kwargs
        Further arguments of ``model.save``.
    extra_tags
        Tags of the runs that autologging starts.
    """
    import keras

    from trainyard.keras.recording import Recording

    def fit(original, self, *args, **kwargs):
        from trainyard.keras.callbacks import MlflowCallback

        recording = Recording("keras", log_models, log_datasets)
        recording.log_model_arguments = {
            "save_exported_model": save_exported_model,
            "save_model_kwargs": save_model_kwargs,
            "registered_model_name": registered_model_name,
        }
        recording.wants_signature, recording.wants_example = log_model_signatures, log_input_examples
        return recording.run(
            original, self, args, kwargs,
            lambda model_id: [MlflowCallback(log_every_epoch, log_every_n_steps, model_id)],
        )  # fmt: skip

    safe_patch("keras", keras.Model, "fit", fit, manage_run=True, extra_tags=extra_tags)


__all__ = ["autolog"]
