"""The registry's calls of ``MlflowClient``: registered models, versions, tags and aliases."""

import time

from trainyard.entities.base import PagedList
from trainyard.entities.model_registry import ModelVersion, RegisteredModel
from trainyard.exceptions import MlflowException


class RegistryCalls:
    """Registered models and model versions."""

    def create_registered_model(self, name, tags=None, description=None, deployment_job_id=None):
        """Make a registered model without versions."""
        return self._registered_model("CreateRegisteredModel", name=name, tags=_pairs(tags), description=description)

    def get_registered_model(self, name):
        """Return a registered model."""
        return self._registered_model("GetRegisteredModel", name=name)

    def rename_registered_model(self, name, new_name):
        """Give a registered model another name."""
        return self._registered_model("RenameRegisteredModel", name=name, new_name=new_name)

    def update_registered_model(self, name, description=None, deployment_job_id=None):
        """Change the description of a registered model."""
        return self._registered_model("UpdateRegisteredModel", name=name, description=description)

    def delete_registered_model(self, name):
        """Delete a registered model with all its versions."""
        self._call_registry("DeleteRegisteredModel", name=name)

    def search_registered_models(self, filter_string=None, max_results=100, order_by=None, page_token=None):
        """Return one page of registered models."""
        answer = self._call_registry(
            "SearchRegisteredModels",
            filter=filter_string,
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        found = [RegisteredModel._from_wire(wire) for wire in answer.get("registered_models", ())]
        return PagedList(found, answer.get("next_page_token"))

    def get_latest_versions(self, name, stages=None):
        """Return the newest version of each stage."""
        answer = self._call_registry("GetLatestVersions", name=name, stages=stages)
        return [ModelVersion._from_wire(wire) for wire in answer.get("model_versions", ())]

    def set_registered_model_tag(self, name, key, value):
        """Set a tag of a registered model."""
        self._call_registry("SetRegisteredModelTag", name=name, key=key, value=str(value))

    def delete_registered_model_tag(self, name, key):
        """Remove a tag of a registered model."""
        self._call_registry("DeleteRegisteredModelTag", name=name, key=key)

    def set_registered_model_alias(self, name, alias, version):
        """Point an alias at a version."""
        self._call_registry("SetRegisteredModelAlias", name=name, alias=alias, version=str(version))

    def delete_registered_model_alias(self, name, alias):
        """Remove an alias."""
        self._call_registry("DeleteRegisteredModelAlias", name=name, alias=alias)

    def get_model_version_by_alias(self, name, alias):
        """Return the version that an alias points at."""
        return self._model_version("GetModelVersionByAlias", name=name, alias=alias)

    def create_model_version(
        self,
        name,
        source,
        run_id=None,
        tags=None,
        run_link=None,
        description=None,
        await_creation_for=300,
        model_id=None,
    ):
        """Make a new version of a registered model from a source URI."""
        version = self._model_version(
            "CreateModelVersion",
            name=name,
            source=str(source),
            run_id=run_id,
            tags=_pairs(tags),
            run_link=run_link,
            description=description,
            model_id=model_id,
        )
        return self._await_ready(version, await_creation_for)

    def copy_model_version(self, src_model_uri, dst_name):
        """Make a version of another registered model from ``models:/name/version`` or ``models:/name@alias``."""
        from trainyard.models.uri import parse_model_uri

        source = parse_model_uri(src_model_uri)
        if source.name is None:
            raise MlflowException.invalid_parameter_value(
                f"src_model_uri has to be models:/<name>/<version> or models:/<name>@<alias>, not {src_model_uri!r}"
            )
        if source.alias:
            version = self.get_model_version_by_alias(source.name, source.alias)
        else:
            version = self.get_model_version(source.name, source.version)
        try:
            self.create_registered_model(dst_name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        return self.create_model_version(
            dst_name,
            f"models:/{version.name}/{version.version}",
            run_id=version.run_id or None,
            tags=version.tags,
            description=version.description,
            model_id=version.model_id,
        )

    def get_model_version(self, name, version):
        """Return one version of a registered model."""
        return self._model_version("GetModelVersion", name=name, version=str(version))

    def update_model_version(self, name, version, description=None):
        """Change the description of a version."""
        return self._model_version("UpdateModelVersion", name=name, version=str(version), description=description)

    def transition_model_version_stage(self, name, version, stage, archive_existing_versions=False):
        """Move a version to a stage."""
        return self._model_version(
            "TransitionModelVersionStage",
            name=name,
            version=str(version),
            stage=stage,
            archive_existing_versions=archive_existing_versions,
        )

    def delete_model_version(self, name, version):
        """Delete one version."""
        self._call_registry("DeleteModelVersion", name=name, version=str(version))

    def search_model_versions(self, filter_string=None, max_results=10000, order_by=None, page_token=None):
        """Return one page of model versions."""
        answer = self._call_registry(
            "SearchModelVersions",
            filter=filter_string,
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        found = [ModelVersion._from_wire(wire) for wire in answer.get("model_versions", ())]
        return PagedList(found, answer.get("next_page_token"))

    def get_model_version_download_uri(self, name, version):
        """Return the URI of the model directory of a version."""
        return self._call_registry("GetModelVersionDownloadUri", name=name, version=str(version))["artifact_uri"]

    def get_model_version_stages(self, name, version):
        """Return the stages that a version can have."""
        return ["None", "Staging", "Production", "Archived"]

    def set_model_version_tag(self, name, version=None, key=None, value=None, stage=None):
        """Set a tag of a version, which is named by number or by stage."""
        version = self._version_of_stage(name, version, stage)
        self._call_registry("SetModelVersionTag", name=name, version=version, key=key, value=str(value))

    def delete_model_version_tag(self, name, version=None, key=None, stage=None):
        """Remove a tag of a version, which is named by number or by stage."""
        version = self._version_of_stage(name, version, stage)
        self._call_registry("DeleteModelVersionTag", name=name, version=version, key=key)

    def _version_of_stage(self, name, version, stage):
        if (version is None) == (stage is None):
            raise MlflowException.invalid_parameter_value("give either version or stage of the model version")
        if version is not None:
            return str(version)
        latest = self.get_latest_versions(name, [stage])
        if not latest:
            raise MlflowException(f"Could not find any model version for {stage} stage", "INVALID_PARAMETER_VALUE")
        return latest[0].version

    def _registered_model(self, operation, **fields):
        return RegisteredModel._from_wire(self._call_registry(operation, **fields)["registered_model"])

    def _model_version(self, operation, **fields):
        return ModelVersion._from_wire(self._call_registry(operation, **fields)["model_version"])

    def _await_ready(self, version, seconds):
        """Wait until a version that is being copied is ready; ``seconds`` of 0 or None does not wait."""
        deadline = time.monotonic() + (seconds or 0)
        while version.status == "PENDING_REGISTRATION" and time.monotonic() < deadline:
            time.sleep(0.2)
            version = self.get_model_version(version.name, version.version)
        if version.status == "FAILED_REGISTRATION":
            raise MlflowException(
                f"Model version creation failed for model name: {version.name} version: {version.version} "
                f"with status: {version.status} and message: {version.status_message}"
            )
        return version


def _pairs(dictionary):
    return [{"key": str(key), "value": str(value)} for key, value in (dictionary or {}).items()] or None
