//! MLflow's UI from a folder: its page, its files, and the parts of MLflow that it asks for in vain.

use std::fs;

use trainyard_server::Ui;

use crate::{Answer, TestServer};

const ABSENT: [(&str, &str); 12] = [
    ("GET", "/ajax-api/2.0/mlflow/users/current"),
    ("GET", "/ajax-api/2.0/mlflow/traces?experiment_ids=0"),
    ("GET", "/ajax-api/2.0/mlflow/gateway-proxy?gateway_path=api%2F2.0%2Fendpoints%2F"),
    ("POST", "/ajax-api/2.0/mlflow/gateway-proxy"),
    ("GET", "/ajax-api/3.0/mlflow/assistant/config"),
    ("GET", "/ajax-api/3.0/mlflow/assistant/providers"),
    ("POST", "/ajax-api/3.0/mlflow/issues/search"),
    ("GET", "/ajax-api/3.0/mlflow/scorers/list?experiment_id=0"),
    ("POST", "/ajax-api/3.0/mlflow/traces/metrics"),
    ("POST", "/ajax-api/3.0/mlflow/traces/search"),
    ("GET", "/ajax-api/3.0/mlflow/ui-telemetry"),
    ("POST", "/ajax-api/3.0/mlflow/ui-telemetry"),
];

/// A server with a UI of three files, below a prefix if one is given.
fn start(prefix: &str) -> (TestServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("static/js");
    fs::create_dir_all(&files).unwrap();
    fs::write(folder.path().join("index.html"), "<!doctype html><title>UI</title>").unwrap();
    fs::write(folder.path().join("favicon.ico"), "icon").unwrap();
    fs::write(files.join("main.0123abcd.js"), "let plain;").unwrap();
    fs::write(files.join("main.0123abcd.js.gz"), "compressed").unwrap();
    fs::write(folder.path().parent().unwrap().join("outside.txt"), "outside").unwrap();
    let server = TestServer::start_with(|config| {
        config.ui = Ui::Mlflow(folder.path().to_str().unwrap().to_owned());
        config.static_prefix = prefix.to_owned();
    });
    (server, folder)
}

fn headers(answer: &Answer, names: &[&str]) -> String {
    let line = |name: &&str| format!("{name}: {}", answer.header(name).unwrap_or("-"));
    names.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_is_asked_for_anew_each_time_and_says_what_it_may_load() {
    let (server, _folder) = start("");
    let page = server.get("/");
    assert_eq!(page.snapshot(), "200 <!doctype html><title>UI</title>");
    insta::assert_snapshot!(headers(&page, &["content-type", "cache-control", "x-frame-options", "content-security-policy"]), @r#"
    content-type: text/html; charset=utf-8
    cache-control: no-cache
    x-frame-options: SAMEORIGIN
    content-security-policy: default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' https:; style-src 'self' 'unsafe-inline' https:; img-src 'self' data: blob: https:; font-src 'self' data: https:; media-src 'self' data: blob: https:; worker-src 'self' blob:; frame-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'
    "#);
    let tag = page.header("etag").unwrap();
    assert_eq!(page.headers.iter().filter(|(name, _)| name == "etag").count(), 1);
    let again = server.connect().request("GET", "/", &[("if-none-match", tag)], b"");
    assert_eq!((again.status, again.header("etag")), (304, Some(tag)));
    let head = server.send("HEAD", "/", b"");
    assert_eq!((head.status, head.header("content-length")), (200, Some("32")));
}

#[test]
fn files_with_a_hash_in_their_name_are_kept_for_good() {
    let (server, _folder) = start("");
    let script = server.get("/static-files/static/js/main.0123abcd.js");
    assert_eq!(script.snapshot(), "200 let plain;");
    insta::assert_snapshot!(headers(&script, &["content-type", "cache-control", "content-encoding", "content-length", "vary"]), @r#"
    content-type: text/javascript; charset=utf-8
    cache-control: public, max-age=31536000, immutable
    content-encoding: -
    content-length: 10
    vary: Accept-Encoding
    "#);
    let icon = server.get("/static-files/favicon.ico");
    insta::assert_snapshot!(headers(&icon, &["content-type", "cache-control"]), @r#"
    content-type: image/x-icon
    cache-control: no-cache
    "#);
    let head = server.send("HEAD", "/static-files/static/js/main.0123abcd.js", b"");
    assert_eq!(
        (head.status, head.header("content-length"), head.header("etag")),
        (200, Some("10"), script.header("etag"))
    );
}

#[test]
fn a_compressed_file_beside_a_file_is_sent_to_browsers_that_read_it() {
    let (server, _folder) = start("");
    let ask = |accepted| {
        let target = "/static-files/static/js/main.0123abcd.js";
        server.connect().request("GET", target, &[("accept-encoding", accepted)], b"")
    };
    let compressed = ask("gzip, deflate, br");
    assert_eq!(compressed.snapshot(), "200 compressed");
    insta::assert_snapshot!(headers(&compressed, &["content-type", "content-encoding", "vary"]), @r#"
    content-type: text/javascript; charset=utf-8
    content-encoding: gzip
    vary: Accept-Encoding
    "#);
    assert_eq!(ask("deflate").snapshot(), "200 let plain;");
}

#[test]
fn nothing_outside_of_the_folder_is_served() {
    let (server, _folder) = start("");
    for path in ["../outside.txt", "%2e%2e/outside.txt", "static/../../outside.txt", "%2Fetc%2Fpasswd", "static/js%00"]
    {
        let answer = server.get(&format!("/static-files/{path}"));
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
        assert!(!answer.snapshot().contains("outside\n"), "{path}: {answer:?}");
        assert_ne!(answer.body, b"outside", "{path}");
    }
    for path in ["nothing.js", "static", "favicon.ico/x"] {
        let answer = server.get(&format!("/static-files/{path}"));
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert_eq!(answer.json()["error_code"], "RESOURCE_DOES_NOT_EXIST", "{path}");
    }
}

#[test]
fn parts_that_are_left_out_are_empty_with_the_ui_and_no_routes_without_it() {
    let (with, _folder) = start("");
    let without = TestServer::start();
    for (method, target) in ABSENT {
        let answer = with.send(method, target, b"{}");
        assert!(answer.status == 200 && answer.json().is_object(), "{method} {target}: {answer:?}");
        let answer = without.send(method, target, b"{}");
        assert_eq!((answer.status, &answer.json()["error_code"]), (404, &"ENDPOINT_NOT_FOUND".into()), "{target}");
        // Programs, which do not use the paths of the UI, are told the truth in either case.
        let answer = with.send(method, &target.replacen("/ajax-api", "/api", 1), b"{}");
        assert_eq!((answer.status, &answer.json()["error_code"]), (404, &"ENDPOINT_NOT_FOUND".into()), "{target}");
    }
    assert_eq!(without.get("/static-files/favicon.ico").status, 404);
}

#[test]
fn everything_of_the_ui_stands_below_the_static_prefix() {
    let (server, _folder) = start("/yard");
    assert_eq!(server.get("/yard/").snapshot(), "200 <!doctype html><title>UI</title>");
    assert_eq!(server.get("/yard/static-files/favicon.ico").status, 200);
    assert_eq!(server.get("/static-files/favicon.ico").status, 404);
    let graphql = server.send("POST", "/yard/graphql", br#"{"query": "{ __typename }"}"#);
    assert_eq!(graphql.snapshot(), r#"200 {"data":{"__typename":"Query"},"errors":null}"#);
}
