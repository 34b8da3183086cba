"""Model directories: signatures, MLmodel files, input examples, and models as code."""

from trainyard.models.example import convert_input_example_to_serving_input
from trainyard.models.model import Model, ModelInfo, get_model_info
from trainyard.models.signature import ModelSignature, infer_signature, set_signature
from trainyard.types.enforce import validate_schema

__all__ = [
    "Model",
    "ModelInfo",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_signature",
    "set_signature",
    "validate_schema",
]
