"""Training data as inputs of a run."""

# Sparse data is described as a dense array, whose digest is MLflow's; not beyond this many numbers.
_MOST_DENSE_NUMBERS = 2**27


def describe_data(features, target=None, name=None):
    """Return the dataset of features that an estimator was given, or ``None`` where its kind is not known.

    Parameters
    ----------
    features
        A pandas or Polars frame, a NumPy array, or a SciPy sparse matrix.
    target
        The target beside an array or a matrix.
    name
        Of the dataset.
    """
    from trainyard import data

    kind = type(features).__module__.partition(".")[0]
    if kind == "pandas":
        return data.from_pandas(features, name=name)
    if kind == "polars":
        return data.from_polars(features, name=name)
    if kind == "numpy":
        return data.from_numpy(features, targets=target, name=name)
    if kind == "scipy" and hasattr(features, "toarray"):
        rows, columns = features.shape
        if rows * columns > _MOST_DENSE_NUMBERS:
            raise ValueError(f"{rows} rows of {columns} features are too many to describe as an array")
        targets = target.toarray() if hasattr(target, "toarray") else target
        return data.from_numpy(features.toarray(), targets=targets, name=name)
    return None
