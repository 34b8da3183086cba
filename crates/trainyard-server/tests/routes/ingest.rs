//! Bulk ingest over HTTP.

use trainyard_api::ingest::{CONTENT_TYPE, Ingest, RunBatch, Series};
use trainyard_api::{Param, limits};

use crate::{Answer, TestServer};

const PATH: &str = "/api/trainyard/v1/ingest";

fn send(server: &TestServer, body: &[u8]) -> Answer {
    server.connect().request("POST", PATH, &[("content-type", CONTENT_TYPE)], body)
}

fn part(run_id: &str) -> RunBatch {
    RunBatch {
        run_id: run_id.into(),
        params: vec![Param::new("depth", "5")],
        series: vec![Series {
            key: "loss".to_owned(),
            steps: vec![0, 1],
            timestamps: vec![7, 9],
            values: vec![0.5, 0.25],
            ..Series::default()
        }],
        ..RunBatch::default()
    }
}

#[test]
fn every_run_has_its_answer() {
    let server = TestServer::start();
    let run_id = server.run();
    let request = Ingest::encode(&[part("missing"), part(&run_id)]).unwrap();
    let answer = send(&server, request.body());
    insta::assert_snapshot!(answer.snapshot(), @r#"200 {"runs":[{"run_id":"missing","status":"rejected","error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=missing not found"},{"run_id":"[id]","status":"accepted"}]}"#);
    let history = server.get(&format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=loss"));
    insta::assert_snapshot!(history.snapshot(), @r#"200 {"metrics":[{"key":"loss","value":0.5,"timestamp":7,"step":0},{"key":"loss","value":0.25,"timestamp":9,"step":1}]}"#);
    // The web UI's path is the same route.
    let answer = server.connect().request(
        "POST",
        &format!("/ajax-{}", &PATH[1..]),
        &[("content-type", CONTENT_TYPE)],
        request.body(),
    );
    assert_eq!(answer.status, 200);
}

#[test]
fn what_is_no_batch_is_refused() {
    let server = TestServer::start();
    insta::assert_snapshot!(send(&server, b"{}").snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"the request body is not an ingest batch: it has to begin with 'TYINGEST' and a header of 20 bytes"}"#);
    insta::assert_snapshot!(server.send("POST", PATH, b"{}").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Bad Request. Content-Type must be one of ['application/vnd.trainyard.ingest']."}"#);
    let mut body = Ingest::encode(&[part("r")]).unwrap().body().to_vec();
    body[8] = 9;
    insta::assert_snapshot!(send(&server, &body).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 9 for parameter 'version' supplied: this server reads version 1 of ingest batches"}"#);
    body[8] = 1;
    let last = body.len() - 1;
    body.truncate(last);
    insta::assert_snapshot!(send(&server, &body).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 67 for parameter 'length' supplied: 66 bytes follow the header"}"#);
    let answer = send(&server, &vec![0; limits::INGEST_BODY_BYTES + 1]);
    insta::assert_snapshot!(answer.snapshot(), @r#"413 {"error_code":"INVALID_PARAMETER_VALUE","message":"The request body is larger than the limit of 16777216 bytes."}"#);
}
