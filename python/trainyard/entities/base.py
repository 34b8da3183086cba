"""What every entity has in common: named fields, comparison by them, and reading from the wire."""


class Entity:
    """Plain data with the attributes of MLflow's entity of the same name.

    Subclasses name their attributes in ``_fields``, in the order of their constructor.
    """

    _fields = ()

    def __iter__(self):
        for field in self._fields:
            yield field, getattr(self, field)

    def __eq__(self, other):
        return type(self) is type(other) and dict(self) == dict(other)

    def __hash__(self):
        return hash((type(self).__name__, repr(self)))

    def __repr__(self):
        values = ", ".join(f"{name}={value!r}" for name, value in sorted(self))
        return f"<{type(self).__name__}: {values}>"

    def to_dictionary(self):
        """Return the attributes as a dict, nested entities included."""
        return {name: _plain(value) for name, value in self}

    @classmethod
    def from_dictionary(cls, dictionary):
        """Make the entity from a dict of its attributes; unknown keys are ignored."""
        return cls(**{field: dictionary[field] for field in cls._fields if field in dictionary})


class KeyValue(Entity):
    """A key with a text value."""

    _fields = ("key", "value")

    def __init__(self, key, value):
        self.key = key
        self.value = value


class PagedList(list):
    """One page of results; ``token`` asks for the next page and is ``None`` on the last."""

    def __init__(self, items, token):
        super().__init__(items)
        self.token = token or None

    def to_list(self):
        """Return the page as an ordinary list."""
        return list(self)


def optional_int(value):
    """Read an optional integer of the wire, where int64 may travel as text."""
    return None if value is None else int(value)


def _plain(value):
    if isinstance(value, Entity):
        return value.to_dictionary()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
