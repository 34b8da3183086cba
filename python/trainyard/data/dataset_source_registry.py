"""Which kinds of sources there are, which one a text or path names, and reading logged ones."""

from trainyard.exceptions import MlflowException

# Sources that were registered from outside; of several that fit, the one registered last is taken.
_registered = []


def register_dataset_source(source):
    """Add a subclass of ``DatasetSource``, which is asked before those that were there."""
    _registered.append(source)


def get_registered_sources():
    """Return the classes of sources, the one that is asked first at the end."""
    from trainyard.data import sources

    return [*sources.built_in(), *_registered]


def resolve_dataset_source(raw_source, candidate_sources=None):
    """Return the source that a text, path or object names.

    Parameters
    ----------
    raw_source
        A path, a URI, or an object that a registered source knows.
    candidate_sources
        Classes to choose from, subclasses included; all by default.
    """
    for source in reversed(get_registered_sources()):
        if candidate_sources and not issubclass(source, tuple(candidate_sources)):
            continue
        if source._can_resolve(raw_source):
            return source._resolve(raw_source)
    raise MlflowException(
        f"Could not find a source information resolver for the specified dataset source: {raw_source}.",
        "RESOURCE_DOES_NOT_EXIST",
    )


def get_dataset_source_from_json(source_json, source_type):
    """Return a source from what was logged of it: its JSON and its type."""
    for source in reversed(get_registered_sources()):
        if source._get_source_type() == source_type:
            return source.from_json(source_json)
    raise MlflowException(
        f"Could not parse dataset source from JSON due to unrecognized source type: {source_type}.",
        "RESOURCE_DOES_NOT_EXIST",
    )
