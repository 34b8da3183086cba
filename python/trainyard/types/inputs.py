"""Telling kinds of data apart without importing the library that they belong to, and making plain ones of the others.

Signatures, checks and examples know pandas, NumPy and SciPy data. Polars frames and the tensors of frameworks are
turned into these first. Data of a library can only exist when the library has been imported.
"""

import sys


def is_frame(data):
    """Tell whether data is a pandas DataFrame."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def is_series(data):
    """Tell whether data is a pandas Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.Series)


def is_array(data):
    """Tell whether data is a NumPy array."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(data, numpy.ndarray)


def is_sparse(data):
    """Tell whether data is a SciPy matrix or array in CSR or CSC form."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(data) and data.format in ("csr", "csc")


def is_pydantic(data):
    """Tell whether data is an instance of a pydantic model."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(data, pydantic.BaseModel)


def is_missing(value):
    """Tell whether a value is one of Python's, NumPy's or pandas' words for nothing."""
    if isinstance(value, float):
        return value != value
    if value is None:
        return True
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


def plain(data):
    """Return data as pandas or NumPy data: frames and series of Polars, tensors, and dicts of tensors.

    Everything else comes back as it is, even the very object.
    """
    polars = sys.modules.get("polars")
    if polars is not None:
        if isinstance(data, polars.LazyFrame):
            data = data.collect()
        if isinstance(data, polars.DataFrame):
            import pandas

            return pandas.DataFrame({series.name: _polars_values(series, polars) for series in data})
        if isinstance(data, polars.Series):
            import pandas

            return pandas.Series(_polars_values(data, polars), name=data.name or None)
    if _is_tensor(data):
        return _tensor_values(data)
    if isinstance(data, dict) and any(map(_is_tensor, data.values())):
        return {name: _tensor_values(value) if _is_tensor(value) else value for name, value in data.items()}
    return data


def _is_tensor(data):
    """Tell whether data is an array of another library than NumPy: PyTorch, TensorFlow, JAX, and their like."""
    kind = type(data)
    return kind.__module__.partition(".")[0] not in ("numpy", "pandas", "polars", "scipy", "builtins") and all(
        hasattr(kind, name) for name in ("shape", "dtype", "__array__")
    )


def _tensor_values(tensor):
    import numpy

    if hasattr(tensor, "detach"):
        # PyTorch shares no memory of a tensor that needs a gradient or lies on a device.
        tensor = tensor.detach().cpu()
    return tensor.numpy() if hasattr(tensor, "numpy") else numpy.asarray(tensor)


def _polars_values(series, polars):
    """Return a column for pandas, without the pyarrow that Polars' own conversion needs."""
    if series.dtype.is_numeric() and not series.dtype.is_decimal():
        # Integers with nulls become floats with NaN, as in pandas.
        return series.to_numpy()
    if series.dtype in (polars.Date, polars.Datetime):
        return series.dt.replace_time_zone(None).to_numpy() if _has_zone(series) else series.to_numpy()
    if series.dtype == polars.Boolean and not series.null_count():
        return series.to_numpy()
    return series.to_list()


def _has_zone(series):
    return getattr(series.dtype, "time_zone", None) is not None
