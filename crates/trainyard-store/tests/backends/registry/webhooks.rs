//! Webhooks: making and changing them, what they are told, and how servers share the telling.

use serde_json::{Value, json};
use trainyard_api::model_versions::*;
use trainyard_api::registered_models::*;
use trainyard_api::webhooks::*;
use trainyard_api::{ErrorCode, Tag};
use trainyard_store::webhooks::{self as outbox, Delivery, SecretKey, Signing, Take, Taken};
use trainyard_store::{Store, StoreOptions};

use super::{add_version, register, told};
use crate::backend::{TestStore, options};

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

fn event(name: &str) -> WebhookEvent {
    let (entity, action) = name.split_once('.').unwrap();
    let entity = WebhookEntity::ALL.iter().find(|known| known.as_str() == entity).unwrap();
    let action = WebhookAction::ALL.iter().find(|known| known.as_str() == action).unwrap();
    WebhookEvent::new(*entity, *action)
}

fn request(events: &[&str]) -> CreateWebhook {
    CreateWebhook {
        name: "hook".into(),
        url: "https://h.example/x".into(),
        events: Some(events.iter().map(|name| event(name)).collect()),
        ..CreateWebhook::default()
    }
}

fn create(test: &TestStore, events: &[&str]) -> Webhook {
    test.call(request(events)).unwrap().webhook
}

fn every_event() -> Vec<WebhookEvent> {
    let entities = WebhookEntity::ALL.iter();
    entities.flat_map(|entity| entity.actions().iter().map(|action| WebhookEvent::new(*entity, *action))).collect()
}

fn wanted(holder: &str) -> Take {
    Take {
        holder: holder.into(),
        lease_ms: 1000,
        max_age_ms: 1_000_000,
        room: 100,
        room_per_webhook: 100,
        under_way: Vec::new(),
    }
}

fn take(test: &TestStore, wanted: Take) -> Taken {
    test.store.write(move |tx| outbox::take(tx, &wanted)).wait().unwrap()
}

fn finish(test: &TestStore, delivery: Delivery) {
    test.store.write(move |tx| outbox::finish(tx, &delivery)).wait().unwrap();
}

/// Takes what is due and reads it: event and data of each, in the order of the changes.
fn told_events(test: &TestStore) -> Vec<(String, Value)> {
    let mut deliveries = take(test, wanted("server")).deliveries;
    deliveries.sort_by(|a, b| a.delivery_id.cmp(&b.delivery_id));
    let read = deliveries.into_iter().map(|delivery| {
        let body: Value = serde_json::from_str(&delivery.body).unwrap();
        assert_eq!(
            format!("{}.{}", body["entity"].as_str().unwrap(), body["action"].as_str().unwrap()),
            delivery.event
        );
        let told = (delivery.event.clone(), body["data"].clone());
        finish(test, delivery);
        told
    });
    read.collect()
}

pub fn a_webhook_is_read_back_without_its_secret(test: TestStore) {
    let request = CreateWebhook {
        description: "for the shop".into(),
        secret: "s3cret".into(),
        url: "https://ann:pw@h.example/x".into(),
        ..request(&["model_version.created", "model_version.created", "model_version_alias.deleted"])
    };
    let created = test.call(request).unwrap().webhook;
    let now = test.now_ms();
    let expected = Webhook {
        webhook_id: created.webhook_id.clone(),
        name: "hook".into(),
        description: "for the shop".into(),
        url: "https://ann:***@h.example/x".into(),
        events: vec![event("model_version.created"), event("model_version_alias.deleted")],
        status: WebhookStatus::Active,
        creation_timestamp: now,
        last_updated_timestamp: now,
    };
    assert_eq!(created, expected);
    assert_eq!(created.webhook_id.len(), 36);
    let webhook_id = created.webhook_id.clone();
    assert_eq!(test.call(GetWebhook { webhook_id: webhook_id.clone() }).unwrap().webhook, created);
    test.call(DeleteWebhook { webhook_id: webhook_id.clone() }).unwrap();
    for webhook_id in [webhook_id.as_str(), "nope"] {
        let (code, message) = told(test.call(GetWebhook { webhook_id: webhook_id.into() }));
        assert_eq!(code, ErrorCode::ResourceDoesNotExist);
        assert_eq!(message, format!("Webhook with ID {webhook_id} not found."));
    }
}

