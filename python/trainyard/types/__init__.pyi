# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.types import type_hints as type_hints
from trainyard.types.datatypes import DataType as DataType
from trainyard.types.nested import AnyType as AnyType
from trainyard.types.nested import Array as Array
from trainyard.types.nested import Map as Map
from trainyard.types.nested import Object as Object
from trainyard.types.nested import Property as Property
from trainyard.types.nested import SparkMLVector as SparkMLVector
from trainyard.types.params import ParamSchema as ParamSchema
from trainyard.types.params import ParamSpec as ParamSpec
from trainyard.types.schema import ColSpec as ColSpec
from trainyard.types.schema import Schema as Schema
from trainyard.types.schema import TensorSpec as TensorSpec

__all__ = [
    "AnyType",
    "Array",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorSpec",
    "type_hints",
]
