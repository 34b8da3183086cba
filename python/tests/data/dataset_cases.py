"""Data of many kinds, and what is logged of it: by trainyard when imported, by stock MLflow when run.

``python dataset_cases.py`` with an interpreter that has MLflow prints what ``recorded_values.json`` holds.
"""

import datetime
import json
import sys
import warnings

import numpy
import pandas
import polars

SOURCES = [
    "rows.csv",
    "/data/rows.csv",
    "file:///data/rows.csv",
    "file:rows.csv",
    "http://example.com/rows.csv",
    "https://example.com/rows.csv?version=2",
    "s3://bucket/rows.parquet",
    "gs://bucket/rows.parquet",
    "wasbs://container@account.blob.core.windows.net/rows",
    "abfss://files@account.dfs.core.windows.net/rows",
    "r2://bucket/rows",
    "b2://bucket/rows",
    "hdfs://name/rows",
    "viewfs://name/rows",
    "ftp://host/rows",
    "sftp://host/rows",
    "file://host/rows.csv",
    "dbfs:/rows",
    "runs:/0123/rows",
    "models:/m/1",
    "gopher://host/rows",
    "",
]


def numpy_cases(data):
    """Arrays, single and in dicts, of every type that digests tell apart."""
    random = numpy.random.RandomState(3)
    matrix = random.rand(40, 3)
    large = numpy.arange(60000, dtype=numpy.int32).reshape(4, 3, 5000)
    yield "floats", data.from_numpy(matrix, source="a.npy", targets=numpy.arange(40), name="both")
    yield "given digest", data.from_numpy(matrix, source="a.npy", digest="12345678")
    yield "transposed", data.from_numpy(large.T, source="a.npy")
    yield "strided", data.from_numpy(large[:, ::2, ::-3], source="a.npy")
    named = {"b": matrix, "a": random.randint(0, 9, (40, 2))}
    yield "dict", data.from_numpy(named, source="a.npy", targets={"y": numpy.arange(40.0)})
    yield "empty", data.from_numpy(numpy.zeros((0, 4)), source="a.npy")
    yield "special floats", data.from_numpy(numpy.array([numpy.nan, -numpy.nan, 0.0, -0.0, numpy.inf]), source="a.npy")
    for dtype in ("int8", "int16", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "bool"):
        yield dtype, data.from_numpy(numpy.arange(12).reshape(3, 4).astype(dtype), source="a.npy")
    for dtype in ("complex64", "complex128", ">f8", "datetime64[ns]", "timedelta64[s]", "U3", "S3"):
        yield dtype, data.from_numpy(numpy.arange(12).reshape(3, 4).astype(dtype), source="a.npy")
    yield "texts", data.from_numpy(numpy.array(["a", "b", "a"]), source="a.npy")
    yield "objects", data.from_numpy(numpy.array(["a", 1, None], dtype=object), source="a.npy")
    unhashable = numpy.empty(2, dtype=object)
    unhashable[:] = [[1], [2, 3]]
    yield "lists", data.from_numpy(unhashable, source="a.npy")


def pandas_cases(data):
    """Data frames."""
    frame = pandas.DataFrame(
        {
            "number": [1, 2, 3],
            "text": ["x", "y", "z"],
            "share": [0.5, numpy.nan, -0.0],
            "flag": [True, False, True],
            "when": pandas.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
        }
    )
    yield "mixed", data.from_pandas(frame, source="a.csv", targets="number", predictions="share", name="rows")
    yield "index", data.from_pandas(frame.set_index("text"), source="a.csv")
    yield "category", data.from_pandas(frame.assign(text=frame["text"].astype("category")), source="a.csv")
    yield "missing text", data.from_pandas(frame.assign(text=["x", None, "z"]), source="a.csv")
    yield "mixed objects", data.from_pandas(pandas.DataFrame({"a": ["x", 1], "b": [1, 2]}), source="a.csv")
    yield (
        "lists",
        data.from_pandas(pandas.DataFrame({"a": [[1, 2], [3]], "b": [{"k": 1.5}, {"k": 2.5}]}), source="a.csv"),
    )
    yield "numbered columns", data.from_pandas(pandas.DataFrame(numpy.arange(6).reshape(2, 3)), source="a.csv")
    yield "same names", data.from_pandas(pandas.DataFrame([[1, 2.0], [3, 4.0]], columns=["a", "a"]), source="a.csv")
    yield "no rows", data.from_pandas(pandas.DataFrame({"a": numpy.zeros(0), "b": []}), source="a.csv")
    yield "no columns", data.from_pandas(pandas.DataFrame(index=range(3)), source="a.csv")
    yield "nullable", data.from_pandas(pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64")}), source="a.csv")
    yield "decimals", data.from_pandas(pandas.DataFrame({"a": [datetime.date(2024, 1, 2)]}), source="a.csv")
    long = pandas.DataFrame({"n": numpy.arange(10050), "t": numpy.arange(10050).astype(str).astype(object)})
    yield "long", data.from_pandas(long, source="a.csv")
    late = long.copy()
    late.loc[10020, "t"] = None
    yield "late gap", data.from_pandas(late, source="a.csv")


def polars_cases(data):
    """Polars data frames."""
    frame = polars.DataFrame(
        {
            "number": [1, 2, 3],
            "text": ["x", "y", None],
            "share": [0.5, None, -0.0],
            "flag": [True, False, True],
            "when": [datetime.datetime(2024, 1, 1)] * 3,
            "day": [datetime.date(2024, 1, 1)] * 3,
            "list": [[1.5], [2.5, 3.5], []],
            "struct": [{"a": 1, "b": "x"}] * 3,
            "gone": polars.Series([None] * 3, dtype=polars.Int32),
            "kind": polars.Series(["a", "b", "a"], dtype=polars.Categorical),
            "small": polars.Series([1, 2, 3], dtype=polars.UInt16),
            "bytes": [b"a", b"b", b"c"],
        }
    )
    yield "mixed", data.from_polars(frame, source="a.parquet", targets="number", predictions="share", name="rows")
    yield "no type", data.from_polars(polars.DataFrame({"a": [datetime.time(1)]}), source="a.parquet")
    yield (
        "array",
        data.from_polars(
            polars.DataFrame({"a": polars.Series([[1, 2], [3, 4]], dtype=polars.Array(polars.Int8, 2))}),
            source="a.parquet",
        ),
    )
    yield "long", data.from_polars(polars.DataFrame({"n": range(20000)}), source="a.parquet")
    yield (
        "no rows",
        data.from_polars(polars.DataFrame({"n": polars.Series([], dtype=polars.Float32)}), source="a.parquet"),
    )


def source_cases(data):
    """Small data from many places."""
    for source in SOURCES:
        try:
            yield source, data.from_numpy(numpy.zeros(1), source=source)
        except Exception as error:
            yield source, error


def described(cases):
    """Return what is logged of datasets by the name of the case; of an error, its code and message."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, dataset in cases:
            if isinstance(dataset, Exception):
                found[name] = {"error": dataset.error_code, "message": str(dataset)}
            else:
                found[name] = dataset.to_dict()
    return found


KINDS = {"numpy": numpy_cases, "pandas": pandas_cases, "polars": polars_cases, "sources": source_cases}

if __name__ == "__main__":
    import logging

    import mlflow.data

    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        everything = {kind: described(cases(mlflow.data)) for kind, cases in KINDS.items()}
    indent = 1 if "--record" in sys.argv else None
    print(json.dumps(everything, indent=indent))
