"""Data types of model signatures, with the names of MLflow's."""

from trainyard.types import type_hints
from trainyard.types.datatypes import DataType
from trainyard.types.nested import AnyType, Array, Map, Object, Property, SparkMLVector
from trainyard.types.schema import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

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