pub fn webhooks_are_listed_newest_first_page_by_page(test: TestStore) {
    let mut ids = Vec::new();
    for index in 0..5 {
        ids.push(create(&test, &["model_version.created"]).webhook_id);
        test.advance_ms(index % 2);
    }
    ids.reverse();
    let list = |max_results, page_token: &str| test.call(ListWebhooks { max_results, page_token: page_token.into() });
    let mut listed = Vec::new();
    let mut token = String::new();
    loop {
        let page = list(Some(2), &token).unwrap();
        listed.extend(page.webhooks.into_iter().map(|webhook| webhook.webhook_id));
        // What is made meanwhile is newer than the page, and moves nothing.
        create(&test, &["model_version.created"]);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, ids);
    for all in [None, Some(0), Some(1000)] {
        assert_eq!(list(all, "").unwrap().webhooks.len(), 8);
    }
    for (max_results, token) in [(Some(-1), ""), (Some(1001), ""), (None, "xyz"), (None, "eyJvZmZzZXQiOiAxfQ==")] {
        assert_eq!(told(list(max_results, token)).0, ErrorCode::InvalidParameterValue, "{max_results:?} {token}");
    }
}

pub fn an_update_changes_only_what_is_given(test: TestStore) {
    let made = test.call(CreateWebhook {
        description: "d".into(),
        secret: "s".into(),
        url: "https://ann:pw@h/".into(),
        ..request(&["model_version.created"])
    });
    let made = made.unwrap().webhook;
    test.advance_ms(3);
    let webhook_id = made.webhook_id.clone();
    let update = |change: UpdateWebhook| {
        test.call(UpdateWebhook { webhook_id: webhook_id.clone(), ..change }).map(|answer| answer.webhook)
    };
    let same = update(UpdateWebhook { url: made.url.clone(), ..UpdateWebhook::default() }).unwrap();
    assert_eq!(same, Webhook { last_updated_timestamp: test.now_ms(), ..made });
    add_version_of(&test);
    let delivery = take(&test, wanted("server")).deliveries.remove(0);
    assert_eq!(delivery.target.url, "https://ann:pw@h/");
    assert!(delivery.target.signing == Signing::With("s".into()));
    let changed = update(UpdateWebhook {
        name: "new".into(),
        description: Some(String::new()),
        url: "http://h:8/y".into(),
        events: vec![event("prompt.created")],
        secret: Some(String::new()),
        status: Some(WebhookStatus::Disabled),
        ..UpdateWebhook::default()
    });
    let expected = Webhook {
        name: "new".into(),
        description: String::new(),
        url: "http://h:8/y".into(),
        events: vec![event("prompt.created")],
        status: WebhookStatus::Disabled,
        ..same
    };
    assert_eq!(changed.unwrap(), expected);
    for change in [
        UpdateWebhook { name: "a b".into(), ..UpdateWebhook::default() },
        UpdateWebhook { url: "ftp://h".into(), ..UpdateWebhook::default() },
        UpdateWebhook {
            events: vec![WebhookEvent::new(WebhookEntity::Prompt, WebhookAction::Deleted)],
            ..UpdateWebhook::default()
        },
        UpdateWebhook { name: "fine".into(), secret: Some("s".repeat(1001)), ..UpdateWebhook::default() },
    ] {
        assert_eq!(told(update(change)).0, ErrorCode::InvalidParameterValue);
    }
    assert_eq!(test.call(GetWebhook { webhook_id }).unwrap().webhook, expected);
}

fn add_version_of(test: &TestStore) {
    register(test, "iris");
    add_version(test, "iris");
}

