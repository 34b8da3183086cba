"""The registry's calls of ``MlflowClient``: registered models, tags and aliases."""

from trainyard.entities.base import PagedList, pairs
from trainyard.entities.model_registry import RegisteredModel
from trainyard.tracking.model_versions import ModelVersionCalls


class RegistryCalls(ModelVersionCalls):
    """Registered models, and by way of the base their versions."""

    def create_registered_model(self, name, tags=None, description=None, deployment_job_id=None):
        """Make a registered model without versions.

        Parameters
        ----------
        name
            The name, which no other registered model may have.
        tags
            Values by name.
        description
            Text for people.
        deployment_job_id
            Belongs to Databricks; accepted and not kept.

        Returns
        -------
        RegisteredModel
        """
        return self._registered_model("CreateRegisteredModel", name=name, tags=pairs(tags), description=description)

    def get_registered_model(self, name):
        """Return a registered model.

        Parameters
        ----------
        name
            Name of the registered model.

        Returns
        -------
        RegisteredModel
        """
        return self._registered_model("GetRegisteredModel", name=name)

    def rename_registered_model(self, name, new_name):
        """Give a registered model another name.

        Parameters
        ----------
        name
            Name of the registered model.
        new_name
            The new name.

        Returns
        -------
        RegisteredModel
        """
        return self._registered_model("RenameRegisteredModel", name=name, new_name=new_name)

    def update_registered_model(self, name, description=None, deployment_job_id=None):
        """Change the description of a registered model.

        Parameters
        ----------
        name
            Name of the registered model.
        description
            Text for people.
        deployment_job_id
            Belongs to Databricks; accepted and not kept.

        Returns
        -------
        RegisteredModel
        """
        return self._registered_model("UpdateRegisteredModel", name=name, description=description)

    def delete_registered_model(self, name):
        """Delete a registered model with all its versions.

        Parameters
        ----------
        name
            Name of the registered model.
        """
        self._call_registry("DeleteRegisteredModel", name=name)

    def search_registered_models(self, filter_string=None, max_results=100, order_by=None, page_token=None):
        """Return one page of registered models.

        Parameters
        ----------
        filter_string
            Filter; see :func:`trainyard.search_registered_models`.
        max_results
            Most results of the page.
        order_by
            Order; see :func:`trainyard.search_registered_models`.
        page_token
            The ``token`` of the page before.

        Returns
        -------
        PagedList of RegisteredModel
        """
        answer = self._call_registry(
            "SearchRegisteredModels",
            filter=filter_string,
            max_results=max_results,
            order_by=order_by,
            page_token=page_token,
        )
        return PagedList._from_wire(answer, "registered_models", RegisteredModel)

    def set_registered_model_tag(self, name, key, value):
        """Set a tag of a registered model.

        Parameters
        ----------
        name
            Name of the registered model.
        key
            Name of the tag.
        value
            Value, written as its ``str``.
        """
        self._call_registry("SetRegisteredModelTag", name=name, key=key, value=str(value))

    def delete_registered_model_tag(self, name, key):
        """Remove a tag of a registered model.

        Parameters
        ----------
        name
            Name of the registered model.
        key
            Name of the tag.
        """
        self._call_registry("DeleteRegisteredModelTag", name=name, key=key)

    def set_registered_model_alias(self, name, alias, version):
        """Point an alias at a version.

        Parameters
        ----------
        name
            Name of the registered model.
        alias
            Name of the alias.
        version
            Number of the version.
        """
        self._call_registry("SetRegisteredModelAlias", name=name, alias=alias, version=str(version))

    def delete_registered_model_alias(self, name, alias):
        """Remove an alias.

        Parameters
        ----------
        name
            Name of the registered model.
        alias
            Name of the alias.
        """
        self._call_registry("DeleteRegisteredModelAlias", name=name, alias=alias)

    def _registered_model(self, operation, **fields):
        return RegisteredModel._from_wire(self._call_registry(operation, **fields)["registered_model"])
