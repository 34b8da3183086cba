//! The queries of MLflow's web UI: what they answer, and what is refused.

use serde_json::{Value, json};

use crate::{Answer, TestServer};

fn ask(server: &TestServer, request: &Value) -> Answer {
    server.send("POST", "/graphql", request.to_string().as_bytes())
}

fn query(server: &TestServer, query: &str) -> Answer {
    ask(server, &json!({ "query": query }))
}

/// The message of a request that is refused whole.
fn refusal(server: &TestServer, text: &str) -> String {
    let answer = query(server, text);
    let body = answer.json();
    assert_eq!((answer.status, &body["data"]), (200, &Value::Null), "{text}: {answer:?}");
    body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("{text}: {answer:?}")).to_owned()
}

/// A run with a metric, a param, a dataset, a model version and an artifact.
fn filled() -> (TestServer, String) {
    let server = TestServer::start();
    let run_id = server.run();
    let ok = |answer: Answer| assert_eq!(answer.status, 200, "{answer:?}");
    ok(server.post(
        "/runs/log-batch",
        json!({"run_id": run_id, "params": [{"key": "p", "value": "1"}], "metrics": [
            {"key": "loss", "value": 0.5, "timestamp": 7, "step": 3},
            {"key": "lost", "value": "NaN", "timestamp": 7, "step": 3},
        ]}),
    ));
    ok(server.post(
        "/runs/log-inputs",
        json!({"run_id": run_id, "datasets": [{"tags": [{"key": "mlflow.data.context", "value": "training"}],
            "dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}}]}),
    ));
    ok(server.post("/registered-models/create", json!({"name": "m"})));
    ok(server.post("/model-versions/create", json!({"name": "m", "source": "s3://bucket/m", "run_id": run_id})));
    let file = format!("/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/folder/a.txt");
    ok(server.connect().request("PUT", &file, &[], b"hello"));
    (server, run_id)
}

#[test]
fn a_run_comes_with_all_that_its_page_shows() {
    let (server, run_id) = filled();
    let answer = ask(
        &server,
        &json!({
            "operationName": "GetRun",
            "variables": {"data": {"runId": run_id}},
            "query": r#"query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
                mlflowGetRun(input: $data) {
                    apiError { code message __typename }
                    run {
                        info { runName status runUuid startTime endTime lifecycleStage __typename }
                        experiment { experimentId name lifecycleStage tags { key value } __typename }
                        modelVersions { name version status aliases deploymentJobState { jobId jobState } }
                        data { metrics { key value step timestamp __typename } params { key value } }
                        inputs { datasetInputs { dataset { name digest profile } tags { key value } } modelInputs { modelId } }
                        outputs { modelOutputs { modelId step } }
                    }
                }
            }"#,
        }),
    );
    insta::assert_snapshot!(answer.snapshot(), @r#"200 {"data":{"mlflowGetRun":{"apiError":null,"run":{"data":{"metrics":[{"__typename":"MlflowMetricExtension","key":"loss","step":"3","timestamp":"7","value":0.5},{"__typename":"MlflowMetricExtension","key":"lost","step":"3","timestamp":"7","value":null}],"params":[{"key":"p","value":"1"}]},"experiment":{"__typename":"MlflowExperiment","experimentId":"0","lifecycleStage":"active","name":"Default","tags":[]},"info":{"__typename":"MlflowRunInfo","endTime":"0","lifecycleStage":"active","runName":"r","runUuid":"[id]","startTime":"1","status":"RUNNING"},"inputs":{"datasetInputs":[{"dataset":{"digest":"1","name":"d","profile":""},"tags":[{"key":"mlflow.data.context","value":"training"}]}],"modelInputs":[]},"modelVersions":[{"aliases":[],"deploymentJobState":{"jobId":"","jobState":null},"name":"m","status":"READY","version":"1"}],"outputs":{"modelOutputs":[]}}}},"errors":null}"#);
}

#[test]
fn searches_lists_and_histories_are_answered() {
    let (server, run_id) = filled();
    let answer = query(
        &server,
        &format!(
            r#"{{
                mlflowSearchRuns(input: {{experimentIds: ["0"], filter: "metrics.loss < 1", maxResults: 5, runViewType: ACTIVE_ONLY}}) {{
                    runs {{ info {{ runName }} modelVersions {{ version }} }} nextPageToken
                }}
                mlflowSearchModelVersions(input: {{filter: "name = 'm'"}}) {{ modelVersions {{ name version currentStage source }} }}
                mlflowListArtifacts(input: {{runId: "{run_id}"}}) {{ files {{ path isDir fileSize }} nextPageToken }}
                mlflowGetMetricHistoryBulkInterval(input: {{runIds: ["{run_id}"], metricKey: "loss", maxResults: 10}}) {{
                    metrics {{ key value timestamp step }}
                }}
            }}"#
        ),
    );
    insta::assert_snapshot!(answer.snapshot(), @r#"200 {"data":{"mlflowGetMetricHistoryBulkInterval":{"metrics":[{"key":"loss","step":"3","timestamp":"7","value":0.5}]},"mlflowListArtifacts":{"files":[{"fileSize":"0","isDir":true,"path":"folder"}],"nextPageToken":""},"mlflowSearchModelVersions":{"modelVersions":[{"currentStage":"None","name":"m","source":"s3://bucket/m","version":"1"}]},"mlflowSearchRuns":{"nextPageToken":"","runs":[{"info":{"runName":"r"},"modelVersions":[{"version":"1"}]}]}},"errors":null}"#);
    let datasets =
        "mutation { mlflowSearchDatasets(input: {experimentIds: [\"0\"]}) { datasetSummaries { name context } } }";
    insta::assert_snapshot!(query(&server, datasets).snapshot(), @r#"200 {"data":{"mlflowSearchDatasets":{"datasetSummaries":[{"context":"training","name":"d"}]}},"errors":null}"#);
}

#[test]
fn every_model_version_of_many_runs_is_found() {
    let server = TestServer::start();
    assert_eq!(server.post("/registered-models/create", json!({"name": "m"})).status, 200);
    for number in 0..105 {
        let run_id = server.run();
        if number % 52 == 0 {
            let version = json!({"name": "m", "source": "s3://bucket/m", "run_id": run_id});
            assert_eq!(server.post("/model-versions/create", version).status, 200);
        }
    }
    let text = "{ mlflowSearchRuns(input: {experimentIds: [\"0\"]}) { runs { modelVersions { version } } } }";
    let answer = query(&server, text).json();
    let runs = answer["data"]["mlflowSearchRuns"]["runs"].as_array().unwrap();
    let versions: usize = runs.iter().map(|run| run["modelVersions"].as_array().unwrap().len()).sum();
    assert_eq!((runs.len(), versions), (105, 3));
}

#[test]
fn aliases_fragments_and_directives_are_understood() {
    let server = TestServer::start();
    let answer = ask(
        &server,
        &json!({
            "operationName": "B",
            "variables": {"id": "0", "no": false},
            "query": r#"
                query A { __typename }
                query B($id: String, $no: Boolean, $unset: String) {
                    root: __typename
                    one: mlflowGetExperiment(input: {experimentId: $id}) { ...Answer }
                    two: mlflowGetExperiment(input: {experimentId: "0"}) {
                        ... on MlflowGetExperimentResponse { experiment { name } }
                        experiment { experimentId lifecycleStage @include(if: $no) }
                    }
                    three: mlflowGetExperiment(input: {experimentId: $id}) @skip(if: true) { __typename }
                }
                fragment Answer on MlflowGetExperimentResponse { experiment { ...Name } }
                fragment Name on MlflowExperiment { title: name kind: __typename }
            "#,
        }),
    );
    insta::assert_snapshot!(answer.snapshot(), @r#"200 {"data":{"one":{"experiment":{"kind":"MlflowExperiment","title":"Default"}},"root":"Query","two":{"experiment":{"experimentId":"0","name":"Default"}}},"errors":null}"#);
}

#[test]
fn what_an_operation_refuses_is_told_in_its_field() {
    let server = TestServer::start();
    let text = r#"{
        there: mlflowGetExperiment(input: {experimentId: "0"}) { apiError { code } experiment { name } }
        gone: mlflowGetRun(input: {runId: "0123456789abcdef0123456789abcdef"}) { apiError { code message helpUrl } run { info { runId } } }
        wrong: mlflowSearchRuns(input: {experimentIds: ["0"], filter: "nonsense"}) { apiError { code } runs { info { runId } } }
        type: mlflowSearchRuns(input: {experimentIds: ["0"], maxResults: "many"}) { apiError { code message } }
    }"#;
    insta::assert_snapshot!(query(&server, text).snapshot(), @r#"200 {"data":{"gone":{"apiError":{"code":"RESOURCE_DOES_NOT_EXIST","helpUrl":null,"message":"Run with id=[id] not found"},"run":null},"there":{"apiError":null,"experiment":{"name":"Default"}},"type":{"apiError":{"code":"INVALID_PARAMETER_VALUE","message":"Invalid value \"many\" for parameter 'max_results' supplied: invalid value: string \"many\", expected an integer of 64 bits. See the API docs for more information about request parameters."}},"wrong":{"apiError":{"code":"INVALID_PARAMETER_VALUE"},"runs":null}},"errors":null}"#);
}

#[test]
fn what_is_not_in_the_schema_is_refused_by_name() {
    let server = TestServer::start();
    let refused: Vec<String> = [
        "{ mlflowGetRun(input: {runId: \"x\"}) { run { info { runId nothing } } } }",
        "{ mlflowGetRun(input: {runId: \"x\"}) { run } }",
        "{ mlflowGetRun(input: {runId: \"x\"}) { run { info { runId { text } } } } }",
        "{ mlflowGetRun(input: {runId: \"x\", name: 1}) { run { info { runId } } } }",
        "{ mlflowGetRun(id: \"x\") { run { info { runId } } } }",
        "{ mlflowGetRun { run { info { runId } } } }",
        "{ mlflowGetRun(input: $unknown) { run { info { runId } } } }",
        "query Q($needed: MlflowGetRunInput!) { mlflowGetRun(input: $needed) { run { info { runId } } } }",
        "{ mlflowSearchDatasets(input: {experimentIds: []}) { datasetSummaries { name } } }",
        "mutation { mlflowGetRun(input: {runId: \"x\"}) { run { info { runId } } } }",
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ ...Missing }",
        "{ ... on Mutation { __typename } }",
        "{ __typename @when(if: true) }",
        "{ a: __typename a: mlflowGetRun(input: {}) { __typename } }",
        "subscription { __typename }",
        "query A { __typename } query B { __typename }",
        "type Query { a: Int }",
        "{ mlflowGetRun(",
        "",
    ]
    .map(|text| refusal(&server, text))
    .into();
    insta::assert_snapshot!(refused.join("\n"), @r#"
    Cannot query field 'nothing' on type 'MlflowRunInfo'.
    Field 'run' of type 'MlflowRunExtension' must have a selection of subfields.
    Field 'runId' of type 'MlflowRunInfo' has no subfields.
    Field 'name' is not defined by type 'MlflowGetRunInput'.
    Unknown argument 'id' on field 'mlflowGetRun'.
    Field 'mlflowGetRun' needs an object as argument 'input'.
    Variable '$unknown' is not defined.
    Variable '$needed' needs a value.
    Cannot query field 'mlflowSearchDatasets' on type 'Query'.
    Cannot query field 'mlflowGetRun' on type 'Mutation'.
    GraphQL introspection is not allowed.
    GraphQL introspection is not allowed.
    Unknown fragment 'Missing'.
    A fragment on 'Mutation' cannot be spread in 'Query'.
    Unknown directive '@when'.
    Fields 'a' conflict; use different aliases.
    there are no subscriptions
    Must provide operation name if query contains multiple operations.
    no part of a request: ObjectTypeDefinition
    Syntax error in line 1: expected an Argument
    Syntax error in line 1: Unexpected <EOF>.
    "#);
    let unknown = ask(&server, &json!({"query": "query A { __typename }", "operationName": "B"}));
    insta::assert_snapshot!(unknown.snapshot(), @r#"200 {"data":null,"errors":[{"message":"Unknown operation named 'B'."}]}"#);
    insta::assert_snapshot!(ask(&server, &json!({})).snapshot(), @r#"200 {"data":null,"errors":[{"message":"the request has no 'query'"}]}"#);
    insta::assert_snapshot!(server.send("POST", "/graphql", b"[1]").snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"not a GraphQL request: invalid type: integer `1`, expected a string at line 1 column 2"}"#);
    insta::assert_snapshot!(server.connect().request("POST", "/graphql", &[("content-type", "text/plain")], b"{}").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Bad Request. Content-Type must be one of ['application/json']."}"#);
}

#[test]
fn what_is_too_deep_or_too_large_is_refused() {
    let server = TestServer::start();
    let nested = format!("{}__typename{}", "{ ... ".repeat(5000), "}".repeat(5000));
    let list =
        format!("{{ mlflowGetRun(input: {{runId: {}1{}}}) {{ __typename }} }}", "[".repeat(5000), "]".repeat(5000));
    let around = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A __typename }";
    let fields: String = (0..1100).map(|_| "key ").collect();
    let wide = format!("{{ mlflowGetRun(input: {{}}) {{ run {{ data {{ tags {{ {fields} }} }} }} }} }}");
    let roots: String = (0..11).map(|_| "__typename ").collect();
    let roots = format!("{{ {roots} a: __typename b: __typename }}");
    let aliases: String = (0..11).map(|number| format!("a{number}: __typename ")).collect();
    let messages = [nested, list, wide, format!("{{ {aliases} }}")].map(|text| refusal(&server, &text));
    insta::assert_snapshot!(messages.join("\n"), @r#"
    Syntax error in line 1: parser recursion limit reached
    Syntax error in line 1: parser recursion limit reached
    Query exceeds maximum total selections of 1000
    GraphQL queries should have at most 10 aliases.
    "#);
    assert_eq!(query(&server, around).json(), json!({"data": {"__typename": "Query"}, "errors": null}));
    assert_eq!(query(&server, &roots).json()["errors"], Value::Null);
    let large = json!({"query": " ".repeat(300_000)});
    assert_eq!(ask(&server, &large).status, 413);
}
