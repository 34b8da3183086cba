//! The route table: complete, answered, and with a permission for each line.

use std::collections::BTreeSet;
use std::path::PathBuf;

use trainyard_server::routes;

use crate::TestServer;

/// Method and path behind `/api` of every line of `endpoints!` in the crate of the wire types.
fn endpoints() -> BTreeSet<(String, String)> {
    let mut endpoints = BTreeSet::new();
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../trainyard-api/src"))];
    while let Some(folder) = folders.pop() {
        for source in std::fs::read_dir(folder).unwrap() {
            let path = source.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let Some(begin) = text.lines().position(|line| line.starts_with("endpoints! {")) else { continue };
            let mut lines = text.lines().skip(begin);
            let root = lines.next().and_then(|line| line.split('"').nth(1)).unwrap_or("/api/2.0/mlflow");
            for line in lines.take_while(|line| *line != "}").map(str::trim) {
                let (method, rest) = line.split_once(' ').unwrap();
                let path = rest.split('"').nth(1).unwrap();
                endpoints.insert((method.to_uppercase(), format!("{root}{path}")));
            }
        }
    }
    endpoints
}

#[test]
fn every_request_of_the_wire_has_its_route_twice() {
    let listed: BTreeSet<_> = routes().into_iter().map(|route| (route.method.to_string(), route.path)).collect();
    let endpoints = endpoints();
    assert!(endpoints.len() > 70, "{endpoints:?}");
    for (method, path) in endpoints {
        for path in [path.clone(), format!("/ajax-{}", &path[1..])] {
            let route = (method.clone(), path);
            assert!(listed.contains(&route), "{route:?} is not in the table");
        }
    }
}

#[test]
fn no_route_is_listed_twice() {
    let mut seen = BTreeSet::new();
    for route in routes() {
        assert!(seen.insert((route.method.to_string(), route.path.clone())), "{} {}", route.method, route.path);
    }
}

