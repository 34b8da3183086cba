"""Whether a pt2 archive can be loaded without running code that it brings along.

``torch.export.load`` by itself unpickles some records, evaluates expressions and conditions about sizes as code, and
looks for the operations of a graph in the whole of torch. So with ``TRAINYARD_SAFE_ONLY`` the archive is checked first.
"""

import ast
import json
import re
import zipfile

from trainyard.models.loading import refuse_code_to_load

# Records of an archive, below its top folder.
_TEXTS = re.compile(r"(\.data/)?(archive_format|archive_version|version|byteorder|serialization_id)")
_TENSORS = re.compile(r"data/(weights/weight|constants/tensor)_\d+")
_CONFIGS = re.compile(r"data/(weights|constants)/[\w.-]+_config\.json")
_SAMPLE_INPUTS = re.compile(r"data/sample_inputs/[\w.-]+\.pt")
_GRAPHS = re.compile(r"models/[\w.-]+\.json")

# Operations of tensors and of the sizes of tensors.
_OPERATIONS = re.compile(
    r"torch\.ops\.(aten|prims|prim|higher_order|quantized|quantized_decomposed|torchvision)\.\w+(\.\w+)?"
    r"|_operator\.(add|sub|mul|truediv|floordiv|mod|pow|neg|pos|abs|eq|ne|lt|le|gt|ge|and_|or_|not_|getitem)"
    r"|math\.(ceil|floor|trunc|sqrt)|torch\.sym_(float|int|ite|max|min|not|sqrt|sum)"
)
# What expressions about sizes are made of: symbols such as s0, numbers, and functions of SymPy and torch.
_SYMBOL = re.compile(r"[a-z]{1,3}\d+|oo|int_oo|inf")
_FUNCTIONS = {
    "Abs", "Add", "And", "CeilDiv", "CeilToInt", "CleanDiv", "Eq", "Equality", "Float", "FloatPow", "FloatTrueDiv",
    "FloorDiv", "FloorToInt", "Ge", "GreaterThan", "Gt", "Identity", "IntTrueDiv", "Integer", "LShift", "Le",
    "LessThan", "Lt", "Max", "Min", "Mod", "ModularIndexing", "Mul", "Ne", "Not", "Or", "Pow", "PowByNatural",
    "PythonMod", "RShift", "Rational", "RoundToInt", "StrictGreaterThan", "StrictLessThan", "Symbol", "ToFloat",
    "TruncToFloat", "TruncToInt", "Unequality", "Where",
}  # fmt: skip
_METHODS = {"size", "stride", "storage_offset", "numel", "dim"}
_PLAIN_NODES = (
    ast.Expression, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Load, ast.boolop, ast.operator, ast.unaryop,
    ast.cmpop, ast.keyword,
)  # fmt: skip
_WORD = re.compile(r"[\w.]*")


def check_pt2(path):
    """Raise unless a pt2 archive holds nothing but tensors, texts and a graph of tensor operations."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        _refuse("is no pt2 archive")
    with archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        records = {name: name.partition("/")[2] for name in names}
        pickled = set()
        for name, record in records.items():
            if _CONFIGS.fullmatch(record):
                pickled |= _pickled(_json(archive, name), record)
        for name, record in records.items():
            if _GRAPHS.fullmatch(record):
                _check_graph(_json(archive, name), record)
            elif _SAMPLE_INPUTS.fullmatch(record) or _CONFIGS.fullmatch(record) or _TEXTS.fullmatch(record):
                # torch loads sample inputs as tensors only.
                continue
            elif not _TENSORS.fullmatch(record) or record in pickled:
                _refuse(f"has the record {record!r}, which is no plain tensor")


def _pickled(config, record):
    """Return the records that a list of weights or constants says are pickles."""
    folder = record.rpartition("/")[0]
    found = set()
    for entry in (config.get("config") or {}).values():
        if not isinstance(entry, dict) or entry.get("use_pickle") is not False:
            found.add(f"{folder}/{entry.get('path_name') if isinstance(entry, dict) else entry}")
    return found


def _check_graph(value, record):
    if isinstance(value, list):
        for item in value:
            _check_graph(item, record)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "target" and isinstance(item, str) and "inputs" in value and not _OPERATIONS.fullmatch(item):
                _refuse(f"has the operation {item!r} in {record!r}, which is no operation of tensors")
            if key in ("expr_str", "guards_code"):
                for expression in item if isinstance(item, list) else [item]:
                    if not _is_plain(expression):
                        _refuse(f"has the expression {expression!r} in {record!r}, which is none of sizes")
            if key in ("forward_arg_names", "in_spec", "out_spec") and not _has_words_only(item):
                _refuse(f"has names in {record!r} that are none of arguments")
            if key == "as_custom_obj" or (key == "as_operator" and not _OPERATIONS.fullmatch(str(item))):
                _refuse(f"has an object of its own in {record!r}")
            _check_graph(item, record)


def _is_plain(expression):
    """Tell whether an expression only compares and computes sizes: torch evaluates it."""
    if not isinstance(expression, str):
        return False
    try:
        return all(map(_is_plain_node, ast.walk(ast.parse(expression.strip(), mode="eval"))))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _is_plain_node(node):
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, (str, bytes)) or bool(_WORD.fullmatch(str(node.value)))
    if isinstance(node, ast.Name):
        return node.id in _FUNCTIONS or node.id == "L" or bool(_SYMBOL.fullmatch(node.id))
    if isinstance(node, ast.Attribute):
        return node.attr in _METHODS
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name | ast.Attribute) and all(keyword.arg for keyword in node.keywords)
    return isinstance(node, (*_PLAIN_NODES, ast.Subscript))


def _has_words_only(value):
    """Tell whether all texts in a value, and in the JSON that a text may be, are words: torch puts them into code."""
    if isinstance(value, dict):
        return all(_has_words_only(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return all(map(_has_words_only, value))
    if not isinstance(value, str) or _WORD.fullmatch(value):
        return True
    try:
        return _has_words_only(json.loads(value))
    except ValueError:
        return False


def _json(archive, name):
    try:
        return json.loads(archive.read(name))
    except ValueError:
        _refuse(f"has a record {name!r} that cannot be read")


def _refuse(reason):
    refuse_code_to_load(f"a pt2 archive that {reason}", "save the model again with serialization_format='pt2'")