pub fn what_is_no_webhook_is_refused_by_field(test: TestStore) {
    let good = || request(&["model_version.created"]);
    let (code, message) = told(test.call(CreateWebhook {
        events: Some(vec![
            event("prompt.created"),
            WebhookEvent::new(WebhookEntity::RegisteredModel, WebhookAction::Deleted),
        ]),
        ..good()
    }));
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert_eq!(
        message,
        "Invalid action 'deleted' for entity 'registered_model'. Valid actions are: ['created'] (parameter 'events[1]')"
    );
    let (_, message) = told(test.call(CreateWebhook { events: Some(Vec::new()), ..good() }));
    assert_eq!(message, "Webhook events must be a non-empty list of WebhookEvent objects: [].");
    let (_, message) = told(test.call(CreateWebhook { name: "-a".into(), ..good() }));
    assert!(message.starts_with("Webhook name '-a' is invalid. It must start and end with a letter"), "{message}");
    for (field, request) in [
        ("name", CreateWebhook { name: String::new(), ..good() }),
        ("url", CreateWebhook { url: String::new(), ..good() }),
        ("url", CreateWebhook { url: "https://h h/".into(), ..good() }),
        ("events", CreateWebhook { events: None, ..good() }),
        ("description", CreateWebhook { description: "d".repeat(5001), ..good() }),
        ("secret", CreateWebhook { secret: "s".repeat(1001), ..good() }),
    ] {
        let (code, message) = told(test.call(request));
        assert_eq!(code, ErrorCode::InvalidParameterValue, "{field}");
        assert!(message.contains(&format!("'{field}'")), "{field}: {message}");
    }
    assert!(test.call(ListWebhooks::default()).unwrap().webhooks.is_empty());
}

pub fn a_store_without_a_server_cannot_test_a_webhook(test: TestStore) {
    let webhook_id = create(&test, &["model_version.created"]).webhook_id;
    let (code, message) = told(test.call(TestWebhook { webhook_id, event: None }));
    assert_eq!(code, ErrorCode::NotImplemented);
    assert!(message.contains("needs a server"), "{message}");
}

