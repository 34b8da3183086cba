"""Model directories: signatures, MLmodel files, input examples, models as code, and predicting from files."""

from trainyard.models.code import set_model
from trainyard.models.example import ModelInputExample, convert_input_example_to_serving_input
from trainyard.models.inference import infer_pip_requirements
from trainyard.models.model import Model, ModelInfo, get_model_info
from trainyard.models.model_config import ModelConfig
from trainyard.models.prediction import predict, validate_serving_input
from trainyard.models.signature import ModelSignature, infer_signature
from trainyard.models.stored import set_signature, update_model_requirements
from trainyard.types.enforce import validate_schema

__all__ = [
    "Model",
    "ModelConfig",
    "ModelInfo",
    "ModelInputExample",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "get_model_info",
    "infer_pip_requirements",
    "infer_signature",
    "predict",
    "set_model",
    "set_signature",
    "update_model_requirements",
    "validate_schema",
    "validate_serving_input",
]
