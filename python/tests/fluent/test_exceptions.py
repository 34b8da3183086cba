"""Exceptions and environment variables as objects."""

import json
import pickle

import pytest

import trainyard
from trainyard import MlflowException, environment_variables
from trainyard.exceptions import MlflowNotImplementedException, RestException, get_error_code
from trainyard.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode


def test_codes_are_names_numbers_and_statuses():
    assert MlflowException("m").error_code == "INTERNAL_ERROR"
    for code in (INVALID_PARAMETER_VALUE, "INVALID_PARAMETER_VALUE"):
        error = MlflowException("m", error_code=code)
        assert (error.error_code, error.get_http_status_code()) == ("INVALID_PARAMETER_VALUE", 400)
    assert MlflowException("m", 99999).get_http_status_code() == 500
    assert ErrorCode.Name(RESOURCE_DOES_NOT_EXIST) == "RESOURCE_DOES_NOT_EXIST"
    assert get_error_code(404) == ErrorCode.Value("ENDPOINT_NOT_FOUND")
    assert MlflowNotImplementedException().error_code == "NOT_IMPLEMENTED"


def test_errors_travel_as_json_and_pickles():
    error = MlflowException("no", "BAD_REQUEST", sqlstate="KAM00", field="x")
    assert json.loads(error.serialize_as_json()) == {
        "error_code": "BAD_REQUEST",
        "message": "no",
        "sqlstate": "KAM00",
        "field": "x",
    }
    for sent in (
        MlflowException("a", "BAD_REQUEST"),
        RestException({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "gone"}),
        MlflowNotImplementedException("later"),
    ):
        received = pickle.loads(pickle.dumps(sent))
        assert (type(received), str(received), received.error_code) == (type(sent), str(sent), sent.error_code)


def test_answers_of_proxies_are_understood():
    error = RestException({"error_code": "404", "message": "who?"})
    assert (error.error_code, str(error)) == ("ENDPOINT_NOT_FOUND", "404: who?")
    assert str(RestException({"oops": 1})) == "INTERNAL_ERROR: Response: {'oops': 1}"


def test_environment_variables_convert_and_ours_win(monkeypatch):
    timeout = environment_variables.MLFLOW_HTTP_REQUEST_TIMEOUT
    assert (timeout.get(), timeout.is_set(), timeout.name) == (120, False, "MLFLOW_HTTP_REQUEST_TIMEOUT")
    timeout.set(5)
    assert (timeout.get(), timeout.defined, f"{timeout}") == (5, True, "MLFLOW_HTTP_REQUEST_TIMEOUT")
    monkeypatch.setenv("TRAINYARD_HTTP_REQUEST_TIMEOUT", "7")
    assert timeout.get() == 7
    timeout.unset()
    assert not timeout.is_set()
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon")
    with pytest.raises(ValueError, match="has to be of type int, not 'soon'"):
        timeout.get()
    monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "maybe")
    with pytest.raises(ValueError, match="has to be true, false, 1 or 0"):
        environment_variables.MLFLOW_TRACKING_INSECURE_TLS.get()
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "http://registry")
    assert trainyard.get_registry_uri() == environment_variables.MLFLOW_REGISTRY_URI.get()
