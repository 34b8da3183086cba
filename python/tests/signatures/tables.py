"""What signatures, examples and checks are compared on: texts that are evaluated here and under stock MLflow."""

import datetime
import decimal

import numpy
import pandas
import scipy.sparse

DATA = {
    "frame": "pandas.DataFrame({'a': [1.5], 'b': [2], 'c': ['x'], 'd': [True]})",
    "frame of narrow types": "pandas.DataFrame({n: numpy.zeros(2, n) for n in "
    "('int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'float16', 'float32', 'float64', 'bool')})",
    "frame with nulls": "pandas.DataFrame({'a': [1.5, None], 'b': ['x', None], 'c': [None, None]})",
    "frame with dates": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02'])})",
    "frame with dates of seconds": "pandas.DataFrame({'a': numpy.array(['2024-01-02'], 'datetime64[s]')})",
    "frame with a time zone": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02']).tz_localize('UTC')})",
    "frame with bytes": "pandas.DataFrame({'a': [b'x']})",
    "frame with bytes and None": "pandas.DataFrame({'a': [b'x', None]})",
    "frame with objects of numbers": "pandas.DataFrame({'a': numpy.array([1, 2], object)})",
    "frame with integers and None": "pandas.DataFrame({'a': numpy.array([1, None], object)})",
    "frame with booleans and None": "pandas.DataFrame({'a': numpy.array([True, None], object)})",
    "frame with a mix": "pandas.DataFrame({'a': numpy.array([1, 'x'], object)})",
    "frame with nullable integers": "pandas.DataFrame({'a': pandas.array([1, None], dtype='Int64')})",
    "frame with nullable booleans": "pandas.DataFrame({'a': pandas.array([True, None], dtype='boolean')})",
    "frame with categories": "pandas.DataFrame({'a': pandas.Categorical(['x', 'y'])})",
    "frame with categories of numbers": "pandas.DataFrame({'a': pandas.Categorical([1, 2])})",
    "frame with decimals": "pandas.DataFrame({'a': [decimal.Decimal('1.5')]})",
    "frame with lists": "pandas.DataFrame({'a': [[1, 2], [3]], 'b': [{'k': 1}, {'k': 2, 'm': 's'}]})",
    "frame with lists and None": "pandas.DataFrame({'a': [[1, 2], None]})",
    "frame with empty lists": "pandas.DataFrame({'a': [[], []]})",
    "frame with arrays": "pandas.DataFrame({'a': [numpy.array([1.5, 2.5]), numpy.array([3.5])]})",
    "frame with nested objects": "pandas.DataFrame({'a': [{'k': {'z': [1]}}, {'k': {'z': None}}]})",
    "frame with range columns": "pandas.DataFrame([[1.0, 2.0]])",
    "frame with integer columns": "pandas.DataFrame({3: [1.0], 4: ['x']})",
    "frame of uint64": "pandas.DataFrame({'a': numpy.zeros(1, 'uint64')})",
    "frame of complex numbers": "pandas.DataFrame({'a': [1j]})",
    "frame of time spans": "pandas.DataFrame({'a': [pandas.Timedelta(1)]})",
    "frame without rows": "pandas.DataFrame({'a': [], 'b': pandas.Series([], dtype='int64')})",
    "frame without columns": "pandas.DataFrame()",
    "series": "pandas.Series([1.0, 2.0], name='s')",
    "series without name": "pandas.Series([1, 2])",
    "series with missing values": "pandas.Series([1.0, None], name='s')",
    "series with missing values, without name": "pandas.Series([1.0, None])",
    "series of texts": "pandas.Series(['a', 'b'])",
    "array": "numpy.zeros((3, 4), 'float32')",
    "array of one dimension": "numpy.zeros(3, 'int64')",
    "array without dimensions": "numpy.array(1.5)",
    "array of texts": "numpy.array(['a', 'bcd'])",
    "array of bytes": "numpy.array([b'a', b'bcd'])",
    "array of objects": "numpy.array([[1], 'x'], object)",
    "array of dates": "numpy.array(['2024-01-02'], 'datetime64[D]')",
    "array of images": "numpy.zeros((2, 8, 8, 3), 'uint8')",
    "empty array": "numpy.zeros((0, 3))",
    "dict of arrays": "{'x': numpy.zeros((2, 2)), 'y': numpy.zeros(2, 'int32')}",
    "dict of arrays and lists": "{'x': numpy.zeros(2), 'y': [1]}",
    "dict with an empty array": "{'x': numpy.array([]), 'y': 'a'}",
    "sparse by rows": "scipy.sparse.csr_matrix(numpy.eye(3))",
    "sparse by columns": "scipy.sparse.csc_matrix(numpy.eye(3, dtype='float32'))",
    "list of numbers": "[1, 2, 3]",
    "list of floats": "[1.5, float('nan')]",
    "list of numbers and floats": "[1, 2.5]",
    "list of texts": "['a', 'b']",
    "list of texts and None": "['a', None]",
    "list of None": "[None, None]",
    "list of lists": "[['a'], ['b', 'c'], []]",
    "list of arrays": "[numpy.array([1, 2]), numpy.array([3])]",
    "list of dicts": "[{'a': 1, 'b': 'x'}, {'a': 2}]",
    "list of dicts with lists": "[{'a': [1.5], 'b': {'k': True}}, {'a': None, 'b': {'k': None, 'm': b'x'}}]",
    "list of dicts that differ": "[{'a': 1}, {'a': 'x'}]",
    "list of dates": "[datetime.datetime(2024, 1, 2), datetime.date(2024, 1, 3)]",
    "dict of scalars": "{'a': 1, 'b': 'x', 'c': [1.5]}",
    "dict of numpy scalars": "{'a': numpy.int32(1), 'b': numpy.float32(1), 'c': numpy.bool_(1), 'd': numpy.str_('x')}",
    "dict with None": "{'a': None, 'b': [None, 'x'], 'c': {}}",
    "dict of dicts": "{'a': {'b': {'c': [{'d': 1}, {'d': None, 'e': 2.5}]}}}",
    "dict with keys that are no texts": "{1: 'a'}",
    "empty dict": "{}",
    "text": "'hello'",
    "bytes": "b'hello'",
    "number": "3.5",
    "truth": "True",
    "numpy number": "numpy.int16(3)",
    "NaN": "float('nan')",
    "date": "datetime.datetime(2024, 1, 2, 3, 4, 5)",
    "timestamp": "pandas.Timestamp('2024-01-02')",
    "nested": "[{'m': [{'role': 'user', 'n': None}]}]",
    "chat": "{'messages': [{'role': 'user', 'content': 'hi'}], 'temperature': 0.5}",
    "empty list": "[]",
    "something else": "{1, 2}",
}

