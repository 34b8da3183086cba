"""Fingerprints of data frames and arrays, equal to MLflow's: eight hex digits of an MD5 over the first rows."""

from trainyard.exceptions import MlflowException

MAX_ROWS = 10000

# The finalizer of SplitMix64, as pandas hashes numbers.
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, None))


def pandas_digest(frame):
    """Return the digest of a data frame: its first rows in columns of numbers and of texts, its length and names."""
    import numpy
    import pandas

    head = frame.head(MAX_ROWS)
    # Whether a column holds texts only is decided by all of it, not by the rows that are hashed.
    texts = head.columns[[_holds_only_texts(column) for _, column in frame.items()]]
    numbers = head.select_dtypes(include=[numpy.number]).columns
    hashed = pandas.util.hash_pandas_object(head[texts.union(numbers)]).to_numpy()
    return md5_digest([hashed, numpy.int64(len(frame)), *(str(name).encode() for name in frame.columns)])


def numpy_digest(features, targets=None):
    """Return the digest of arrays, or dicts of arrays: their first elements and their shapes."""
    parts = []
    for item in (features, targets):
        if isinstance(item, dict):
            for name in sorted(item):
                parts += _array_parts(item[name])
        elif item is not None:
            parts += _array_parts(item)
    return md5_digest(parts)


def md5_digest(parts):
    """Return the digest of buffers; there has to be one."""
    import hashlib

    md5 = hashlib.md5(usedforsecurity=False)
    empty = True
    for part in parts:
        md5.update(part)
        empty = False
    if empty:
        raise MlflowException.invalid_parameter_value("No hashable elements were provided for md5 digest creation")
    return md5.hexdigest()[:8]


def hash_elements(values):
    """Return what stands for the values of a flat array in a digest: a hash of each, or how many there are."""
    import numpy

    if values.dtype.kind == "c" and values.dtype.itemsize in (8, 16):
        real, imaginary = hash_elements(values.real), hash_elements(values.imag)
        return real + numpy.uint64(23) * imaginary
    words = _words(values)
    if words is None:
        return _hash_with_pandas(values)
    for shift, factor in _MIX:
        words ^= words >> numpy.uint64(shift)
        if factor is not None:
            words *= numpy.uint64(factor)
    return words


def _array_parts(array):
    import numpy

    # `flat` reads the first elements of any array in C order without copying the others.
    first = array.flat[:MAX_ROWS]
    return [hash_elements(first), *(numpy.int64(size) for size in array.shape)]


def _words(values):
    """Return numbers as 64-bit words by their bits, or ``None`` for what is hashed by pandas."""
    import numpy

    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind == "b":
        return values.astype("u8")
    if kind in "mM":
        return values.view("i8").astype("u8")
    if kind not in "iuf" or size > 8:
        return None
    words = values.view(f"u{size}").astype("u8")
    if kind == "f":
        # Several bit patterns are NaN, and two are zero. Versions of pandas differ in whether they tell them apart.
        nan = int(numpy.array(numpy.nan, values.dtype).view(f"u{size}"))
        zero = int(numpy.array(-0.0, values.dtype).view(f"u{size}"))
        ambiguous = (numpy.isnan(values) & (words != nan)) | (words == zero)
        if ambiguous.any():
            if _pandas() is not None:
                return None
            words[numpy.isnan(values)] = nan
            words[words == zero] = 0
    return words


def _hash_with_pandas(values):
    import numpy

    pandas = _pandas()
    if pandas is None:
        raise MlflowException.invalid_parameter_value(
            f"the digest of an array of {values.dtype} needs pandas: install it, or pass digest="
        )
    try:
        return pandas.util.hash_array(values)
    except TypeError:
        # Elements that cannot be hashed, such as lists.
        return numpy.int64(values.size)


def _pandas():
    try:
        import pandas
    except ImportError:
        return None
    return pandas


def _holds_only_texts(column):
    if len(column) and type(column.iloc[0]) is not str:
        return False
    return set(map(type, column.to_numpy(dtype=object))) <= {str}
