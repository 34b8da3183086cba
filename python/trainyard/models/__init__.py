"""Model directories: signatures, MLmodel files, input examples."""

from trainyard.models.example import convert_input_example_to_serving_input
from trainyard.models.model import Model, ModelInfo, get_model_info
from trainyard.models.signature import ModelSignature, infer_signature

__all__ = [
    "Model",
    "ModelInfo",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_signature",
]
