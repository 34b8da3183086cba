# Written by python/tools/stub_files.py from the package itself; do not edit.
from trainyard.tracking.client import MlflowClient as MlflowClient
from trainyard.tracking.connection import get_registry_uri as get_registry_uri
from trainyard.tracking.connection import get_tracking_uri as get_tracking_uri
from trainyard.tracking.connection import is_tracking_uri_set as is_tracking_uri_set
from trainyard.tracking.connection import set_registry_uri as set_registry_uri
from trainyard.tracking.connection import set_tracking_uri as set_tracking_uri
