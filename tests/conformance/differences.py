"""Known, wanted differences between the two servers, by test and with the reason.

The scenarios state what Trainyard promises. A test listed here is expected to fail on that target; when it starts
to pass there the suite fails, so the list cannot outlive its reason.
"""

from mlflow.exceptions import MlflowException

# How a difference shows: an assertion, an error answer, or a body in another form.
VISIBLE_AS = (AssertionError, MlflowException, KeyError, ValueError)

KNOWN = {
    "trainyard": {},
    "stock": {
        "test_artifacts.py": {
            "test_a_path_that_leaves_the_root_is_refused[PUT-backslash]": "takes the backslash for a letter",
            "test_a_path_that_leaves_the_root_is_refused[GET-backslash]": "takes the backslash for a letter",
            "test_a_path_that_leaves_the_root_is_refused[DELETE-backslash]": "takes the backslash for a letter",
            "test_a_path_that_leaves_the_root_is_refused[PUT-nul]": "writes a file whose name ends at the NUL",
            "test_a_path_that_leaves_the_root_is_refused[GET-nul]": "reads a file whose name ends at the NUL",
            "test_a_path_that_leaves_the_root_is_refused[DELETE-nul]": "deletes a file whose name ends at the NUL",
            "test_a_path_that_leaves_the_root_is_refused[DELETE-absolute]": "redirects to the path without the slash",
        },
        "test_datasets.py": {
            "test_a_bad_dataset_is_refused[no-name]": "stores a dataset without a name",
            "test_a_bad_dataset_is_refused[no-digest]": "stores a dataset without a digest",
        },
        "test_experiments.py": {
            "test_an_id_that_is_no_id_is_refused[huge]": "answers INTERNAL_ERROR",
            "test_renaming_to_a_taken_name_is_refused": "answers BAD_REQUEST with the text of the database error",
        },
        "test_logged_models.py": {
            "test_a_broken_page_token_is_refused": "fails with 500 and an HTML page",
            "test_a_bad_filter_is_refused[text-metric]": "answers INTERNAL_ERROR",
            "test_search_narrowed_to_a_dataset_of_any_digest": "finds nothing without the digest",
        },
        "test_metrics.py": {
            "test_a_value_that_is_no_number_is_refused[list]": "fails with 500 and an HTML page",
            "test_a_value_that_is_no_number_is_refused[object]": "fails with 500 and an HTML page",
            "test_a_batch_of_ten_megabytes_is_refused": "its own limit of 1,000,000 bytes is never applied",
        },
        "test_run_search.py": {
            "test_a_bad_filter_is_refused[params. = 'a']": "takes an empty key for a key",
            "test_a_bad_order_is_refused[metrics.]": "takes an empty key for a key",
        },
        "test_webhooks.py": {
            "test_an_unknown_event_is_refused[unknown-word]": "fails with 500 and an HTML page",
            "test_an_unknown_event_is_refused[no-action]": "fails with 500 and an HTML page",
        },
        "test_wire.py": {
            "test_a_broken_body_is_refused": "fails with 500, or takes it for an empty request",
            "test_a_broken_body_names_line_and_column": "takes it for an empty request",
            "test_a_wrong_type_is_refused[object-for-list]": "ignores the field",
            "test_a_wrong_type_is_refused[unknown-view]": "ignores the field",
            "test_an_unknown_status_is_refused": "ignores the field",
            "test_an_unknown_route_is_not_found": "answers with an HTML page",
        },
    },
}


def reason(target: str, node_id: str) -> str | None:
    """Why the test differs on `target`; a parametrised test is found with or without its parameters."""
    file, test = node_id.split("::", 1)
    known = KNOWN[target].get(file, {})
    return known.get(test) or known.get(test.split("[")[0])