PARAMS = {
    "scalars": "{'a': 1, 'b': 'x', 'd': True, 'e': 2.5}",
    "numpy scalars": "{'a': numpy.int32(1), 'b': numpy.float32(1.5), 'c': numpy.int64(3), 'd': numpy.str_('x')}",
    "lists": "{'a': [1, 2], 'b': ['x'], 'c': [1.5, 2], 'd': [True]}",
    "arrays": "{'a': numpy.array([1, 2], 'int32'), 'b': numpy.array([1.5])}",
    "dates": "{'a': datetime.datetime(2024, 1, 2), 'b': [datetime.date(2024, 1, 2)]}",
    "dict": "{'a': {'k': 1, 'm': ['x']}}",
    "empty list": "{'a': []}",
    "list of lists": "{'a': [[1]]}",
    "mixed list": "{'a': [1, 'x']}",
    "bytes": "{'a': b'x'}",
    "None": "{'a': None}",
    "empty dict": "{'a': {}}",
}

EXAMPLES = {
    "frame": "pandas.DataFrame({'a': [1.5, float('nan')], 'b': ['x', None]})",
    "frame with range columns": "pandas.DataFrame([[1.0, 2.0]])",
    "frame with an index": "pandas.DataFrame({'a': [1, 2]}, index=[7, 8])",
    "frame with dates": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02', None])})",
    "frame with bytes": "pandas.DataFrame({'a': [b'x']})",
    "frame with lists": "pandas.DataFrame({'a': [[1, 2]], 'b': [{'k': None}]})",
    "frame with arrays": "pandas.DataFrame({'a': [numpy.array([1.5, 2.5])]})",
    "frame with nullable integers": "pandas.DataFrame({'a': pandas.array([1, None], dtype='Int64')})",
    "array": "numpy.array([[1.5, 2.0]])",
    "array with NaN": "numpy.array([1.5, float('nan')])",
    "array of texts": "numpy.array(['a', 'b'])",
    "array of bytes": "numpy.array([b'a'])",
    "array of integers": "numpy.array([[1, 2]], 'int8')",
    "array of dates": "numpy.array(['2024-01-02'], 'datetime64[s]')",
    "dict of arrays": "{'x': numpy.array([[1, 2]])}",
    "dict of arrays and lists": "{'x': numpy.array([1]), 'y': [1]}",
    "list": "[1, 2]",
    "list of arrays": "[numpy.array([1])]",
    "list of dicts": "[{'a': 1, 'b': None}]",
    "dict": "{'a': 1}",
    "dict with dates": "{'a': datetime.datetime(2024, 1, 2, 3)}",
    "dict with numpy scalars": "{'a': numpy.float32(1.5)}",
    "chat": "{'messages': [{'role': 'user', 'content': 'hi'}]}",
    "chat with params": "({'messages': [{'role': 'user', 'content': 'hi'}]}, {'k': 2})",
    "completion": "{'prompt': 'hi'}",
    "text": "'hello'",
    "bytes": "b'hello'",
    "number": "2.5",
    "date": "datetime.datetime(2024, 1, 2, 3)",
    "sparse": "scipy.sparse.csr_matrix(numpy.eye(2))",
    "sparse by columns": "scipy.sparse.csc_matrix(numpy.eye(2))",
    "with params": "(numpy.array([1.5]), {'k': 2})",
    "frame with params": "(pandas.DataFrame({'a': [1]}), {'k': [1.5], 't': 'x'})",
    "with params that cannot be": "(numpy.array([1.5]), {'k': None})",
    "triple": "(1, 2, 3)",
    "set": "{1, 2}",
    "None": "None",
}


def evaluate(text):
    """Return the value of one of the texts above."""
    names = {"datetime": datetime, "decimal": decimal, "numpy": numpy, "pandas": pandas, "scipy": scipy}
    return eval(text, names)


def show(value):
    """Return a value as JSON that tells everything apart that a model could tell apart."""
    if isinstance(value, pandas.DataFrame):
        return {"frame": [[repr(name), str(value[name].dtype), show(list(value[name]))] for name in value.columns]}
    if isinstance(value, pandas.Series):
        return {"series": [repr(value.name), str(value.dtype), show(list(value))]}
    if isinstance(value, numpy.ndarray):
        return {"array": [str(value.dtype), list(value.shape), show(value.tolist())]}
    if scipy.sparse.issparse(value):
        return {value.format: show(value.toarray())}
    if isinstance(value, dict):
        return {"dict": [[repr(name), show(item)] for name, item in value.items()]}
    if isinstance(value, list):
        return [show(item) for item in value]
    return repr(value)


def outcome(function, *arguments):
    """Return what a call answers, or the class and the beginning of the error it raises."""
    try:
        return show(function(*arguments))
    except Exception as error:
        return {"error": type(error).__name__, "message": " ".join(str(error).split())[:60]}
