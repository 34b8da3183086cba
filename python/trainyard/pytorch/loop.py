"""Recording a training loop of plain PyTorch, which has no ``fit`` that could be watched."""

import trainyard
from trainyard.autologging.isolation import attempt, never_raise

_ROWS = 5


def autolog_loop(
    model,
    optimizer=None,
    params=None,
    log_models=True,
    name="model",
    registered_model_name=None,
    serialization_format=None,
):
    """Record the training loop that runs inside of the ``with`` block.

    Parameters
    ----------
    model
        The module that is trained.
    optimizer
        Its optimizer, whose settings become params and whose steps are counted.
    params
        Further params, such as the number of epochs.
    log_models
        Log the model when the loop has come to its end, with the signature and a few rows of the first batch.
    name, registered_model_name, serialization_format
        See :func:`trainyard.pytorch.log_model`.

    Returns
    -------
    TrainingLoop
        A context manager. It starts a run unless one is active, and ends the run that it started.

    Examples
    --------
    >>> with mlflow.pytorch.autolog_loop(model, optimizer, {"epochs": 3}) as loop:
    ...     for epoch in range(3):
    ...         for X, y in batches:
    ...             optimizer.zero_grad()
    ...             loss = loss_fn(model(X), y)
    ...             loss.backward()
    ...             optimizer.step()
    ...             loop.log(loss=loss)
    ...         loop.log_epoch(epoch, val_loss=validate(model))
    """
    return TrainingLoop(model, optimizer, params, log_models, name, registered_model_name, serialization_format)


class TrainingLoop:
    """A training loop that is being recorded; :func:`autolog_loop` makes it."""

    def __init__(self, model, optimizer, params, log_models, name, registered_model_name, serialization_format):
        from trainyard.pytorch.saver import check_module

        check_module(model, allow_lazy=True)
        self._model = model
        self._optimizer = optimizer
        self._params = params or {}
        self._log_models = log_models
        self._log_arguments = {
            "name": name,
            "registered_model_name": registered_model_name,
            "serialization_format": serialization_format,
        }
        self._hooks = []
        self._own_run = None
        self._sample = None
        self._model_id = None
        self.steps = 0

    def __enter__(self):
        if trainyard.active_run() is None:
            self._own_run = trainyard.start_run()
        # The run is open: from here on an error would leave it so, since there is no `__exit__` after it.
        attempt("the params could not be logged", self._log_params)
        attempt("the summary of the model could not be logged", self._log_summary)
        if self._log_models:
            attempt("the metrics will not be linked to the model", self._initialize_model)
            attempt("no rows of the data can be kept", self._hook, self._model.register_forward_hook, self._take_sample)
        if self._optimizer is not None:
            attempt("the steps cannot be counted", self._hook, self._optimizer.register_step_post_hook, self._count)
        return self

    def log(self, step=None, **metrics):
        """Log metrics of a batch: numbers or tensors of one element.

        Parameters
        ----------
        step
            The step; the number of steps that the optimizer has made when left out.
        **metrics
            The metrics by name.
        """
        self._log(self.steps if step is None else step, metrics)

    def log_epoch(self, epoch, **metrics):
        """Log metrics of an epoch.

        Parameters
        ----------
        epoch
            The epoch, which is the step of the metrics.
        **metrics
            The metrics by name.
        """
        self._log(epoch, metrics)

    def __exit__(self, kind, error, traceback):
        for hook in self._hooks:
            hook.remove()
        if self._log_models and kind is None:
            # Without a logged model to fill it makes one: the store may be there again.
            attempt("the model could not be logged", self._log_model)
        elif self._model_id is not None:
            attempt(
                "the logged model could not be marked as failed",
                trainyard.finalize_logged_model, self._model_id, "FAILED",
            )  # fmt: skip
        if self._own_run is not None and kind is None:
            trainyard.end_run()
        elif self._own_run is not None:
            # The error of the block is the one that its author has to see.
            attempt("the run could not be ended", trainyard.end_run, "FAILED")

    def _log_params(self):
        from trainyard.pytorch.callbacks import optimizer_params

        settings = optimizer_params(self._optimizer) if self._optimizer is not None else {}
        trainyard.log_params({**settings, **self._params})

    def _log_summary(self):
        trainyard.log_text(_summary(self._model), "model_summary.txt")

    def _initialize_model(self):
        self._model_id = trainyard.initialize_logged_model(self._log_arguments["name"]).model_id

    def _hook(self, register, function):
        self._hooks.append(register(function))

    def _log(self, step, metrics):
        values = {name: float(value.detach() if hasattr(value, "detach") else value) for name, value in metrics.items()}
        trainyard.log_metrics(values, step=step, model_id=self._model_id, synchronous=False)

    def _log_model(self):
        trainyard.pytorch.log_model(
            self._model, model_id=self._model_id, input_example=self._sample, **self._log_arguments
        )  # fmt: skip

    @never_raise
    def _take_sample(self, module, inputs, output):
        import torch

        if self._sample is None and len(inputs) == 1 and isinstance(inputs[0], torch.Tensor):
            self._sample = inputs[0][:_ROWS].detach().cpu().numpy()

    def _count(self, optimizer, args, kwargs):
        self.steps += 1


def _summary(model):
    from torch.nn.parameter import is_lazy

    known = [parameter for parameter in model.parameters() if not is_lazy(parameter)]
    total = sum(parameter.numel() for parameter in known)
    trainable = sum(parameter.numel() for parameter in known if parameter.requires_grad)
    return (
        f"{model}\n\nTrainable params: {trainable}\nNon-trainable params: {total - trainable}\nTotal params: {total}\n"
    )


__all__ = ["TrainingLoop", "autolog_loop"]
