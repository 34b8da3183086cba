"""What URIs of registered models mean where the registry is another store than the tracking store."""

from trainyard.exceptions import MlflowException

# Versions that are made from versions are followed so far.
_MOST_HOPS = 8


class RegistryPlaces:
    """The way from a registered name to the files, which are the tracking store's."""

    def _has_own_registry(self):
        """Tell whether the registry is another store than the tracking store."""
        return self._registry.tracking_uri != self._connection.tracking_uri

    def _registered_place(self, model_uri):
        """Return the URI that the tracking store has for a model: for a version of a registry of its own, its files.

        Servers differ in whether they answer the place itself or the model that a version was made from, which may be a
        version again.
        """
        from trainyard.models.uri import parse_model_uri

        for _ in range(_MOST_HOPS):
            if not model_uri.startswith("models:/") or not self._has_own_registry():
                return model_uri
            uri = parse_model_uri(model_uri)
            if uri.name is None:
                return model_uri
            model_uri = self.get_model_version_download_uri(uri.name, self._version_of(uri))
        raise MlflowException.invalid_parameter_value(f"{model_uri}: versions refer to each other without end")

    def _version_of(self, uri):
        """Return the number of the version that a URI of a registered model means."""
        if uri.version is not None:
            return uri.version
        if uri.alias is not None:
            return self.get_model_version_by_alias(uri.name, uri.alias).version
        stages = None if uri.stage.lower() == "latest" else [uri.stage]
        versions = [version.version for version in self.get_latest_versions(uri.name, stages)]
        if not versions:
            raise MlflowException(f"'{uri.name}' has no version {uri.stage!r}", "RESOURCE_DOES_NOT_EXIST")
        return max(versions, key=int)
