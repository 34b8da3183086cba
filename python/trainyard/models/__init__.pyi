# Written by python/tools/stub_files.py from the package itself; do not edit.
from typing import Any

from trainyard.models.code import set_model as set_model
from trainyard.models.example import convert_input_example_to_serving_input as convert_input_example_to_serving_input
from trainyard.models.inference import infer_pip_requirements as infer_pip_requirements
from trainyard.models.model import Model as Model
from trainyard.models.model import ModelInfo as ModelInfo
from trainyard.models.model import get_model_info as get_model_info
from trainyard.models.model_config import ModelConfig as ModelConfig
from trainyard.models.prediction import predict as predict
from trainyard.models.prediction import validate_serving_input as validate_serving_input
from trainyard.models.signature import ModelSignature as ModelSignature
from trainyard.models.signature import infer_signature as infer_signature
from trainyard.models.stored import set_signature as set_signature
from trainyard.models.stored import update_model_requirements as update_model_requirements
from trainyard.types.enforce import validate_schema as validate_schema

ModelInputExample: Any
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
