# Written by python/tools/stub_files.py from the package itself; do not edit.
import enum
from typing import Any

class DataType(enum.Enum):
    @classmethod
    def all_types(cls) -> Any: ...
    @classmethod
    def from_numpy_type(cls, np_type: Any) -> Any: ...
    @classmethod
    def check_type(cls, data_type: Any, value: Any) -> Any: ...
    def to_numpy(self) -> Any: ...
    def to_pandas(self) -> Any: ...
    def to_python(self) -> Any: ...
    boolean = 1
    integer = 2
    long = 3
    float = 4
    double = 5
    string = 6
    binary = 7
    datetime = 8
