//! Listings and downloads by the ids of runs, logged models and model versions.

use serde_json::json;

use crate::TestServer;

const PROXY: &str = "/api/2.0/mlflow-artifacts/artifacts";

fn upload(server: &TestServer, path: &str) {
    assert_eq!(server.connect().request("PUT", &format!("{PROXY}/{path}"), &[], b"content").status, 200);
}

#[test]
fn a_runs_files_are_listed_from_its_root() {
    let server = TestServer::start();
    let run_id = server.run();
    upload(&server, &format!("0/{run_id}/artifacts/plots/a.png"));
    upload(&server, &format!("0/{run_id}/artifacts/notes.txt"));
    let list = |query: &str| server.get(&format!("/api/2.0/mlflow/artifacts/list?run_id={run_id}{query}")).snapshot();
    insta::assert_snapshot!(list(""), @r#"200 {"root_uri":"mlflow-artifacts:/0/[id]/artifacts","files":[{"path":"notes.txt","is_dir":false,"file_size":7},{"path":"plots","is_dir":true}]}"#);
    insta::assert_snapshot!(list("&path=plots"), @r#"200 {"root_uri":"mlflow-artifacts:/0/[id]/artifacts","files":[{"path":"plots/a.png","is_dir":false,"file_size":7}]}"#);
    insta::assert_snapshot!(list("&path=../.."), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: \"../..\" has a part '.' or '..'"}"#);
    insta::assert_snapshot!(server.get("/api/2.0/mlflow/artifacts/list?run_id=none").snapshot(), @r#"404 {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=none not found"}"#);
}

#[test]
fn files_are_fetched_by_the_id_of_their_owner() {
    let server = TestServer::start();
    let run_id = server.run();
    upload(&server, &format!("0/{run_id}/artifacts/notes.txt"));
    let model = server.post("/logged-models", json!({"experiment_id": "0", "name": "iris"})).json();
    let model_id = model["model"]["info"]["model_id"].as_str().unwrap();
    upload(&server, &format!("0/models/{model_id}/artifacts/MLmodel"));
    server.post("/registered-models/create", json!({"name": "iris"}));
    let version = json!({"name": "iris", "source": format!("models:/{model_id}"), "model_id": model_id});
    assert_eq!(server.post("/model-versions/create", version).status, 200);

    let model_root = format!("logged-models/{model_id}/artifacts");
    for target in [
        format!("/get-artifact?run_uuid={run_id}&path=notes.txt"),
        format!("/get-artifact?run_id={run_id}&path=notes.txt"),
        "/model-versions/get-artifact?name=iris&version=1&path=MLmodel".to_owned(),
        format!("/ajax-api/2.0/mlflow/{model_root}/files?artifact_file_path=MLmodel"),
    ] {
        let answer = server.get(&target);
        assert_eq!(answer.snapshot(), "200 content", "{target}");
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment"), "{target}");
    }
    let listed = server.get(&format!("/api/2.0/mlflow/{model_root}/directories"));
    assert_eq!(listed.json()["files"], json!([{"path": "MLmodel", "is_dir": false, "file_size": 7}]));

    insta::assert_snapshot!(server.get("/get-artifact?path=a").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'run_id'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(server.get(&format!("/get-artifact?run_id={run_id}")).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'path'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(server.get(&format!("/get-artifact?run_id={run_id}&path=%2e%2e/x")).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: \"../x\" has a part '.' or '..'"}"#);
}

#[test]
fn files_shown_in_place_are_sandboxed() {
    let server = TestServer::start();
    let run_id = server.run();
    for name in ["page.html", "picture.svg", "notes.txt", "paper.pdf"] {
        upload(&server, &format!("0/{run_id}/artifacts/{name}"));
    }
    let get = |name: &str| server.get(&format!("/get-artifact?run_id={run_id}&path={name}&inline=true"));
    for name in ["page.html", "picture.svg", "notes.txt"] {
        let answer = get(name);
        let shown = format!("inline; filename={name}");
        assert_eq!(answer.header("content-disposition"), Some(shown.as_str()), "{name}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox allow-scripts; default-src 'none';"), "{name}: {policy}");
        assert!(!policy.contains("allow-same-origin") && !policy.contains("connect-src"), "{name}: {policy}");
    }
    let pdf = get("paper.pdf");
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert_eq!(pdf.header("content-security-policy"), Some("frame-ancestors 'self'"));

    let saved = server.get(&format!("/get-artifact?run_id={run_id}&path=page.html&inline=false"));
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment"));
}

#[test]
fn a_location_outside_of_the_servers_roots_is_not_read() {
    let server = TestServer::start();
    std::fs::write(server.folder.join("secret"), "secret").unwrap();
    let location = format!("file://{}", server.folder.display());
    for location in [location.as_str(), &location["file://".len()..]] {
        let name = format!("outside at {}", location.len());
        let made = server.post("/experiments/create", json!({"name": name, "artifact_location": location}));
        let Some(experiment_id) = made.json()["experiment_id"].as_str().map(str::to_owned) else {
            assert_eq!(made.status, 400);
            continue;
        };
        let run = server.post("/runs/create", json!({"experiment_id": experiment_id})).json();
        let run_id = run["run"]["info"]["run_id"].as_str().unwrap();
        for target in [
            format!("/get-artifact?run_id={run_id}&path=secret"),
            format!("/api/2.0/mlflow/artifacts/list?run_id={run_id}"),
        ] {
            let answer = server.get(&target);
            assert_eq!(answer.status, 403, "{}", answer.snapshot());
            assert_eq!(answer.json()["error_code"], "PERMISSION_DENIED");
        }
    }
}
