"""The description of a model directory (its ``MLmodel`` file), and logging a model into a run."""

import os

from trainyard import _core
from trainyard.models.signature import ModelSignature

MLMODEL_FILE = "MLmodel"


class Model:
    """What an ``MLmodel`` file says.

    Parameters
    ----------
    artifact_path
        URI of the model directory, once the model is logged.
    run_id
        Run that logged it.
    utc_time_created
        Time of making; now when left out.
    flavors
        By flavor, what its loader needs.
    signature
        Schemas of inputs, outputs and params.
    saved_input_example_info
        Where the input example lies and how to read it.
    model_uuid
        Id of the directory; one is made when left out.
    mlflow_version
        Version of MLflow that reads the directory.
    metadata
        The caller's own notes.
    model_size_bytes
        Size of the model's own files.
    model_id
        Id of the logged model.
    """

    def __init__(
        self,
        artifact_path=None,
        run_id=None,
        utc_time_created=None,
        flavors=None,
        signature=None,
        saved_input_example_info=None,
        model_uuid=None,
        mlflow_version=None,
        metadata=None,
        model_size_bytes=None,
        resources=None,
        env_vars=None,
        auth_policy=None,
        model_id=None,
        prompts=None,
        **kwargs,
    ):
        new = _core.new_model()
        self.artifact_path = artifact_path
        self.run_id = run_id
        self.utc_time_created = str(utc_time_created or new["utc_time_created"])
        self.flavors = flavors if flavors is not None else {}
        self.signature = signature
        self.saved_input_example_info = saved_input_example_info
        self.model_uuid = model_uuid or new["model_uuid"]
        self.mlflow_version = mlflow_version or new["mlflow_version"]
        self.metadata = metadata
        self.model_size_bytes = model_size_bytes
        self.resources = resources
        self.env_vars = env_vars
        self.auth_policy = auth_policy
        self.model_id = model_id
        self.prompts = prompts
        self._other = kwargs
        # Set while the model is being logged: what has been written is sent, and MLmodel is left to it.
        self._delivery = None

    def add_flavor(self, name, **params):
        """Say what the loader of a flavor needs, and return the model.

        Parameters
        ----------
        name : str
            Name of the flavor, such as ``"sklearn"``.
        **params
            What its loader needs, as values of YAML.

        Returns
        -------
        Model
            This model.
        """
        self.flavors[name] = params
        return self

    def get_input_schema(self):
        """Return the schema of the inputs, or ``None``."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self):
        """Return the schema of the outputs, or ``None``."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self):
        """Return the schema of the params, or ``None``."""
        return self.signature.params if self.signature else None

    def load_input_example(self, path=None):
        """Return the data of the saved input example of the model directory at ``path``, or ``None``.

        Parameters
        ----------
        path : str
            The model directory; by default the one that the model was logged to.

        Returns
        -------
        The example in the form that it was given in, or ``None`` when the model has none.
        """
        if self.saved_input_example_info is None:
            return None
        from trainyard.models.example import load_example

        folder = _local(path or self.artifact_path)
        return load_example(folder, self.saved_input_example_info, self.get_input_schema())

    def load_input_example_params(self, path):
        """Return the params of the saved input example of the model directory at ``path``, or ``None``.

        Parameters
        ----------
        path : str
            The model directory.

        Returns
        -------
        dict
            Params by name, or ``None``.
        """
        if self.saved_input_example_info is None:
            return None
        from trainyard.models.example import load_example_params

        return load_example_params(_local(path), self.saved_input_example_info)

    def get_serving_input(self, path):
        """Return the JSON body with which a scoring server is sent the saved input example, or ``None``.

        Parameters
        ----------
        path : str
            The model directory.

        Returns
        -------
        str
            The body, or ``None`` when the model has no example.
        """
        if self.saved_input_example_info is None:
            return None
        file_name = self.saved_input_example_info.get("serving_input_path")
        if file_name is None:
            return None
        with open(os.path.join(_local(path), file_name), encoding="utf-8") as file:
            return file.read()

    def _is_signature_from_type_hint(self):
        return bool(self.signature) and self.signature._is_signature_from_type_hint

    def _is_type_hint_from_example(self):
        return bool(self.signature) and self.signature._is_type_hint_from_example

    def __eq__(self, other):
        return isinstance(other, Model) and self.to_dict() == other.to_dict()

    __hash__ = None

    def __str__(self):
        return self.to_yaml()

    def get_model_info(self, logged_model=None):
        """Return what ``log_model`` returns for the model.

        Parameters
        ----------
        logged_model : LoggedModel
            The logged model that it was recorded as, if it was.

        Returns
        -------
        ModelInfo
            Its description.
        """
        return ModelInfo(self, logged_model)

    def get_tags_dict(self):
        """Return where the model comes from and its flavors, without their configuration."""
        fields = self.to_dict()
        names = ("run_id", "utc_time_created", "artifact_path", "model_uuid")
        tags = {name: fields[name] for name in names if name in fields}
        tags["flavors"] = {
            flavor: {key: value for key, value in conf.items() if key != "config"}
            for flavor, conf in fields["flavors"].items()
        }
        return tags

    def to_dict(self):
        """Return the fields of the ``MLmodel`` file."""
        fields = dict(self._other)
        for name in ("utc_time_created", "flavors", "model_uuid", "mlflow_version", "model_id", "prompts"):
            fields[name] = getattr(self, name)
        for name in (
            "artifact_path",
            "run_id",
            "saved_input_example_info",
            "metadata",
            "model_size_bytes",
            "resources",
            "env_vars",
            "auth_policy",
        ):
            if getattr(self, name) is not None:
                fields[name] = getattr(self, name)
        if self.signature is not None:
            fields["signature"] = self.signature.to_dict()
            fields["is_signature_from_type_hint"] = self.signature._is_signature_from_type_hint
            fields["type_hint_from_example"] = self.signature._is_type_hint_from_example
        return fields

    def to_yaml(self, stream=None):
        """Return the text of the ``MLmodel`` file, or write it to a stream.

        Parameters
        ----------
        stream
            A text file to write to; the text is returned when left out.
        """
        text = _core.model_yaml(self.to_dict())
        return text if stream is None else stream.write(text)

    def to_json(self):
        """Return the fields as JSON."""
        import json

        return json.dumps(self.to_dict())

    def save(self, path):
        """Write the ``MLmodel`` file.

        Parameters
        ----------
        path : str
            Where the file goes.
        """
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.to_yaml())

    def finish(self, folder):
        """Complete a model directory whose other files are written: record their digests and write ``MLmodel``."""
        self._take(_core.write_model(folder, self.to_dict()))

    @classmethod
    def load(cls, path):
        """Read the ``MLmodel`` file of a model directory, or the file itself, local or by model URI.

        Parameters
        ----------
        path : str
            Model directory, ``MLmodel`` file or model URI.

        Returns
        -------
        Model
            What the file says.

        Raises
        ------
        MlflowException
            When there is no model, or its file cannot be read.
        """
        folder = _local(path)
        if os.path.isfile(folder):
            folder = os.path.dirname(folder)
        return cls.from_dict(_core.read_model(folder))

    @classmethod
    def from_dict(cls, model_dict):
        """Make the model from the fields of an ``MLmodel`` file.

        Parameters
        ----------
        model_dict : dict
            The fields, as :meth:`to_dict` returns them.

        Returns
        -------
        Model
            The model.
        """
        model = cls.__new__(cls)
        for name in _FIELDS:
            setattr(model, name, None)
        model.flavors = {}
        model._delivery = None
        model._take(model_dict)
        return model

    def _take(self, fields):
        self._other = {name: value for name, value in fields.items() if name not in _FIELDS}
        for name in _FIELDS:
            if name in fields:
                value = fields[name]
                if name == "signature" and value is not None:
                    value = ModelSignature.from_dict(value)
                    value._is_signature_from_type_hint = bool(fields.get("is_signature_from_type_hint"))
                    value._is_type_hint_from_example = bool(fields.get("type_hint_from_example"))
                setattr(self, name, value)

    @classmethod
    def log(
        cls,
        artifact_path,
        flavor,
        registered_model_name=None,
        await_registration_for=300,
        metadata=None,
        run_id=None,
        resources=None,
        auth_policy=None,
        prompts=None,
        name=None,
        model_type=None,
        params=None,
        tags=None,
        step=0,
        model_id=None,
        **kwargs,
    ):
        """Save a model with a flavor's ``save_model(path=…, mlflow_model=…, **kwargs)`` and log it.

        Parameters
        ----------
        artifact_path : str
            Older name of ``name``.
        flavor
            The module of the flavor.
        registered_model_name : str
            Name to register a version of the model under.
        await_registration_for : int
            Seconds to wait for the version to be ready.
        metadata : dict
            Free data for the ``MLmodel`` file.
        run_id : str
            The run; by default the active one.
        resources, auth_policy, prompts
            For MLflow's signature.
        name : str
            Name of the logged model.
        model_type : str
            Free text about the kind of model.
        params, tags : dict
            Of the logged model.
        step : int
            Training step at which the model was made.
        model_id : str
            An existing logged model to fill.
        **kwargs
            Further arguments of ``save_model``.

        Returns
        -------
        ModelInfo
            Its description.
        """
        from trainyard.models.logging import log_model

        return log_model(
            lambda folder, model: flavor.save_model(path=folder, mlflow_model=model, **kwargs),
            name=name,
            artifact_path=artifact_path,
            registered_model_name=registered_model_name,
            await_registration_for=await_registration_for,
            metadata=metadata,
            run_id=run_id,
            model_type=model_type,
            params=params,
            tags=tags,
            step=step,
            model_id=model_id,
            prompts=prompts,
            resources=resources,
            auth_policy=auth_policy,
        )


