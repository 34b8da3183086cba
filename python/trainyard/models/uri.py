"""What the parts of a ``models:/`` URI mean."""

from trainyard.exceptions import MlflowException


class ModelUri:
    """A ``models:/`` URI: a model id, or a registered name with a version, a stage or an alias."""

    __slots__ = ("alias", "model_id", "name", "stage", "version")

    def __init__(self, model_id=None, name=None, version=None, stage=None, alias=None):
        self.model_id = model_id
        self.name = name
        self.version = version
        self.stage = stage
        self.alias = alias


def parse_model_uri(uri):
    """Take a ``models:/`` URI apart."""
    text = str(uri)
    path = text.removeprefix("models:").strip("/")
    if not text.startswith("models:/") or not path:
        raise _invalid(text)
    name, slash, rest = path.partition("/")
    if slash:
        if not name or not rest or "/" in rest:
            raise _invalid(text)
        return ModelUri(name=name, version=rest) if rest.isdigit() else ModelUri(name=name, stage=rest)
    if "@" in path:
        name, _, alias = path.rpartition("@")
        if not name or not alias:
            raise _invalid(text)
        return ModelUri(name=name, alias=alias)
    if path.startswith("m-"):
        return ModelUri(model_id=path)
    raise _invalid(text)


def _invalid(uri):
    return MlflowException.invalid_parameter_value(
        f"Not a proper models:/ URI: {uri}. Models are named models:/m-<id>, models:/<name>/<version>, "
        "models:/<name>/<stage>, models:/<name>/latest or models:/<name>@<alias>"
    )
