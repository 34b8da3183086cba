"""Why public names of MLflow are missing here, or differ: the first pattern that matches a dotted name counts.

A pattern without a name to explain is an error of the tests, as is a name without a reason.
"""

import re

_GENERATIVE = "traces, prompts, agents and evaluation of generative AI are out of scope"
_GATEWAY = "the AI gateway is out of scope"
_WORKSPACES = "there are no workspaces; `workspace` of entities is always `default`"
_DATABRICKS = "works on Databricks only"
_SPARK = "needs Spark"
_EVALUATION = "`mlflow.evaluate` and what belongs to it are not part of Trainyard"
_FLAVORS = "not one of the flavors; `pyfunc.log_model` takes such models"
_PROJECTS = "MLflow Projects are out of scope"
_SERVING = "serving and images of containers are out of scope"
_INTERNAL = "internal to MLflow"
_OUR_SERVER = "is set for `trainyard server`, which reads it"
_SERVER = "configures MLflow's own server"
_NOT_READ = "is not read"

ABSENT = [
    # The package
    (r"add_trace|.*trace.*|.*assessment.*|.*prompt.*|.*feedback|log_(expectation|issue)", _GENERATIVE),
    (r"tracing|start_span.*|get_current_active_span|search_sessions|genai|otel|agent|test|pytest|context", _GENERATIVE),
    (r"(create|delete|get|list|set|update)_workspaces?", _WORKSPACES),
    (r"gateway", _GATEWAY),
    (r"evaluate|validate_evaluation_results|metrics|MetricThreshold", _EVALUATION),
    (r"projects|run", _PROJECTS),
    (r"login|(tracking\.fluent\.)?import_checkpoints|legacy_databricks_cli", _DATABRICKS),
    (r"pyspark|spark|data\.(from_spark|load_delta)|types\.Schema\.as_spark_schema|pyfunc\.spark_udf", _SPARK),
    (
        r"ag2|agno|anthropic|autogen|azure|bedrock|crewai|dspy|gemini|groq|haystack|langchain|litellm|llama_index|"
        r"mistral|openai|pydantic_ai|semantic_kernel|smolagents|strands|txtai|typesafe|johnsnowlabs",
        _GENERATIVE,
    ),
    (
        r"catboost|diffusers|h2o|paddle|pmdarima|prophet|rfunc|sentence_transformers|shap|spacy|statsmodels|"
        r"transformers",
        _FLAVORS,
    ),
    (r"error_classification|mismatch|ml_package_versions|telemetry", _INTERNAL),
    (r"ActiveModel\.last_active_model_context|tracking\.fluent\.ActiveModelContext", _INTERNAL),
    # The client
    (r"MlflowClient\.\w*(span|skill)\w*", _GENERATIVE),
    (r"MlflowClient\.\w*mcp_\w*", _GENERATIVE),
    (
        r"MlflowClient\.\w*dataset\w*",
        "evaluation datasets are for generative AI, which this package leaves out; a Trainyard server has their "
        "routes, for the stock client",
    ),
    (r"MlflowClient\.\w*workspace\w*", _WORKSPACES),
    # Entities
    (
        r"entities\.(Assessment|Dataset(Record|RecordSource|RecordSourceType)$|Document|Expectation|Feedback|Issue|"
        r"Live|MCP|NoOp|OCI|Git|Zip|Mlflow|Prompt|Scorer|Session|Skill|Span|Trace|Link$|Connect|EntityAssociation).*",
        _GENERATIVE,
    ),
    (r"entities\.(Budget|Fallback|Gateway|Guardrail|Routing).*", _GATEWAY),
    (r"data\.sources\.UCVolumeDatasetSource", _DATABRICKS),
    (r"entities\.(InferenceTableLocation|UCSchemaLocation|UnityCatalog)", _DATABRICKS),
    (r"entities\.Workspace.*", _WORKSPACES),
    (r"entities\.SourceType\.SOURCETYPE_TO_STRING", "a table behind `from_string` and `to_string`, which are here"),
    (r"entities\.model_registry\.Prompt.*", _GENERATIVE),
    (r"entities\.model_registry\.\w*(DeploymentJobState|Search)", _DATABRICKS),
    # Exceptions
    (r"exceptions\.Mlflow(Trace|Tracing)\w*", _GENERATIVE),
    # Models
    (r"models\.(evaluate|list_evaluators|make_metric|Evaluation\w+|MetricThreshold)", _EVALUATION),
    (r"models\.(build_docker|FlavorBackend)", _SERVING),
    (r"models\.(Resource|ResourceType|set_retriever_schema)", _DATABRICKS),
    (r"models\.add_libraries_to_model", "wheels inside model directories are not made"),
    (r"models\.(model|signature)\.(set|update)_\w+", "under `mlflow.models`, where MLflow documents it"),
    (r"models\.model\.(Files|get_model_requirements_files)|types\.schema\.BaseType", _INTERNAL),
    (r"types(\.schema)?\.ParamSpec\.ParamSpecTypedDict", _INTERNAL),
    # Functions of a model
    (r"pyfunc\.(Chat|Responses)\w+", _GENERATIVE),
    (r"pyfunc\.(DBConnectArtifactCache|build_model_env|archive_directory|extract_archive_to_dir)", _DATABRICKS),
    (r"pyfunc\.(Context|EnvType|set_prediction_context|update_signature_for_type_hint_from_example)", _INTERNAL),
    # Runs
    (r"tracking\.context\.registry\.RunContextProviderRegistry", "tags come from the environment, not from plug-ins"),
    # Tags
    (r"utils\.mlflow_tags\.MLFLOW_DATABRICKS_\w+|utils\.mlflow_tags\.MLFLOW_EXPERIMENT_DATABRICKS_\w+", _DATABRICKS),
    (r"utils\.mlflow_tags\.MLFLOW_(GENAI|TRACE|ISSUE|LATEST_ONLINE|EXPERIMENT_SESSION|RUN_TYPE_)\w+", _GENERATIVE),
    (r"utils\.mlflow_tags\.MLFLOW_EXPERIMENT_IS_GATEWAY", _GATEWAY),
    (r"utils\.mlflow_tags\.MLFLOW_CUSTOM_VIEW_TAG_PREFIX", "belongs to MLflow's web pages"),
    # Environment variables
    (
        r"environment_variables\.MLFLOW_(ASYNC_TRACE|TRACE|TRACING|GENAI|ISSUE|PROMPT|ONLINE_SCORING|ASSISTANT|MCP|"
        r"SKILL|JUDGE|OTEL|OPENTELEMETRY|DEFAULT_PREDICTION|LANGCHAIN|AUTOGEN|DSPY|OPENAI|LITELLM|SEARCH_TRACES|"
        r"ENABLE_(TRACE|OTEL|OTLP|ASYNC_TRACE|GENAI|AI)|USE_(BATCH_SPAN|DEFAULT_TRACER)|\w*PROMPT|\w*SPAN|\w*SCORER|"
        r"\w*TRAC(E|ING)_)\w*",
        _GENERATIVE,
    ),
    (r"environment_variables\.MLFLOW_\w*GATEWAY\w*", _GATEWAY),
    (r"environment_variables\.MLFLOW_\w*(DATABRICKS|_UC_|UNITY|DBFS|SQL_WAREHOUSE|SGC)\w*", _DATABRICKS),
    (r"environment_variables\.MLFLOW_\w*WORKSPACE\w*", _WORKSPACES),
    (r"environment_variables\.MLFLOW_WEBHOOK_CACHE_TTL", "changes of webhooks hold at once"),
    (r"environment_variables\.MLFLOW_\w*WEBHOOK\w*", _OUR_SERVER),
    (r"environment_variables\.MLFLOW_SERVER_(ALLOWED_HOSTS|CORS_ALLOWED_ORIGINS)", _OUR_SERVER),
    (r"environment_variables\.MLFLOW_ENABLE_PROXY_MULTIPART_(UP|DOWN)LOAD", _OUR_SERVER),
    (
        r"environment_variables\.MLFLOW_\w*(SERVER|AUTH_|SQLALCHEMY|GUNICORN|UVICORN|JOB|SCORING|DEPLOYMENT|DOCKER|"
        r"CORS|ALLOWED_HOST|X_FRAME)\w*",
        _SERVER,
    ),
    (r"environment_variables\.\w+", _NOT_READ),
]

