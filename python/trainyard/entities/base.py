"""What every entity has in common: named fields, comparison by them, and reading from the wire."""

# What MLflow calls the workspace of a server that has no others.
DEFAULT_WORKSPACE = "default"


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
    def from_dictionary(cls, the_dict):
        """Make the entity from a dict of its attributes; unknown keys are ignored."""
        return cls(**{field: the_dict[field] for field in cls._fields if field in the_dict})


class KeyValue(Entity):
    """A key with a text value."""

    _fields = ("key", "value")

    def __init__(self, key, value):
        self.key = key
        self.value = value


class PagedList(list):
    """One page of results.

    Parameters
    ----------
    items
        The results.
    token
        Asks for the next page; ``None`` on the last.
    total_count
        How many results all pages have, where that is known.
    """

    def __init__(self, items, token, total_count=None):
        super().__init__(items)
        self.token = token or None
        self.total_count = total_count

    @classmethod
    def _from_wire(cls, answer, field, entity):
        """Read the page of a search's answer, whose results are in a field that is left out when there are none."""
        return cls([entity._from_wire(wire) for wire in answer.get(field, ())], answer.get("next_page_token"))

    def to_list(self):
        """Return the page as an ordinary list."""
        return list(self)


def optional_int(value):
    """Read an optional integer of the wire, where int64 may travel as text."""
    return None if value is None else int(value)


def pairs(dictionary):
    """Return a dict as the wire's list of keys and text values."""
    return [{"key": str(key), "value": str(value)} for key, value in (dictionary or {}).items()] or None


def _plain(value):
    if isinstance(value, Entity):
        return value.to_dictionary()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
