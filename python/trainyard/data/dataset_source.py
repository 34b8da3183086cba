"""Where data comes from: what every source can do."""

import json


class DatasetSource:
    """A place that data comes from. Subclasses say how it is written, read, recognized and loaded."""

    @staticmethod
    def _get_source_type():
        """Return the text that tells sources of this class from others."""
        raise NotImplementedError

    def load(self):
        """Fetch the data, or open it."""
        raise NotImplementedError(f"{type(self).__name__} cannot be loaded")

    @staticmethod
    def _can_resolve(raw_source):
        """Tell whether a text, path or object names a source of this class."""
        return False

    @classmethod
    def _resolve(cls, raw_source):
        """Return the source that a text, path or object names."""
        raise NotImplementedError(f"{cls.__name__} has to be made by its constructor")

    def to_dict(self):
        """Return what is logged of the source."""
        raise NotImplementedError

    def to_json(self):
        """Return what is logged of the source, as JSON."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, source_dict):
        """Make the source of what was logged."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, source_json):
        """Make the source of what was logged, from JSON."""
        return cls.from_dict(json.loads(source_json))


def required(cls, fields, key):
    """Return a field of a logged source, or say that it is missing."""
    from trainyard.exceptions import MlflowException

    if fields.get(key) is None:
        raise MlflowException.invalid_parameter_value(f'Failed to parse {cls.__name__}. Missing expected key: "{key}"')
    return fields[key]