_FIELDS = (
    "artifact_path",
    "run_id",
    "utc_time_created",
    "flavors",
    "signature",
    "saved_input_example_info",
    "model_uuid",
    "mlflow_version",
    "metadata",
    "model_size_bytes",
    "resources",
    "env_vars",
    "auth_policy",
    "model_id",
    "prompts",
)


class ModelInfo:
    """What ``log_model`` returns: the description of the model, and where it can be loaded from."""

    def __init__(self, model, logged_model=None, registered_model_version=None):
        self.artifact_path = model.artifact_path
        self.flavors = model.flavors
        self.model_uuid = model.model_uuid
        self.model_id = model.model_id
        self.run_id = model.run_id
        self.saved_input_example_info = model.saved_input_example_info
        self.signature = model.signature
        self.utc_time_created = model.utc_time_created
        self.mlflow_version = model.mlflow_version
        self.metadata = model.metadata
        self.env_vars = model.env_vars
        self.prompts = model.prompts
        self.registered_model_version = registered_model_version
        self._logged_model = logged_model

    @property
    def model_uri(self):
        """URI under which the model can be loaded."""
        return f"models:/{self.model_id}" if self.model_id else self.artifact_path

    @property
    def signature_dict(self):
        """The signature as the texts of the ``MLmodel`` file."""
        return self.signature.to_dict() if self.signature else None

    @property
    def name(self):
        """Name of the logged model."""
        return self._logged_model.name if self._logged_model else None

    @property
    def creation_timestamp(self):
        """When the logged model was made, in milliseconds since the epoch."""
        return self._logged_model.creation_timestamp if self._logged_model else None

    @property
    def params(self):
        """Params of the logged model."""
        return self._logged_model.params if self._logged_model else None

    @property
    def tags(self):
        """Tags of the logged model."""
        return self._logged_model.tags if self._logged_model else None

    @property
    def metrics(self):
        """Metrics of the logged model."""
        return self._logged_model.metrics if self._logged_model else None


def get_model_info(model_uri):
    """Return the description of a model by its URI or local folder.

    Parameters
    ----------
    model_uri : str
        ``models:/…``, ``runs:/…``, the URI of an artifact, or a folder.

    Returns
    -------
    ModelInfo
        Flavors, signature and the rest of what the ``MLmodel`` file says.

    Raises
    ------
    MlflowException
        When there is no model.
    """
    return Model.load(model_uri).get_model_info()


def _local(path):
    """Return the local folder of a model that is given by its URI, its folder or its ``MLmodel`` file."""
    path = os.fspath(path)
    if os.path.exists(path):
        return path
    from trainyard.models.loading import download_model

    return download_model(path)