/// The table as an operator would want to read it: who needs what for which route.
#[test]
fn permissions_are_as_listed() {
    let table: Vec<_> = routes()
        .into_iter()
        .filter(|route| {
            !route.path.starts_with("/ajax-api")
                || ["/files", "/upload-artifact"].iter().any(|end| route.path.ends_with(end))
        })
        .map(|route| format!("{:<6} {:<6} {}", format!("{:?}", route.permission), route.method.as_str(), route.path))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r###"
        Create POST   /api/2.0/mlflow/experiments/create
        Read   GET    /api/2.0/mlflow/experiments/get
        Read   GET    /api/2.0/mlflow/experiments/get-by-name
        Read   POST   /api/2.0/mlflow/experiments/search
        Read   GET    /api/2.0/mlflow/experiments/search
        Edit   POST   /api/2.0/mlflow/experiments/update
        Manage POST   /api/2.0/mlflow/experiments/delete
        Manage POST   /api/2.0/mlflow/experiments/restore
        Edit   POST   /api/2.0/mlflow/experiments/set-experiment-tag
        Edit   POST   /api/2.0/mlflow/experiments/delete-experiment-tag
        Edit   POST   /api/2.0/mlflow/runs/create
        Read   GET    /api/2.0/mlflow/runs/get
        Edit   POST   /api/2.0/mlflow/runs/update
        Edit   POST   /api/2.0/mlflow/runs/delete
        Edit   POST   /api/2.0/mlflow/runs/restore
        Read   POST   /api/2.0/mlflow/runs/search
        Edit   POST   /api/2.0/mlflow/runs/log-parameter
        Edit   POST   /api/2.0/mlflow/runs/set-tag
        Edit   POST   /api/2.0/mlflow/runs/delete-tag
        Edit   POST   /api/2.0/mlflow/runs/log-batch
        Edit   POST   /api/2.0/mlflow/runs/log-metric
        Edit   POST   /api/2.0/mlflow/runs/log-model
        Read   GET    /api/2.0/mlflow/metrics/get-history
        Read   GET    /api/2.0/mlflow/metrics/get-history-bulk
        Read   GET    /api/2.0/mlflow/metrics/get-history-bulk-interval
        Edit   POST   /api/2.0/mlflow/runs/log-inputs
        Edit   POST   /api/2.0/mlflow/runs/outputs
        Read   POST   /api/2.0/mlflow/experiments/search-datasets
        Edit   POST   /api/2.0/mlflow/logged-models
        Read   POST   /api/2.0/mlflow/logged-models/search
        Read   GET    /api/2.0/mlflow/logged-models/{model_id}
        Edit   PATCH  /api/2.0/mlflow/logged-models/{model_id}
        Edit   DELETE /api/2.0/mlflow/logged-models/{model_id}
        Edit   PATCH  /api/2.0/mlflow/logged-models/{model_id}/tags
        Edit   DELETE /api/2.0/mlflow/logged-models/{model_id}/tags/{tag_key}
        Edit   POST   /api/2.0/mlflow/logged-models/{model_id}/params
        Create POST   /api/2.0/mlflow/registered-models/create
        Read   GET    /api/2.0/mlflow/registered-models/get
        Manage POST   /api/2.0/mlflow/registered-models/rename
        Edit   PATCH  /api/2.0/mlflow/registered-models/update
        Manage DELETE /api/2.0/mlflow/registered-models/delete
        Read   GET    /api/2.0/mlflow/registered-models/search
        Read   POST   /api/2.0/mlflow/registered-models/get-latest-versions
        Read   GET    /api/2.0/mlflow/registered-models/get-latest-versions
        Edit   POST   /api/2.0/mlflow/registered-models/set-tag
        Edit   DELETE /api/2.0/mlflow/registered-models/delete-tag
        Edit   POST   /api/2.0/mlflow/registered-models/alias
        Edit   DELETE /api/2.0/mlflow/registered-models/alias
        Read   GET    /api/2.0/mlflow/registered-models/alias
        Edit   POST   /api/2.0/mlflow/model-versions/create
        Read   GET    /api/2.0/mlflow/model-versions/get
        Edit   PATCH  /api/2.0/mlflow/model-versions/update
        Edit   POST   /api/2.0/mlflow/model-versions/transition-stage
        Manage DELETE /api/2.0/mlflow/model-versions/delete
        Read   GET    /api/2.0/mlflow/model-versions/search
        Read   GET    /api/2.0/mlflow/model-versions/get-download-uri
        Edit   POST   /api/2.0/mlflow/model-versions/set-tag
        Edit   DELETE /api/2.0/mlflow/model-versions/delete-tag
        Admin  POST   /api/2.0/mlflow/webhooks
        Admin  GET    /api/2.0/mlflow/webhooks
        Admin  GET    /api/2.0/mlflow/webhooks/{webhook_id}
        Admin  PATCH  /api/2.0/mlflow/webhooks/{webhook_id}
        Admin  DELETE /api/2.0/mlflow/webhooks/{webhook_id}
        Admin  POST   /api/2.0/mlflow/webhooks/{webhook_id}/test
        Create POST   /api/3.0/mlflow/datasets/create
        Read   GET    /api/3.0/mlflow/datasets/{dataset_id}
        Manage DELETE /api/3.0/mlflow/datasets/{dataset_id}
        Read   POST   /api/3.0/mlflow/datasets/search
        Read   GET    /api/3.0/mlflow/datasets/search
        Edit   PATCH  /api/3.0/mlflow/datasets/{dataset_id}/tags
        Edit   DELETE /api/3.0/mlflow/datasets/{dataset_id}/tags/{key}
        Edit   POST   /api/3.0/mlflow/datasets/{dataset_id}/records
        Read   GET    /api/3.0/mlflow/datasets/{dataset_id}/records
        Edit   DELETE /api/3.0/mlflow/datasets/{dataset_id}/records
        Read   GET    /api/3.0/mlflow/datasets/{dataset_id}/experiment-ids
        Edit   POST   /api/3.0/mlflow/datasets/{dataset_id}/add-experiments
        Edit   POST   /api/3.0/mlflow/datasets/{dataset_id}/remove-experiments
        Read   GET    /api/trainyard/v1/runs/metric-summaries
        Read   POST   /api/trainyard/v1/runs/children-counts
        Read   GET    /api/trainyard/v1/columns
        Read   GET    /api/trainyard/v1/column-values
        Read   POST   /api/trainyard/v1/charts/series
        Read   GET    /api/trainyard/v1/experiments/activity
        Edit   POST   /api/trainyard/v1/views/create
        Edit   PATCH  /api/trainyard/v1/views/update
        Edit   DELETE /api/trainyard/v1/views/delete
        Read   GET    /api/trainyard/v1/views/get
        Read   GET    /api/trainyard/v1/views/list
        Read   POST   /api/trainyard/v1/runs/groups
        Edit   POST   /api/trainyard/v1/runs/change
        Read   GET    /api/2.0/mlflow/artifacts/list
        Read   GET    /api/2.0/mlflow/logged-models/{model_id}/artifacts/directories
        Edit   POST   /api/2.0/mlflow/artifacts/presigned-upload-url
        Read   POST   /api/2.0/mlflow/artifacts/presigned-download-url
        Edit   POST   /api/trainyard/v1/ingest
        Read   GET    /api/trainyard/v1/events
        Read   GET    /api/trainyard/v1/metrics.parquet
        Read   GET    /api/trainyard/v1/runs.parquet
        Read   GET    /api/trainyard/v1/metrics.csv
        Read   GET    /api/trainyard/v1/runs.csv
        Read   GET    /api/trainyard/v1/metrics.jsonl
        Read   GET    /api/trainyard/v1/runs.jsonl
        Read   GET    /api/2.0/mlflow-artifacts/artifacts
        Read   GET    /api/2.0/mlflow-artifacts/artifacts/{*path}
        Edit   PUT    /api/2.0/mlflow-artifacts/artifacts/{*path}
        Edit   DELETE /api/2.0/mlflow-artifacts/artifacts/{*path}
        Edit   POST   /api/2.0/mlflow-artifacts/mpu/create/{*path}
        Edit   POST   /api/2.0/mlflow-artifacts/mpu/complete/{*path}
        Edit   POST   /api/2.0/mlflow-artifacts/mpu/abort/{*path}
        Read   GET    /api/2.0/mlflow-artifacts/presigned/{*path}
        Open   GET    /api/3.0/mlflow/server-info
        Read   GET    /get-artifact
        Read   GET    /model-versions/get-artifact
        Read   GET    /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files
        Edit   POST   /ajax-api/2.0/mlflow/upload-artifact
        Read   GET    /graphql
        Read   POST   /graphql
        Open   GET    /health
        Open   GET    /version
        Open   GET    /
        Open   GET    /assets/{*path}
        Open   GET    /experiments
        Open   GET    /experiments/
        Open   GET    /experiments/{*rest}
        Open   GET    /runs/{*rest}
        Open   GET    /compare
        Open   GET    /models
        Open   GET    /models/
        Open   GET    /models/{*rest}
        Open   GET    /logged-models/{*rest}
        "###);
}

