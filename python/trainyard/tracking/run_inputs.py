"""What the active run uses and makes: datasets and logged models as its inputs and outputs."""

from trainyard.entities.dataset import DatasetInput, InputTag
from trainyard.exceptions import MlflowException
from trainyard.tracking import context as run_context
from trainyard.tracking.client import MlflowClient
from trainyard.tracking.fluent import active_run_id


def log_input(dataset=None, context=None, tags=None, model=None):
    """Attach a dataset, and a logged model, to the active run as its input.

    Parameters
    ----------
    dataset
        What ``trainyard.data.from_numpy`` or ``from_pandas`` returned, or an entity ``Dataset``.
    context
        What the run uses it for, such as ``"training"``.
    tags
        Tags of the use.
    model
        A ``LoggedModelInput``.
    """
    log_inputs([dataset], [context], [tags], [model])


def log_inputs(datasets=None, contexts=None, tags_list=None, models=None):
    """Attach several datasets, with a context and tags each, and logged models to the active run as its inputs.

    Parameters
    ----------
    datasets
        Datasets, as :func:`log_input` takes them.
    contexts
        What the run uses each for; ``None`` for nothing in particular.
    tags_list
        Tags of each use.
    models
        ``LoggedModelInput`` of the models.
    """
    datasets = datasets or []
    contexts = contexts or [None] * len(datasets)
    tags_list = tags_list or [None] * len(datasets)
    if not len(datasets) == len(contexts) == len(tags_list):
        raise MlflowException.invalid_parameter_value("datasets, contexts and tags_list have to be of equal length")
    uses = []
    for dataset, use_context, tags in zip(datasets, contexts, tags_list, strict=True):
        if dataset is None:
            continue
        use_tags = [InputTag(run_context.DATASET_CONTEXT, use_context)] if use_context else []
        use_tags += [InputTag(str(key), str(value)) for key, value in (tags or {}).items()]
        entity = dataset._to_mlflow_entity() if hasattr(dataset, "_to_mlflow_entity") else dataset
        uses.append(DatasetInput(entity, use_tags))
    MlflowClient().log_inputs(active_run_id(), uses, [model for model in models or () if model is not None])


def log_outputs(models=None):
    """Attach logged models to the active run as its outputs.

    Parameters
    ----------
    models
        ``LoggedModelOutput`` of the models: id, and the step at which the run made it.
    """
    MlflowClient().log_outputs(active_run_id(), models or [])
