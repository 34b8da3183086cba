//! Health, version, capabilities, the page at the root, and who may ask at all.

use crate::TestServer;

#[test]
fn the_server_describes_itself() {
    let server = TestServer::start();
    assert_eq!(server.get("/health").snapshot(), "200 OK");
    assert_eq!(server.get("/version").snapshot(), "200 3.18.0");
    insta::assert_snapshot!(server.get("/api/3.0/mlflow/server-info").snapshot(), @r#"200 {"store_type":"SqlStore","workspaces_enabled":false,"trace_archival_enabled":false,"multipart_uploads_enabled":false,"multipart_downloads_enabled":false,"artifact_serving_enabled":true,"tracking_auth":"","artifacts_presigned_only":false,"trainyard_version":"0.1.0","ingest_version":1}"#);
    assert_eq!(server.get("/ajax-api/3.0/mlflow/server-info").body, server.get("/api/3.0/mlflow/server-info").body);
}

#[test]
fn every_answer_tells_browsers_not_to_guess_or_frame() {
    let server = TestServer::start();
    for target in ["/", "/health", "/nothing", "/api/2.0/mlflow/experiments/get?experiment_id=0"] {
        let answer = server.get(target);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"), "{target}");
    }
}

#[test]
fn a_strange_host_is_refused_except_for_health() {
    let server = TestServer::start();
    let ask = |target: &str, host: &str| server.connect().request("GET", target, &[("host", host)], b"");
    insta::assert_snapshot!(ask("/api/2.0/mlflow/experiments/get?experiment_id=0", "evil.com").snapshot(), @r#"403 {"error_code":"PERMISSION_DENIED","message":"Invalid Host header 'evil.com': possible DNS rebinding attack. If this is the server's name, start it with --allowed-hosts."}"#);
    assert_eq!(ask("/health", "evil.com").status, 200);
    assert_eq!(ask("/api/2.0/mlflow/experiments/get?experiment_id=0", "192.168.0.9:5000").status, 200);
    let absolute = ask("http://evil.com/api/2.0/mlflow/experiments/get?experiment_id=0", "localhost");
    assert_eq!(absolute.status, 403);
}

#[test]
fn a_page_of_another_origin_may_look_but_not_touch() {
    let server =
        TestServer::start_with(|config| config.cors_allowed_origins = vec!["https://ui.example.org".to_owned()]);
    let post = |origin: &str| {
        let headers = [("origin", origin), ("content-type", "application/json")];
        server.connect().request("POST", "/api/2.0/mlflow/runs/search", &headers, b"{}")
    };
    insta::assert_snapshot!(post("https://evil.com").snapshot(), @r#"403 {"error_code":"PERMISSION_DENIED","message":"Cross-origin request from 'https://evil.com' blocked; --cors-allowed-origins lists who may."}"#);
    let own = format!("http://{}", server.address);
    for origin in ["https://ui.example.org", "http://localhost:3000", &own] {
        let answer = post(origin);
        assert_eq!(answer.status, 200, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    }
    let read = server.connect().request("GET", "/health", &[("origin", "https://evil.com")], b"");
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
}

#[test]
fn a_browsers_question_in_advance_is_answered() {
    let server = TestServer::start();
    let ask = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "content-type"),
        ];
        server.connect().request("OPTIONS", "/api/2.0/mlflow/registered-models/update", &headers, b"")
    };
    let allowed = ask("http://localhost:3000");
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE, OPTIONS"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("content-type"));
    assert_eq!(ask("https://evil.com").header("access-control-allow-methods"), None);
}