# Names that are here with other arguments, by pattern as above.
DIFFERENT = [
    (r"MlflowClient", f"no `workspace_store_uri`: {_WORKSPACES}"),
    (r"create_experiment|set_experiment", f"no `trace_location`: {_GENERATIVE}"),
    (r"data\.sources\.\w+\.load", "takes no further arguments, which MLflow ignores"),
    (r"models\.Model", "`model_uuid` and `mlflow_version` are made up when left out, not in the signature"),
    (r"models\.model\.ModelInfo", "made by `log_model`; its attributes are MLflow's"),
    (r"models\.infer_pip_requirements", "one more keyword: `infer`"),
    (r"models\.predict", "runs in this environment; no environment is built"),
    (r"pyfunc\.PyFuncModel", "made by `load_model`"),
    (r"tracking\.context\.registry\.resolve_tags", "no `ignore`: there are no plug-ins to leave out"),
    (r"utils\.async_logging\.run_operations\.RunOperations", "made by logging calls; has MLflow's `wait`"),
]

# The same of names that only an installed framework can tell of.
WITH_FRAMEWORK = [
    (
        r"(pytorch|tensorflow)\.MlflowModelCheckpointCallback(\.\w+)?",
        "without the methods `save_checkpoint` and `check_and_save_checkpoint_if_needed`",
    ),
    (r"tensorflow\.M[Ll]flowCallback", "one more keyword: `model_id`"),
]


def reason(rules, name):
    """Return the reason for a name, or ``None``."""
    rule = matching(rules, name)
    return rule[1] if rule else None


def matching(rules, name):
    """Return the first rule that matches a name, or ``None``."""
    return next((rule for rule in rules if re.fullmatch(rule[0], name)), None)
