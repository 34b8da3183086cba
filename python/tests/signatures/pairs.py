"""Schemas and inputs of which every pair is checked, here and under stock MLflow."""


def column(kind, name="a", required=True):
    """Return the JSON of one column."""
    kind = {"type": kind} if isinstance(kind, str) else kind
    return {**kind, **({} if name is None else {"name": name}), "required": required}


def tensor(dtype, shape, name=None):
    """Return the JSON of one tensor."""
    spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}
    return spec if name is None else {"name": name, **spec}


_ARRAY = {"type": "array", "items": {"type": "long"}}
_OBJECT = {
    "type": "object",
    "properties": {"k": {"type": "long", "required": True}, "m": {"type": "string", "required": False}},
}
_DEEP = {"type": "array", "items": _OBJECT}

SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]

SCHEMAS = {
    **{kind: [column(kind)] for kind in SCALARS},
    **{f"unnamed {kind}": [column(kind, None)] for kind in ("long", "double", "string", "boolean")},
    "optional": [column("double", required=False), column("string", "b", required=False)],
    "two": [column("long", "b"), column("double", "a")],
    "two unnamed": [column("double", None), column("double", None)],
    "any": [column("any", None)],
    "named any": [column("any")],
    "array": [column(_ARRAY)],
    "optional array": [column(_ARRAY, required=False)],
    "array of texts": [column({"type": "array", "items": {"type": "string"}})],
    "array of dates": [column({"type": "array", "items": {"type": "datetime"}})],
    "array of doubles": [column({"type": "array", "items": {"type": "double"}})],
    "array of anything": [column({"type": "array", "items": {"type": "any"}})],
    "array of arrays": [column({"type": "array", "items": _ARRAY})],
    "unnamed array": [column(_ARRAY, None)],
    "object": [column(_OBJECT)],
    "optional object": [column(_OBJECT, required=False)],
    "array of objects": [column(_DEEP)],
    "map": [column({"type": "map", "values": {"type": "long"}})],
    "map of anything": [column({"type": "map", "values": {"type": "any"}})],
    "map of objects": [column({"type": "map", "values": _OBJECT})],
    "tensor": [tensor("float64", [-1, 2])],
    "flat tensor": [tensor("float64", [-1])],
    "tensor of one column": [tensor("float64", [-1, 1])],
    "tensor of integers": [tensor("int64", [-1, 2])],
    "tensor of texts": [tensor("str", [-1])],
    "tensor of objects": [tensor("object", [-1])],
    "tensor of any width": [tensor("float64", [-1, -1])],
    "tensor of three dimensions": [tensor("float64", [-1, 2, 2])],
    "named tensor": [tensor("float64", [-1, 2], "a")],
    "named flat tensor": [tensor("float64", [-1], "a")],
    "named tensors": [tensor("float64", [-1, 2], "a"), tensor("int64", [-1], "b")],
}