pub fn changes_of_models_are_told_as_mlflow_tells_them(test: TestStore) {
    test.call(CreateWebhook { events: Some(every_event()), ..request(&[]) }).unwrap();
    let (name, version) = (|| "iris".to_owned(), || "1".to_owned());
    let tags = vec![Tag::new("a", "1"), Tag::new("a", "2")];
    test.call(CreateRegisteredModel { name: name(), tags, ..Default::default() }).unwrap();
    test.call(SetRegisteredModelTag { name: name(), key: "x".into(), value: "y".into() }).unwrap();
    let source = "s3://b/p".to_owned();
    let tags = vec![Tag::new("t", "v")];
    test.call(CreateModelVersion { name: name(), source, tags, ..Default::default() }).unwrap();
    test.call(SetModelVersionTag { name: name(), version: version(), key: "k".into(), value: "v".into() }).unwrap();
    test.call(DeleteModelVersionTag { name: name(), version: version(), key: "absent".into() }).unwrap();
    test.call(SetRegisteredModelAlias { name: name(), alias: "champ".into(), version: "01".into() }).unwrap();
    test.call(DeleteRegisteredModelAlias { name: name(), alias: "champ".into() }).unwrap();
    test.call(UpdateRegisteredModel { name: name(), description: Some("d".into()) }).unwrap();
    test.call(DeleteModelVersion { name: name(), version: version() }).unwrap();
    let told: Vec<_> = told_events(&test).into_iter().map(|(event, data)| format!("{event} {data}")).collect();
    insta::allow_duplicates! {
        insta::assert_snapshot!(told.join("\n"), @r#"
    registered_model.created {"description":"","name":"iris","tags":{"a":"2"}}
    model_version.created {"description":null,"name":"iris","run_id":null,"source":"s3://b/p","tags":{"t":"v"},"version":"1"}
    model_version_tag.set {"key":"k","name":"iris","value":"v","version":"1"}
    model_version_tag.deleted {"key":"absent","name":"iris","version":"1"}
    model_version_alias.created {"alias":"champ","name":"iris","version":"01"}
    model_version_alias.deleted {"alias":"champ","name":"iris"}
    "#);
    }
}

pub fn changes_of_prompts_are_events_of_their_own(test: TestStore) {
    test.call(CreateWebhook { events: Some(every_event()), ..request(&[]) }).unwrap();
    let (name, version) = (|| "greet".to_owned(), || "1".to_owned());
    let marks = |more: &[(&str, &str)]| {
        let mut tags = vec![Tag::new("mlflow.prompt.is_prompt", "true"), Tag::new("_mlflow_prompt_type", "text")];
        tags.extend(more.iter().map(|(key, value)| Tag::new(*key, *value)));
        tags
    };
    let tags = marks(&[("q", "1")]);
    test.call(CreateRegisteredModel { name: name(), tags, description: "pd".into() }).unwrap();
    test.call(SetRegisteredModelTag { name: name(), key: "x".into(), value: "y".into() }).unwrap();
    test.call(DeleteRegisteredModelTag { name: name(), key: "x".into() }).unwrap();
    let written = marks(&[("mlflow.prompt.text", "Hi {{x}}"), ("z", "1")]);
    for (source, tags) in [("dummy-source", written), ("prompt-template", marks(&[]))] {
        test.call(CreateModelVersion { name: name(), source: source.into(), tags, ..Default::default() }).unwrap();
    }
    test.call(SetModelVersionTag { name: name(), version: version(), key: "k".into(), value: "v".into() }).unwrap();
    test.call(DeleteModelVersionTag { name: name(), version: version(), key: "k".into() }).unwrap();
    test.call(SetRegisteredModelAlias { name: name(), alias: "champ".into(), version: version() }).unwrap();
    test.call(DeleteRegisteredModelAlias { name: name(), alias: "champ".into() }).unwrap();
    let told: Vec<_> = told_events(&test).into_iter().map(|(event, data)| format!("{event} {data}")).collect();
    insta::allow_duplicates! {
        insta::assert_snapshot!(told.join("\n"), @r#"
    prompt.created {"description":"pd","name":"greet","tags":{"q":"1"}}
    prompt_tag.set {"key":"x","name":"greet","value":"y"}
    prompt_tag.deleted {"key":"x","name":"greet"}
    prompt_version.created {"description":null,"name":"greet","tags":{"z":"1"},"template":"Hi {{x}}","version":"1"}
    prompt_version.created {"description":null,"name":"greet","tags":{},"template":null,"version":"2"}
    prompt_version_tag.set {"key":"k","name":"greet","value":"v","version":"1"}
    prompt_version_tag.deleted {"key":"k","name":"greet","version":"1"}
    prompt_alias.created {"alias":"champ","name":"greet","version":"1"}
    prompt_alias.deleted {"alias":"champ","name":"greet"}
    "#);
    }
}

pub fn an_event_is_written_exactly_where_its_change_is(test: TestStore) {
    create(&test, &["registered_model.created"]);
    create(&test, &["registered_model.created", "model_version.created"]);
    let idle = create(&test, &["registered_model.created"]);
    let status = Some(WebhookStatus::Disabled);
    test.call(UpdateWebhook { webhook_id: idle.webhook_id, status, ..Default::default() }).unwrap();
    register(&test, "iris");
    let twice = json!({"name": "iris", "tags": {}, "description": ""});
    assert_eq!(told_events(&test), vec![("registered_model.created".to_owned(), twice); 2]);
    assert!(test.call(CreateRegisteredModel { name: "iris".into(), ..Default::default() }).is_err());
    let undone = test.store.write(|tx| {
        use trainyard_store::Operation;
        CreateRegisteredModel { name: "wine".into(), ..Default::default() }.execute(tx)?;
        Err::<(), _>(trainyard_store::StoreError::invalid("changed my mind"))
    });
    assert!(undone.wait().is_err());
    assert_eq!(told_events(&test), []);
}

pub fn a_delivery_is_one_servers_until_its_lease_ends(test: TestStore) {
    create(&test, &["model_version.created"]);
    add_version_of(&test);
    let first = take(&test, wanted("one"));
    let mine = first.deliveries[0].clone();
    assert_eq!((first.deliveries.len(), mine.attempts), (1, 1));
    let others = take(&test, wanted("two"));
    assert_eq!((others.deliveries.len(), others.next_due_ms), (0, Some(test.now_ms() + 1000)));
    test.advance_ms(1000);
    let again = take(&test, wanted("two")).deliveries.remove(0);
    assert_eq!((again.delivery_id.as_str(), again.attempts), (mine.delivery_id.as_str(), 2));
    assert_eq!(again.body, mine.body);
    // The server that was too slow has no say any more.
    finish(&test, mine);
    let pause = again.clone();
    test.store.write(move |tx| outbox::postpone(tx, &pause, 100)).wait().unwrap();
    assert!(take(&test, wanted("one")).deliveries.is_empty());
    let due = take(&test, wanted("one")).next_due_ms.unwrap() - test.now_ms();
    assert!((100..=150).contains(&due), "{due}");
    test.advance_ms(due);
    let test = test.reopened();
    let last = take(&test, wanted("one")).deliveries.remove(0);
    assert_eq!((last.delivery_id.as_str(), last.attempts), (again.delivery_id.as_str(), 3));
    test.store.write(|tx| outbox::release(tx, "one")).wait().unwrap();
    let released = take(&test, wanted("two")).deliveries.remove(0);
    finish(&test, released);
    test.advance_ms(1_000_000);
    let left = take(&test, wanted("two"));
    assert!(left.deliveries.is_empty() && left.expired.is_empty() && left.next_due_ms.is_none());
}

pub fn a_slow_receiver_leaves_room_for_others(test: TestStore) {
    create(&test, &["model_version.created"]);
    create(&test, &["model_version.created"]);
    register(&test, "iris");
    for _ in 0..5 {
        add_version(&test, "iris");
    }
    let taken = take(&test, Take { room: 5, room_per_webhook: 3, ..wanted("one") });
    let of = |taken: &Taken, webhook| taken.deliveries.iter().filter(|delivery| delivery.webhook == webhook).count();
    assert_eq!((of(&taken, 1), of(&taken, 2)), (3, 2));
    let under_way = vec![(1, 3), (2, 2)];
    let taken = take(&test, Take { room: 5, room_per_webhook: 3, under_way, ..wanted("one") });
    assert_eq!((of(&taken, 1), of(&taken, 2)), (0, 1));
    // There is more to do, but only when there is room: nobody has to look again before that.
    assert_eq!(taken.next_due_ms, None);
}

pub fn a_disabled_webhook_is_told_later_and_a_deleted_one_never(test: TestStore) {
    let webhook_id = create(&test, &["model_version.created"]).webhook_id;
    let deleted = create(&test, &["model_version.created"]).webhook_id;
    add_version_of(&test);
    test.call(DeleteWebhook { webhook_id: deleted }).unwrap();
    let set =
        |status| test.call(UpdateWebhook { webhook_id: webhook_id.clone(), status, ..Default::default() }).unwrap();
    set(Some(WebhookStatus::Disabled));
    let taken = take(&test, wanted("one"));
    assert!(taken.deliveries.is_empty() && taken.next_due_ms.is_none());
    set(Some(WebhookStatus::Active));
    assert_eq!(take(&test, wanted("one")).deliveries.len(), 1);
}

pub fn what_is_too_old_is_given_up(test: TestStore) {
    let webhook_id = create(&test, &["model_version.created"]).webhook_id;
    add_version_of(&test);
    test.advance_ms(1_000_000);
    assert!(take(&test, Take { lease_ms: 0, ..wanted("one") }).expired.is_empty());
    add_version(&test, "iris");
    test.advance_ms(1);
    let taken = take(&test, wanted("one"));
    assert_eq!(taken.deliveries.len(), 1);
    let (webhook, _, event) = &taken.expired[0];
    assert_eq!((webhook, event.as_str(), taken.expired.len()), (&webhook_id, "model_version.created", 1));
}

pub fn secrets_are_sealed_where_there_is_a_key(test: TestStore) {
    let is_on_sqlite = test.is_on_sqlite();
    let closed = test.without_store();
    let open = |key: Option<&str>| {
        let webhook_key = key.map(|key| SecretKey::parse(key).unwrap());
        Store::open(&closed.uri, StoreOptions { webhook_key, ..options() }).unwrap()
    };
    let signing = |key: Option<&str>| {
        let store = open(key);
        let webhook = store.execute(ListWebhooks::default()).wait().unwrap().webhooks.remove(0);
        let request = TestWebhook { webhook_id: webhook.webhook_id, event: None };
        store.read(move |tx| outbox::example(tx, &request)).wait().unwrap().target.signing
    };
    let secret = "a secret of many letters";
    let store = open(Some(KEY));
    store.execute(CreateWebhook { secret: secret.into(), ..request(&["prompt.created"]) }).wait().unwrap();
    drop(store);
    if is_on_sqlite {
        let file = std::fs::read(closed.folder.path().join("store.db")).unwrap();
        assert!(!file.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
    }
    assert!(signing(Some(KEY)) == Signing::With(secret.into()));
    assert!(signing(None) == Signing::Unreadable);
    assert!(signing(Some(&KEY.replace('M', "N"))) == Signing::Unreadable);
}
