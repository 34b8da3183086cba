//! Our own web UI: where its page stands, and that the policies of answers keep to themselves what is shown.
//!
//! Whether this build has the UI's files or only the page that says how to make them, both hold.

use trainyard_server::Ui;

use crate::TestServer;

const PAGES: [&str; 10] = [
    "/",
    "/experiments",
    "/experiments/",
    "/experiments/1",
    "/experiments/1/models",
    "/runs/0123/artifacts/a%2Fb.png",
    "/compare?run=a&run=b",
    "/models",
    "/models/iris/versions/1",
    "/logged-models/m-1",
];

#[test]
fn one_page_stands_at_every_address_of_the_ui() {
    let server = TestServer::start();
    let first = server.get("/");
    for target in PAGES {
        let page = server.get(target);
        assert_eq!((page.status, &page.body), (200, &first.body), "{target}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{target}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{target}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{policy}");
        let head = server.send("HEAD", target, b"");
        assert_eq!((head.status, head.body.len()), (200, 0), "{target}");
        assert_eq!(head.header("content-length"), Some(first.body.len().to_string().as_str()), "{target}");
        let known = [("if-none-match", page.header("etag").unwrap())];
        assert_eq!(server.connect().request("GET", target, &known, b"").status, 304, "{target}");
    }
}

#[test]
fn a_file_that_is_not_of_the_ui_is_not_there() {
    let server = TestServer::start();
    for path in ["nothing.js", "..%2Findex.html", "%2Fetc%2Fpasswd", "a%00b"] {
        let answer = server.get(&format!("/assets/{path}"));
        assert_eq!((answer.status, &answer.json()["error_code"]), (404, &"RESOURCE_DOES_NOT_EXIST".into()), "{path}");
    }
}

#[test]
fn the_page_stands_below_the_static_prefix() {
    let server = TestServer::start_with(|config| config.static_prefix = "/yard".to_owned());
    for target in PAGES {
        assert_eq!(server.get(&format!("/yard{target}")).status, 200, "{target}");
        assert_eq!(server.get(target).status, 404, "{target}");
    }
    // What the server says its address is.
    assert!(server.url().ends_with("/yard"));
    let address = server.get("/yard");
    assert_eq!((address.status, address.header("location")), (307, Some("/yard/")));
}

#[test]
fn without_a_ui_a_page_says_what_this_is() {
    let server = TestServer::start_with(|config| config.ui = Ui::None);
    let home = server.get("/");
    assert!(home.status == 200 && home.snapshot().contains("Trainyard is running"), "{home:?}");
    for target in ["/experiments", "/assets/index.js"] {
        assert_eq!(server.get(target).json()["error_code"], "ENDPOINT_NOT_FOUND", "{target}");
    }
}

#[test]
fn artifacts_are_shown_in_place_only_where_they_are_shut_in() {
    let server = TestServer::start();
    let run_id = server.run();
    let upload = |name: &str| {
        let path = format!("/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/{name}");
        assert_eq!(server.connect().request("PUT", &path, &[], b"<script>alert(1)</script>").status, 200);
    };
    for name in ["page.html", "drawing.svg", "paper.pdf"] {
        upload(name);
    }
    let shown = |name: &str, inline: &str| {
        let answer = server.get(&format!("/get-artifact?run_id={run_id}&path={name}{inline}"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        let header = |header: &str| answer.header(header).unwrap_or("-").to_owned();
        let lines = ["content-type", "content-disposition", "content-security-policy"].map(header);
        lines.join("\n")
    };
    insta::assert_snapshot!(shown("page.html", ""), @r"
    text/html
    attachment; filename=page.html
    sandbox; default-src 'none'; frame-ancestors 'self'
    ");
    insta::assert_snapshot!(shown("page.html", "&inline=still"), @r"
    text/html
    inline; filename=page.html
    sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; form-action 'none'; frame-ancestors 'self'
    ");
    insta::assert_snapshot!(shown("page.html", "&inline=scripts"), @r"
    text/html
    inline; filename=page.html
    sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob: https:; style-src 'unsafe-inline' data: https:; img-src data: blob: https:; media-src data: blob: https:; font-src data: https:; worker-src blob:; form-action 'none'; frame-ancestors 'self'
    ");
    insta::assert_snapshot!(shown("drawing.svg", "&inline=still"), @r"
    image/svg+xml
    inline; filename=drawing.svg
    sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; form-action 'none'; frame-ancestors 'self'
    ");
    insta::assert_snapshot!(shown("paper.pdf", "&inline=still"), @r"
    application/pdf
    inline; filename=paper.pdf
    frame-ancestors 'self'
    ");
    let refused = server.get(&format!("/get-artifact?run_id={run_id}&path=page.html&inline=all"));
    insta::assert_snapshot!(refused.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value for parameter 'inline': 'all' is neither 'still' nor 'scripts'"}"#);
}

#[test]
fn a_part_of_an_artifact_is_shown_in_place() {
    let server = TestServer::start();
    let run_id = server.run();
    let path = format!("/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/clip.mp4");
    assert_eq!(server.connect().request("PUT", &path, &[], b"0123456789").status, 200);
    let target = format!("/get-artifact?run_id={run_id}&path=clip.mp4&inline=still");
    let part = server.connect().request("GET", &target, &[("range", "bytes=2-4")], b"");
    assert_eq!((part.status, part.body.as_slice()), (206, b"234".as_slice()));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    assert_eq!(part.header("content-disposition"), Some("inline; filename=clip.mp4"));
}
