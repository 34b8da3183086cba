//! What bodies and queries are read as, and what is told of those that cannot be read.

use super::*;
use crate::runs::{LogBatch, RunStatus, SearchRuns, UpdateRun};
use crate::webhooks::CreateWebhook;

#[test]
fn a_null_field_is_an_unset_field() {
    let request: LogBatch = decode_json(br#"{"run_id": "a", "metrics": null}"#).expect("readable");
    assert_eq!(request.run_id.as_str(), "a");
    assert!(request.metrics.is_empty());
}

#[test]
fn values_are_read_to_the_last_bit() {
    for denominator in 1..=1000_u32 {
        let value = 1.0 / f64::from(denominator);
        let body = format!(r#"{{"metrics": [{{"key": "a", "value": {value}, "timestamp": 1}}]}}"#);
        let request: LogBatch = decode_json(body.as_bytes()).expect("readable");
        assert_eq!(request.metrics[0].value.to_bits(), value.to_bits());
    }
}

#[test]
fn a_broken_body_names_line_and_column() {
    let error = decode_json::<LogBatch>(b"{\"run_id\": \n  oops}").expect_err("broken");
    let error = ApiError::from(error);
    assert_eq!(error.error_code, ErrorCode::BadRequest);
    assert!(error.message.contains("line 2 column 3"), "{error}");
}

#[test]
fn a_wrong_type_names_the_field() {
    let body = br#"{"run_id": "a", "metrics": [{"key": "m", "value": 1, "step": "x"}]}"#;
    let error = ApiError::from(decode_json::<LogBatch>(body).expect_err("wrong type"));
    assert_eq!(
        error.message,
        "Invalid value \"x\" for parameter 'metrics[0].step' supplied: invalid value: string \"x\", expected an integer of \
         64 bits. See the API docs for more information about request parameters."
    );
}

#[test]
fn a_logged_point_without_a_value_is_not_zero() {
    for (field, body) in [
        ("value", br#"{"run_id": "a", "metrics": [{"key": "m", "timestamp": 1}]}"#.as_slice()),
        ("timestamp", br#"{"run_id": "a", "metrics": [{"key": "m", "value": 1, "timestamp": null}]}"#.as_slice()),
    ] {
        let error = ApiError::from(decode_json::<LogBatch>(body).expect_err("a field is missing"));
        assert_eq!(error.message, ApiError::missing(&format!("metrics[0].{field}")).message);
    }
}

#[test]
fn query_parameters_become_lists_and_numbers() {
    let pairs = [("experiment_ids", "1"), ("max_results", "5")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let request: SearchRuns = decode_query(pairs).expect("readable");
    assert_eq!((request.experiment_ids, request.max_results), (vec!["1".into()], Some(5)));
}

#[test]
fn of_a_repeated_query_parameter_the_first_holds_where_no_list_is_expected() {
    let pairs = [("max_results", "5"), ("experiment_ids", "1"), ("max_results", "6"), ("experiment_ids", "2")];
    let request: SearchRuns = decode_query(pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).expect("readable");
    assert_eq!((request.experiment_ids, request.max_results), (vec!["1".into(), "2".into()], Some(5)));
}

#[test]
fn a_wrong_query_parameter_is_told_as_text() {
    let pairs = [("experiment_ids", "1"), ("max_results", "many"), ("max_results", "5")];
    let error = decode_query::<SearchRuns>(pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).expect_err("no number");
    let told = "Invalid value \"many\" for parameter 'max_results' supplied: invalid value: string \"many\"";
    assert!(error.to_string().starts_with(told), "{error}");
}

#[test]
fn of_a_long_value_the_beginning_is_told() {
    let body = format!(r#"{{"run_id": ["{}", {{"b": 1, "a": 2}}]}}"#, "é".repeat(500));
    let error = decode_json::<LogBatch>(body.as_bytes()).expect_err("a list").to_string();
    let told = format!("Invalid value [\"{}… for parameter 'run_id' supplied: ", "é".repeat(EXCERPT_CHARS - 2));
    assert!(error.starts_with(&told), "{error}");
    let error = decode_json::<LogBatch>(br#"{"run_id": {"b": 1, "a": [2]}}"#).expect_err("an object").to_string();
    assert!(error.starts_with(r#"Invalid value {"a":[2],"b":1} for parameter 'run_id' supplied: "#), "{error}");
    // The reason would quote it, too.
    let body = format!(r#"{{"max_results": "{}"}}"#, "\u{7f}".repeat(100_000));
    let error = decode_json::<SearchRuns>(body.as_bytes()).expect_err("a text").to_string();
    assert!(error.len() < 10_000, "{}", error.len());
}

#[test]
fn what_a_webhook_keeps_secret_is_in_no_message() {
    for body in [r#"{"secret": 123456}"#, r#"{"url": ["https://ann:123456@host"]}"#] {
        let error = decode_json::<CreateWebhook>(body.as_bytes()).err().expect("the wrong type").to_string();
        assert!(!error.contains("123456"), "{error}");
        assert!(error.contains("it has the wrong type"), "{error}");
    }
}

#[test]
fn a_field_has_two_names_in_a_body_and_one_in_a_query() {
    let request: SearchRuns = decode_json(br#"{"experimentIds": ["1"], "maxResults": "5"}"#).expect("readable");
    assert_eq!((request.experiment_ids, request.max_results), (vec!["1".into()], Some(5)));
    let pairs = [("experimentIds", "1"), ("max_results", "5"), ("maxResults", "6")];
    let request: SearchRuns = decode_query(pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).expect("readable");
    assert_eq!((request.experiment_ids, request.max_results), (vec![], Some(5)));
}

#[test]
fn a_field_under_both_names_is_refused() {
    let body = br#"{"metrics": [{"key": "m", "value": 1, "timestamp": 1, "model_id": "a", "modelId": "b"}]}"#;
    let error = ApiError::from(decode_json::<LogBatch>(body).expect_err("twice"));
    assert_eq!(error.error_code, ErrorCode::InvalidParameterValue);
    assert_eq!(error.message, "Request specifies both 'model_id' and 'modelId'; provide only one of them.");
    // One name twice is one field, of which the last holds.
    let request: SearchRuns = decode_json(br#"{"max_results": 1, "max_results": 2}"#).expect("readable");
    assert_eq!(request.max_results, Some(2));
}

#[test]
fn a_body_that_was_encoded_twice_is_decoded_twice() {
    let request: LogBatch = decode_json(br#""{\"run_id\": \"a\", \"metrics\": null}""#).expect("readable");
    assert_eq!(request.run_id.as_str(), "a");
    for body in [r#""text""#, r#""[1]""#, r#""\"{}\"""#] {
        let error = decode_json::<LogBatch>(body.as_bytes()).expect_err("no object");
        assert!(matches!(error, DecodeError::NotAnObject("text")), "{body}: {error}");
    }
}

#[test]
fn a_text_is_no_list_in_json() {
    let error = ApiError::from(decode_json::<SearchRuns>(br#"{"experiment_ids": "1"}"#).expect_err("a text"));
    assert_eq!(
        error.message,
        "Invalid value \"1\" for parameter 'experiment_ids' supplied: invalid type: string \"1\", expected a list. See the \
         API docs for more information about request parameters."
    );
}

#[test]
fn a_state_comes_as_its_word_or_its_number() {
    for status in ["3", "\"3\"", "\"FINISHED\""] {
        let body = format!("{{\"run_id\": \"a\", \"status\": {status}}}");
        let request: UpdateRun = decode_json(body.as_bytes()).expect("readable");
        assert_eq!(request.status, Some(RunStatus::Finished), "{status}");
    }
    let error = ApiError::from(decode_json::<UpdateRun>(br#"{"status": 9}"#).expect_err("no such state"));
    let told = "Invalid value 9 for parameter 'status' supplied: unknown variant `9`";
    assert!(error.message.starts_with(told), "{error}");
}
