"""The registry's calls of ``MlflowClient`` about model versions."""

import time

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.model_registry import ModelVersion
from trainyard.exceptions import MlflowException
from trainyard.tracking.registry_places import RegistryPlaces


class ModelVersionCalls(RegistryPlaces):
    """Model versions: create, find, move between stages, tag."""

    def get_latest_versions(self, name, stages=None):
        """Return the newest version of each stage.

        Parameters
        ----------
        name
            Name of the registered model.
        stages
            Stages to look at; all when left out.

        Returns
        -------
        list of ModelVersion
        """
        answer = self._call_registry("GetLatestVersions", name=name, stages=stages)
        return [ModelVersion._from_wire(wire) for wire in answer.get("model_versions", ())]

    def get_model_version_by_alias(self, name, alias):
        """Return the version that an alias points at.

        Parameters
        ----------
        name
            Name of the registered model.
        alias
            Name of the alias.

        Returns
        -------
        ModelVersion
        """
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
        """Make a new version of a registered model from a source URI.

        Parameters
        ----------
        name
            Name of the registered model.
        source
            URI of the model directory.
        run_id
            Run that made the model.
        tags
            Values by name.
        run_link
            URL of that run on another server.
        description
            Text for people.
        await_creation_for
            Seconds to wait until the version is ready; ``None`` or 0 does not wait.
        model_id
            Id of the logged model.

        Returns
        -------
        ModelVersion
        """
        source = str(source)
        if self._has_own_registry() and source.startswith("models:/m-"):
            # The registry knows nothing of the tracking store's models: it gets the place of the files.
            source, model_id = self._connection.resolve_model(source)["artifact_uri"], None
        fields = {
            "name": name,
            "source": source,
            "run_id": run_id,
            "tags": pairs(tags),
            "run_link": run_link,
            "description": description,
            "model_id": model_id,
        }
        try:
            version = self._model_version("CreateModelVersion", **fields)
        except MlflowException as error:
            if run_id is None or error.error_code != "RESOURCE_DOES_NOT_EXIST" or not self._has_own_registry():
                raise
            # A registry may ask for the run, which is the tracking store's as well.
            version = self._model_version("CreateModelVersion", **{**fields, "run_id": None})
        return self._await_ready(version, await_creation_for)

    def copy_model_version(self, src_model_uri, dst_name):
        """Make a version of another registered model from ``models:/name/version`` or ``models:/name@alias``.

        Parameters
        ----------
        src_model_uri
            ``models:/<name>/<version>`` or ``models:/<name>@<alias>``.
        dst_name
            Name of the other registered model, which is made when there is none.

        Returns
        -------
        ModelVersion
        """
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
        """Return one version of a registered model.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.

        Returns
        -------
        ModelVersion
        """
        return self._model_version("GetModelVersion", name=name, version=str(version))

    def update_model_version(self, name, version, description=None):
        """Change the description of a version.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.
        description
            Text for people.

        Returns
        -------
        ModelVersion
        """
        return self._model_version("UpdateModelVersion", name=name, version=str(version), description=description)

    def transition_model_version_stage(self, name, version, stage, archive_existing_versions=False):
        """Move a version to a stage.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.
        stage
            ``None``, ``Staging``, ``Production`` or ``Archived``.
        archive_existing_versions
            Move the other versions of the stage to ``Archived``.

        Returns
        -------
        ModelVersion
        """
        return self._model_version(
            "TransitionModelVersionStage",
            name=name,
            version=str(version),
            stage=stage,
            archive_existing_versions=archive_existing_versions,
        )

    def delete_model_version(self, name, version):
        """Delete one version.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.
        """
        self._call_registry("DeleteModelVersion", name=name, version=str(version))

    def search_model_versions(self, filter_string=None, max_results=10000, order_by=None, page_token=None):
        """Return one page of model versions.

        Parameters
        ----------
        filter_string
            Filter; see :func:`trainyard.search_model_versions`.
        max_results
            Most results of the page.
        order_by
            Order; see :func:`trainyard.search_model_versions`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of ModelVersion
        """
        answer = self._call_registry(
            "SearchModelVersions",
            filter=filter_string,
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList._from_wire(answer, "model_versions", ModelVersion)

    def get_model_version_download_uri(self, name, version):
        """Return the URI of the model directory of a version.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.

        Returns
        -------
        str
        """
        return self._call_registry("GetModelVersionDownloadUri", name=name, version=str(version))["artifact_uri"]

    def get_model_version_stages(self, name, version):
        """Return the stages that a version can have.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.

        Returns
        -------
        list of str
        """
        return ["None", "Staging", "Production", "Archived"]

    def set_model_version_tag(self, name, version=None, key=None, value=None, stage=None):
        """Set a tag of a version, which is named by number or by stage.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.
        key
            Name of the tag.
        value
            Value, written as its ``str``.
        stage
            A stage, in place of ``version``: its newest version.
        """
        version = self._version_of_stage(name, version, stage)
        self._call_registry("SetModelVersionTag", name=name, version=version, key=key, value=str(value))

    def delete_model_version_tag(self, name, version=None, key=None, stage=None):
        """Remove a tag of a version, which is named by number or by stage.

        Parameters
        ----------
        name
            Name of the registered model.
        version
            Number of the version.
        key
            Name of the tag.
        stage
            A stage, in place of ``version``: its newest version.
        """
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