INPUTS = {
    **{
        f"frame of {kind}": f"pandas.DataFrame({{'a': numpy.array([0, 7]).astype('{kind}')}})"
        for kind in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64")
    },
    **{
        f"frame of {kind}": f"pandas.DataFrame({{'a': numpy.array([0.5, 7]).astype('{kind}')}})"
        for kind in ("float16", "float32", "float64", "complex128")
    },
    "frame of zeros and ones": "pandas.DataFrame({'a': [0, 1]})",
    "frame of whole floats with NaN": "pandas.DataFrame({'a': [1.0, float('nan')]})",
    "frame of texts": "pandas.DataFrame({'a': ['x', 'y']})",
    "frame of texts and None": "pandas.DataFrame({'a': ['x', None]})",
    "frame of dates as texts": "pandas.DataFrame({'a': numpy.array(['2024-01-02', '2024-01-03'], object)})",
    "frame of bytes": "pandas.DataFrame({'a': [b'x', b'y']})",
    "frame of dates": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02', '2024-01-03'])})",
    "frame of seconds": "pandas.DataFrame({'a': numpy.array(['2024-01-02'], 'datetime64[s]')})",
    "frame with a time zone": "pandas.DataFrame({'a': pandas.to_datetime(['2024-01-02']).tz_localize('UTC')})",
    "frame of python dates": "pandas.DataFrame({'a': [datetime.date(2024, 1, 2)]})",
    "frame of decimals": "pandas.DataFrame({'a': [decimal.Decimal('1.5'), None]})",
    "frame of objects of integers": "pandas.DataFrame({'a': numpy.array([1, 2], object)})",
    "frame of integers and None": "pandas.DataFrame({'a': numpy.array([1, None], object)})",
    "frame of booleans and None": "pandas.DataFrame({'a': numpy.array([True, None], object)})",
    "frame of nullable integers": "pandas.DataFrame({'a': pandas.array([1, 2], dtype='Int64')})",
    "frame of nullable integers with none": "pandas.DataFrame({'a': pandas.array([1, None], dtype='Int64')})",
    "frame of categories": "pandas.DataFrame({'a': pandas.Categorical(['x', 'y'])})",
    "frame of lists": "pandas.DataFrame({'a': [[1, 2], [3, 4]]})",
    "frame of lists of two sizes": "pandas.DataFrame({'a': [[1, 2], [3]]})",
    "frame of lists and None": "pandas.DataFrame({'a': [[1, 2], None]})",
    "frame of empty lists": "pandas.DataFrame({'a': [[], []]})",
    "frame of arrays": "pandas.DataFrame({'a': [numpy.array([1.5, 2.5]), numpy.array([3.5, 4.5])]})",
    "frame of integer arrays": "pandas.DataFrame({'a': [numpy.array([1, 2]), numpy.array([3, 4])]})",
    "frame of lists of texts": "pandas.DataFrame({'a': [['x', 'y']]})",
    "frame of lists of dates": "pandas.DataFrame({'a': [[datetime.datetime(2024, 1, 2)]]})",
    "frame of lists of lists": "pandas.DataFrame({'a': [[[1, 2], [3]]]})",
    "frame of dicts": "pandas.DataFrame({'a': [{'k': 1, 'm': 'x'}, {'k': 2}]})",
    "frame of dicts with a stranger": "pandas.DataFrame({'a': [{'k': 1, 'z': 'x'}]})",
    "frame of dicts without a key": "pandas.DataFrame({'a': [{'m': 'x'}]})",
    "frame of dicts of a wrong type": "pandas.DataFrame({'a': [{'k': 'x'}]})",
    "frame of dicts and None": "pandas.DataFrame({'a': [{'k': 1}, None]})",
    "frame of empty dicts": "pandas.DataFrame({'a': [{}]})",
    "frame of lists of dicts": "pandas.DataFrame({'a': [[{'k': 1}, {'k': 2, 'm': 'x'}]]})",
    "frame of dicts of dicts": "pandas.DataFrame({'a': [{'x': {'k': 1}}]})",
    "two columns": "pandas.DataFrame({'a': [1.5, 2.5], 'b': [1, 2]})",
    "two columns and a stranger": "pandas.DataFrame({'z': [0], 'b': [1], 'a': [1.5]}, index=[5])",
    "columns of numbers": "pandas.DataFrame([[1.5, 2.5], [3.5, 4.5]])",
    "another column": "pandas.DataFrame({'z': [1.5]})",
    "no rows": "pandas.DataFrame({'a': pandas.Series([], dtype='float64')})",
    "series": "pandas.Series([1.5, 2.5], name='a')",
    "series without name": "pandas.Series([1, 2])",
    "array": "numpy.array([[1.5, 2.5], [3.5, 4.5]])",
    "array of integers": "numpy.array([[1, 2], [3, 4]])",
    "array of narrow floats": "numpy.zeros((2, 2), 'float32')",
    "flat array": "numpy.array([1.5, 2.5])",
    "array of three dimensions": "numpy.zeros((1, 2, 2))",
    "array of texts": "numpy.array(['x', 'yz'])",
    "array of bytes": "numpy.array([b'x', b'yz'])",
    "array of objects": "numpy.array([[1.5], [2.5, 3.5], []], object)",
    "sparse": "scipy.sparse.csr_matrix(numpy.eye(2))",
    "dict of arrays": "{'a': numpy.zeros((2, 2)), 'b': numpy.zeros(2, 'int64')}",
    "dict of flat arrays": "{'a': numpy.array([1.5]), 'b': numpy.array([2])}",
    "dict of lists": "{'a': [1.5, 2.5], 'b': [1, 2]}",
    "dict of scalars": "{'a': 1.5, 'b': 2}",
    "dict of a text": "{'a': 'x'}",
    "dict of a list of texts": "{'a': ['x', 'y']}",
    "dict of a dict": "{'a': {'k': 1}}",
    "dict of None": "{'a': None}",
    "dict of another name": "{'z': 1.5}",
    "dict of texts without dimensions": "{'a': numpy.array('x')}",
    "list": "[1.5, 2.5]",
    "list of integers": "[1, 2]",
    "list of texts": "['x', 'y']",
    "list of lists": "[[1.5, 2.5]]",
    "list of dicts": "[{'a': 1.5, 'b': 2}]",
    "list of dicts of lists": "[{'a': [1, 2]}]",
    "number": "1.5",
    "text": "'x'",
    "truth": "True",
    "None": "None",
    "set": "{1}",
}

PARAM_SCHEMAS = {
    kind: [{"name": "p", "type": kind, "default": default, "shape": None}]
    for kind, default in {
        "boolean": True,
        "integer": 1,
        "long": 1,
        "float": 1.5,
        "double": 1.5,
        "string": "x",
        "datetime": "2024-01-02T03:04:05",
    }.items()
}
PARAM_SCHEMAS["list of longs"] = [{"name": "p", "type": "long", "default": [1, 2], "shape": [-1]}]
PARAM_SCHEMAS["list of texts"] = [{"name": "p", "type": "string", "default": ["x"], "shape": [-1]}]
PARAM_SCHEMAS["object"] = [{"name": "p", "default": {"k": 1}, "shape": None, **_OBJECT}]
PARAM_SCHEMAS["None by default"] = [{"name": "p", "type": "long", "default": None, "shape": None}]

PARAM_INPUTS = [
    "None",
    "{}",
    "{'other': 1}",
    "[1]",
    *(
        f"{{'p': {value}}}"
        for value in (
            "None",
            "True",
            "1",
            "1.5",
            "'x'",
            "b'x'",
            "numpy.int8(1)",
            "numpy.int32(1)",
            "numpy.int64(1)",
            "numpy.float32(1.5)",
            "numpy.float64(1.5)",
            "'2024-01-02'",
            "datetime.datetime(2024, 1, 2)",
            "[1, 2]",
            "['x', None]",
            "[1.5]",
            "[[1]]",
            "numpy.array([1, 2])",
            "numpy.array(['x'])",
            "{'k': 2}",
            "{'k': 'x'}",
            "{'m': 'x'}",
        )
    ),
]
