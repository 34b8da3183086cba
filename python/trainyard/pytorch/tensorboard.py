"""Scalars and hyperparameters that a training gives to TensorBoard's ``SummaryWriter`` are logged to the run too."""

import trainyard
from trainyard.autologging import safe_patch
from trainyard.autologging.isolation import attempt


def patch_writer(log_every_n_step):
    """Log what ``add_scalar`` is given each so many steps, and what ``add_hparams`` is given."""
    from torch.utils.tensorboard import SummaryWriter

    def add_scalar(original, self, tag, scalar_value, global_step=None, *args, **kwargs):
        step = int(global_step or 0)
        if trainyard.active_run() is not None and step % log_every_n_step == 0:
            attempt("a scalar could not be logged", trainyard.log_metric, tag, float(scalar_value), step=step)
        return original(self, tag, scalar_value, global_step, *args, **kwargs)

    def add_hparams(original, self, hparam_dict, metric_dict, *args, **kwargs):
        if trainyard.active_run() is not None:
            attempt("the hyperparameters could not be logged", _log_hparams, hparam_dict, metric_dict)
        return original(self, hparam_dict, metric_dict, *args, **kwargs)

    safe_patch("pytorch", SummaryWriter, "add_scalar", add_scalar)
    safe_patch("pytorch", SummaryWriter, "add_hparams", add_hparams)


def _log_hparams(params, metrics):
    trainyard.log_params(params)
    trainyard.log_metrics({name: float(value) for name, value in metrics.items()})