#[test]
fn every_route_answers_what_comes_without_any_fields() {
    let server = TestServer::start();
    for route in routes() {
        let path = route
            .path
            .replace("{*path}", "x")
            .replace("{*rest}", "x")
            .replace("{model_id}", "m-x")
            .replace("{webhook_id}", "w")
            .replace("{tag_key}", "k");
        let answer = server.send(route.method.as_str(), &path, b"{}");
        let name = format!("{} {path}: {}", route.method, answer.snapshot());
        assert!(matches!(answer.status, 200 | 400 | 404 | 501), "{name}");
        if answer.status != 200 {
            let error = answer.json();
            assert_ne!(error["error_code"], "ENDPOINT_NOT_FOUND", "{name}");
            assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{name}");
        }
    }
}

#[test]
fn both_mirrors_answer_below_the_static_prefix() {
    let server = TestServer::start_with(|config| config.static_prefix = "/tracking".to_owned());
    assert!(server.url().ends_with("/tracking"));
    for path in ["/api", "/ajax-api"] {
        let path = format!("{path}/2.0/mlflow/experiments/get?experiment_id=0");
        assert_eq!(server.get(&format!("/tracking{path}")).status, 200);
        assert_eq!(server.get(&path).status, 404);
    }
    assert_eq!(server.get("/tracking/health").body, b"OK");
    assert_eq!(server.get("/tracking/").status, 200);
}

#[test]
fn an_unknown_route_is_a_json_error() {
    let server = TestServer::start();
    insta::assert_snapshot!(server.get("/api/2.0/mlflow/runs/nothing").snapshot(), @r#"404 {"error_code":"ENDPOINT_NOT_FOUND","message":"No route for GET /api/2.0/mlflow/runs/nothing"}"#);
    insta::assert_snapshot!(server.get("/api/3.0/mlflow/traces/tr-1").snapshot(), @r#"404 {"error_code":"ENDPOINT_NOT_FOUND","message":"No route for GET /api/3.0/mlflow/traces/tr-1: 'traces' belongs to the tracing and generative-AI parts of MLflow, which Trainyard does not serve."}"#);
    insta::assert_snapshot!(server.get("/%00/../x").snapshot(), @r#"404 {"error_code":"ENDPOINT_NOT_FOUND","message":"No route for GET /%00/../x"}"#);
}

#[test]
fn a_wrong_method_lists_the_right_ones() {
    let server = TestServer::start();
    let answer = server.send("PUT", "/api/2.0/mlflow/runs/create", b"{}");
    assert_eq!(answer.header("allow"), Some("POST"));
    insta::assert_snapshot!(answer.snapshot(), @r#"405 {"error_code":"BAD_REQUEST","message":"PUT is not allowed for /api/2.0/mlflow/runs/create; the Allow header lists what is"}"#);
    let answer = server.send("POST", "/api/2.0/mlflow/logged-models/m-1", b"{}");
    assert_eq!(answer.header("allow"), Some("GET,HEAD,PATCH,DELETE"));
}
