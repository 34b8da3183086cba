//! Webhooks as clients make them and as receivers hear of them.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trainyard_server::ServerConfig;

use crate::receiver::{Received, Receiver, status};
use crate::test_server::config_in;
use crate::{Answer, TestServer};

/// Receivers of tests are on this machine; pauses are as short as they can be.
fn open(config: &mut ServerConfig) {
    config.webhooks.allowed_schemes = vec!["https".to_owned(), "http".to_owned()];
    config.webhooks.allow_private_ips = true;
    config.webhooks.backoff = Duration::from_millis(1);
    config.webhooks.longest_backoff = Duration::from_millis(1);
}

fn create(server: &TestServer, url: &str, more: Value) -> Answer {
    let mut request = json!({
        "name": "hook", "url": url, "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}],
    });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.post("/webhooks", request)
}

fn created(server: &TestServer, url: &str, more: Value) -> String {
    let answer = create(server, url, more);
    answer.json()["webhook"]["webhook_id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn register(server: &TestServer, name: &str) {
    let answer = server.post("/registered-models/create", json!({"name": name}));
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn test(server: &TestServer, webhook_id: &str) -> Value {
    let answer = server.post(&format!("/webhooks/{webhook_id}/test"), json!({}));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["result"].clone()
}

/// HMAC-SHA256 as RFC 2104 has it, so that the signature is not checked by the code that makes it.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let pad = |byte: u8| (0..64).map(|index| key.get(index).unwrap_or(&0) ^ byte).collect::<Vec<u8>>();
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn expected_signature(secret: &str, received: &Received) -> String {
    let (id, time) = (received.header("x-mlflow-delivery-id"), received.header("x-mlflow-timestamp"));
    let mac = hmac(secret.as_bytes(), format!("{id}.{time}.{}", received.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac))
}

#[test]
fn a_change_is_posted_signed_to_the_webhook_that_wants_it() {
    let receiver = Receiver::answering(200);
    let server = TestServer::start_with(open);
    created(&server, &receiver.url, json!({"secret": "s3cret"}));
    register(&server, "iris");
    let received = receiver.next();
    assert_eq!(received.path, "/hook");
    assert_eq!(received.header("content-type"), "application/json");
    let body = received.json();
    assert_eq!((&body["entity"], &body["action"]), (&json!("registered_model"), &json!("created")));
    assert_eq!(body["data"], json!({"name": "iris", "tags": {}, "description": ""}));
    assert!(body["timestamp"].as_str().unwrap().ends_with("+00:00"), "{body}");
    assert_eq!(received.header("x-mlflow-delivery-id").len(), 36);
    assert!(received.header("x-mlflow-timestamp").parse::<u64>().unwrap() > 1_700_000_000);
    assert_eq!(received.header("x-mlflow-signature"), expected_signature("s3cret", &received));
}

#[test]
fn a_webhook_without_a_secret_is_called_without_a_signature() {
    let receiver = Receiver::answering(200);
    let server = TestServer::start_with(open);
    let url = receiver.url.replace("http://", "http://ann:p%40w@");
    let answer = create(&server, &url, json!({}));
    assert_eq!(answer.json()["webhook"]["url"], url.replace("p%40w", "***"));
    register(&server, "iris");
    let received = receiver.next();
    assert_eq!(received.header("x-mlflow-signature"), "");
    assert_eq!(received.header("authorization"), format!("Basic {}", STANDARD.encode("ann:p@w")));
}

#[test]
fn a_failed_delivery_is_made_again_under_its_id() {
    let mut left = vec![status(200, ""), status(500, ""), status(429, ""), Some("nonsense\r\n\r\n".to_owned())];
    let receiver = Receiver::start(move |_| left.pop().unwrap_or_else(|| status(200, "")));
    let server = TestServer::start_with(open);
    created(&server, &receiver.url, json!({"secret": "s3cret"}));
    register(&server, "iris");
    let requests: Vec<_> = (0..4).map(|_| receiver.next()).collect();
    for request in &requests {
        assert_eq!(request.header("x-mlflow-delivery-id"), requests[0].header("x-mlflow-delivery-id"));
        assert_eq!(request.body, requests[0].body);
        assert_eq!(request.header("x-mlflow-signature"), expected_signature("s3cret", request));
    }
    // The next event shows that the first was not sent a fifth time.
    register(&server, "wine");
    assert_eq!(receiver.next().json()["data"]["name"], "wine");
}

#[test]
fn what_a_receiver_refuses_or_never_takes_is_given_up() {
    let refusing = Receiver::answering(404);
    let failing = Receiver::answering(503);
    let server = TestServer::start_with(|config| {
        open(config);
        config.webhooks.max_retries = 2;
    });
    created(&server, &refusing.url, json!({}));
    created(&server, &failing.url, json!({}));
    register(&server, "iris");
    let names = |receiver: &Receiver, count| -> Vec<_> {
        (0..count).map(|_| receiver.next().json()["data"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&refusing, 1), ["iris"]);
    assert_eq!(names(&failing, 3), ["iris"; 3]);
    register(&server, "wine");
    assert_eq!(names(&refusing, 1), ["wine"]);
    assert_eq!(names(&failing, 3), ["wine"; 3]);
}

#[test]
fn a_redirect_is_not_followed() {
    let goal = Receiver::answering(200);
    let location = goal.url.clone();
    let receiver = Receiver::start(move |_| {
        Some(format!("HTTP/1.1 307 X\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
    });
    let server = TestServer::start_with(open);
    let webhook_id = created(&server, &receiver.url, json!({}));
    let result = test(&server, &webhook_id);
    assert_eq!((&result["success"], &result["response_status"]), (&json!(false), &json!(307)));
    register(&server, "iris");
    receiver.next();
    assert_eq!(receiver.next().json()["data"]["name"], "iris");
    assert!(goal.so_far().is_empty());
}

#[test]
fn a_receiver_that_does_not_answer_is_left_and_does_not_hold_up_others() {
    let silent = Receiver::start(|_| None);
    let receiver = Receiver::answering(200);
    let server = TestServer::start_with(|config| {
        open(config);
        config.webhooks.workers = 2;
        config.webhooks.timeout = Duration::from_millis(200);
        config.webhooks.max_retries = 1000;
    });
    let webhook_id = created(&server, &silent.url, json!({}));
    created(&server, &receiver.url, json!({}));
    for name in ["a", "b", "c"] {
        register(&server, name);
    }
    // On a busy machine the good receiver may be too slow as well, and hear of an event twice.
    for receiver in [&receiver, &silent] {
        let mut ids = BTreeSet::new();
        while ids.len() < 3 {
            ids.insert(receiver.next().header("x-mlflow-delivery-id").to_owned());
        }
    }
    let result = test(&server, &webhook_id);
    assert_eq!(result["success"], false);
    assert!(result["error_message"].as_str().unwrap().starts_with("Failed to test webhook: "), "{result}");
}

#[test]
fn a_delivery_under_way_when_the_server_dies_is_made_by_the_next() {
    let mut calls = 0;
    let receiver = Receiver::start(move |_| {
        calls += 1;
        if calls == 1 { None } else { status(200, "") }
    });
    // The lease has to end while the test waits, and not before the server is dead.
    let impatient = |config: &mut ServerConfig| {
        open(config);
        config.webhooks.timeout = Duration::from_secs(2);
        config.webhooks.grace = Duration::ZERO;
    };
    let server = TestServer::start_with(impatient);
    created(&server, &receiver.url, json!({}));
    register(&server, "iris");
    let first = receiver.next();
    let folder = server.die();
    let mut config = config_in(folder.path());
    impatient(&mut config);
    let _next = TestServer::start_on(folder, config);
    let second = receiver.next();
    assert_eq!(second.header("x-mlflow-delivery-id"), first.header("x-mlflow-delivery-id"));
    assert_eq!(second.body, first.body);
}

#[test]
fn what_other_programs_left_in_the_store_is_delivered_by_the_server_that_opens_it() {
    let receiver = Receiver::answering(200);
    let folder = tempfile::tempdir().unwrap();
    let mut config = config_in(folder.path());
    open(&mut config);
    {
        use trainyard_api::registered_models::CreateRegisteredModel;
        use trainyard_api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
        use trainyard_store::{ArtifactRoot, PostgresOptions, Store, StoreOptions};
        let artifact_root = ArtifactRoot::Managed("mlflow-artifacts:/".to_owned());
        let store = Store::open(
            &config.backend_store_uri,
            StoreOptions {
                artifact_root,
                webhook_key: None,
                truncate_long_values: true,
                postgres: PostgresOptions::default(),
            },
        )
        .unwrap();
        let event = WebhookEvent::new(WebhookEntity::RegisteredModel, WebhookAction::Created);
        let hook = CreateWebhook {
            name: "h".into(),
            url: receiver.url.clone(),
            events: Some(vec![event]),
            ..Default::default()
        };
        store.execute(hook).wait().unwrap();
        store.execute(CreateRegisteredModel { name: "iris".into(), ..Default::default() }).wait().unwrap();
    }
    let _server = TestServer::start_on(folder, config);
    assert_eq!(receiver.next().json()["data"]["name"], "iris");
}

#[test]
fn two_servers_on_one_store_deliver_each_event_once() {
    let receiver = Receiver::answering(200);
    let one = TestServer::start_with(open);
    let two = {
        let mut config = config_in(&one.folder);
        open(&mut config);
        TestServer::start_on(tempfile::tempdir().unwrap(), config)
    };
    created(&one, &receiver.url, json!({}));
    let names: BTreeSet<String> = (0..40).map(|index| format!("m{index}")).collect();
    for (index, name) in names.iter().enumerate() {
        register(if index % 2 == 0 { &one } else { &two }, name);
    }
    let mut heard: Vec<_> =
        (0..names.len()).map(|_| receiver.next().json()["data"]["name"].as_str().unwrap().to_owned()).collect();
    drop((one, two));
    heard.extend(receiver.so_far().iter().map(|received| received.json()["data"]["name"].to_string()));
    heard.sort();
    assert_eq!(heard, names.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_test_answers_what_came_back() {
    let receiver = Receiver::answering(200);
    let failing = Receiver::answering(503);
    let server = TestServer::start_with(open);
    let webhook_id = created(&server, &receiver.url, json!({"secret": "s", "status": "DISABLED"}));
    assert_eq!(
        test(&server, &webhook_id),
        json!({"success": true, "response_status": 200, "response_body": "so be it"})
    );
    let received = receiver.next();
    assert_eq!(received.json()["data"]["name"], "example_model");
    assert_eq!(received.header("x-mlflow-signature"), expected_signature("s", &received));
    let path = format!("/webhooks/{webhook_id}/test");
    server.post(&path, json!({"event": {"entity": "PROMPT_TAG", "action": "SET"}}));
    assert_eq!(receiver.next().json()["data"]["name"], "example_prompt");
    let wrong = server.post(&path, json!({"event": {"entity": "PROMPT_TAG", "action": "CREATED"}}));
    insta::assert_snapshot!(wrong.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid action 'created' for entity 'prompt_tag'. Valid actions are: ['deleted', 'set'] (parameter 'event')"}"#);
    let webhook_id = created(&server, &failing.url, json!({}));
    let failed = json!({"success": false, "response_status": 503, "response_body": "so be it"});
    assert_eq!(test(&server, &webhook_id), failed);
    assert_eq!(failing.so_far().len(), 1);
    insta::assert_snapshot!(server.post("/webhooks/nope/test", json!({})).snapshot(), @r#"404 {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Webhook with ID nope not found."}"#);
}

#[test]
fn only_the_beginning_of_an_answer_is_read() {
    let receiver = Receiver::start(|_| status(200, &"x".repeat(1_000_000)));
    let server = TestServer::start_with(open);
    let result = test(&server, &created(&server, &receiver.url, json!({})));
    assert_eq!(result["response_body"].as_str().unwrap().len(), 64 * 1024);
}

#[test]
fn addresses_inside_are_refused_when_a_webhook_is_made() {
    let server = TestServer::start_with(|config| config.webhooks.allowed_schemes.push("http".to_owned()));
    for url in [
        "http://127.0.0.1:1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://localhost/",
    ] {
        let answer = create(&server, url, json!({}));
        assert_eq!(answer.status, 400, "{url}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("'url'") && message.contains("not a public IP address"), "{message}");
    }
    let webhook_id = created(&server, "https://8.8.8.8/", json!({}));
    let answer = server.send(
        "PATCH",
        &format!("/api/2.0/mlflow/webhooks/{webhook_id}"),
        br#"{"url": "https://ann:pw@169.254.169.254/latest/meta-data"}"#,
    );
    insta::assert_snapshot!(answer.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 'https://ann:***@169.254.169.254/latest/meta-data' for parameter 'url' supplied: it leads to 169.254.169.254, which is not a public IP address; --webhook-allow-private-ips lets webhooks reach it"}"#);
    let plain = TestServer::start();
    insta::assert_snapshot!(create(&plain, "http://8.8.8.8/", json!({})).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid webhook URL scheme: 'http'. Allowed schemes are: https."}"#);
    insta::assert_snapshot!(create(&plain, "nonsense", json!({})).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid webhook URL scheme: ''. Allowed schemes are: https."}"#);
}

#[test]
fn addresses_inside_are_refused_again_when_they_are_called() {
    let receiver = Receiver::answering(200);
    let server = TestServer::start_with(open);
    let by_number = created(&server, &receiver.url, json!({}));
    let by_name = created(&server, &receiver.url.replace("127.0.0.1", "localhost"), json!({}));
    assert_eq!(test(&server, &by_name)["success"], true);
    receiver.next();
    let folder = server.stop();
    let mut config = config_in(folder.path());
    open(&mut config);
    config.webhooks.allow_private_ips = false;
    let server = TestServer::start_on(folder, config);
    for webhook_id in [by_number, by_name] {
        let result = test(&server, &webhook_id);
        let message = result["error_message"].as_str().unwrap();
        assert!(message.contains("not a public IP address"), "{message}");
    }
    register(&server, "iris");
    drop(server);
    assert!(receiver.so_far().is_empty());
}
