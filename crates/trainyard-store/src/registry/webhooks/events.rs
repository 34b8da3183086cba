//! What webhooks are told of which change of the registry: the payloads of MLflow.
//!
//! Each function here is called by the operation that makes the change, in its transaction. Where no active webhook
//! wants the event, nothing is made up or written.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use trainyard_api::Tag;
use trainyard_api::model_versions::CreateModelVersion;
use trainyard_api::registered_models::CreateRegisteredModel;
use trainyard_api::webhooks::WebhookAction::{Created, Deleted, Set};
use trainyard_api::webhooks::WebhookEntity::{
    BudgetPolicy, ModelVersion, ModelVersionAlias, ModelVersionTag, Prompt, PromptAlias, PromptTag, PromptVersion,
    PromptVersionTag, RegisteredModel,
};
use trainyard_api::webhooks::{WebhookAction, WebhookEvent};

use super::outbox;
use crate::registry::registered_models::{self, is_prompt};
use crate::registry::sources::Origin;
use crate::search::prompts::IS_PROMPT;
use crate::{StoreError, Transaction};

/// Tags by which MLflow's client marks prompts; payloads leave them out.
const PROMPT_TYPE: &str = "_mlflow_prompt_type";
const PROMPT_TEXT: &str = "mlflow.prompt.text";

/// A registered model or prompt was made.
pub(in crate::registry) fn model_created(
    tx: &mut Transaction<'_>,
    request: &CreateRegisteredModel,
) -> Result<(), StoreError> {
    let (entity, hidden) =
        if is_prompt(&request.tags) { (Prompt, &[IS_PROMPT, PROMPT_TYPE][..]) } else { (RegisteredModel, &[][..]) };
    outbox::announce(tx, WebhookEvent::new(entity, Created), || {
        // An absent description is empty here and null for versions: so it is in MLflow.
        json!({
            "name": request.name, "tags": dictionary(&request.tags, hidden), "description": request.description,
        })
    })
}

/// A version of a registered model or prompt was made.
pub(in crate::registry) fn version_created(
    tx: &mut Transaction<'_>,
    request: &CreateModelVersion,
    version: i64,
    origin: &Origin,
) -> Result<(), StoreError> {
    let description = (!request.description.is_empty()).then_some(&request.description);
    if is_prompt(&request.tags) {
        return outbox::announce(tx, WebhookEvent::new(PromptVersion, Created), || {
            let template = request.tags.iter().rev().find(|tag| tag.key == PROMPT_TEXT).map(|tag| &tag.value);
            json!({
                "name": request.name, "version": version.to_string(), "template": template,
                "tags": dictionary(&request.tags, &[IS_PROMPT, PROMPT_TYPE, PROMPT_TEXT]), "description": description,
            })
        });
    }
    outbox::announce(tx, WebhookEvent::new(ModelVersion, Created), || {
        let run_id = (!origin.run_id.is_empty()).then_some(&origin.run_id);
        json!({
            "name": request.name, "version": version.to_string(), "source": origin.source, "run_id": run_id,
            "tags": dictionary(&request.tags, &[]), "description": description,
        })
    })
}

/// A tag of a registered model or prompt was set to a value, or deleted. MLflow tells of prompts only.
pub(in crate::registry) fn model_tag(
    tx: &mut Transaction<'_>,
    (model, name): (i64, &str),
    key: &str,
    value: Option<&str>,
) -> Result<(), StoreError> {
    if !outbox::has_active(tx)? || !is_prompt_model(tx, model)? {
        return Ok(());
    }
    let data = json!({"name": name, "key": key});
    outbox::announce(tx, WebhookEvent::new(PromptTag, tag_action(value)), || with_value(data, value))
}

/// A tag of a version was set to a value, or deleted.
pub(in crate::registry) fn version_tag(
    tx: &mut Transaction<'_>,
    (name, version): (&str, &str),
    key: &str,
    value: Option<&str>,
) -> Result<(), StoreError> {
    if !outbox::has_active(tx)? {
        return Ok(());
    }
    let model = registered_models::key(tx, name)?;
    let entity = if is_prompt_model(tx, model)? { PromptVersionTag } else { ModelVersionTag };
    let data = json!({"name": name, "version": version, "key": key});
    outbox::announce(tx, WebhookEvent::new(entity, tag_action(value)), || with_value(data, value))
}

/// An alias was pointed at a version, or deleted.
pub(in crate::registry) fn alias(
    tx: &mut Transaction<'_>,
    (model, name): (i64, &str),
    alias: &str,
    version: Option<&str>,
) -> Result<(), StoreError> {
    if !outbox::has_active(tx)? {
        return Ok(());
    }
    let entity = if is_prompt_model(tx, model)? { PromptAlias } else { ModelVersionAlias };
    let action = if version.is_some() { Created } else { Deleted };
    outbox::announce(tx, WebhookEvent::new(entity, action), || match version {
        Some(version) => json!({"name": name, "alias": alias, "version": version}),
        None => json!({"name": name, "alias": alias}),
    })
}

/// What is sent about an event: MLflow's envelope around the payload.
pub(super) fn envelope(event: WebhookEvent, now_ms: i64, data: &Json) -> String {
    #[derive(Serialize)]
    struct Envelope<'e> {
        entity: &'e str,
        action: &'e str,
        timestamp: String,
        data: &'e Json,
    }
    let time = Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let envelope = Envelope {
        entity: event.entity.as_str(),
        action: event.action.as_str(),
        timestamp: time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
        data,
    };
    serde_json::to_string(&envelope).unwrap_or_default()
}

/// The payload with which a webhook is tested: MLflow's example for the event.
pub(super) fn example(event: WebhookEvent) -> Json {
    let about = match event.entity {
        RegisteredModel | ModelVersion | ModelVersionTag | ModelVersionAlias => "model",
        Prompt | PromptVersion | PromptTag | PromptVersionTag | PromptAlias | BudgetPolicy => "prompt",
    };
    let name = format!("example_{about}");
    let tags = json!({"example_key": "example_value"});
    let value = (event.action == Set).then_some("example_value");
    let described = |what: &str| format!("An example {what}");
    match event.entity {
        RegisteredModel => json!({"name": name, "tags": tags, "description": described("registered model")}),
        Prompt => json!({"name": name, "tags": tags, "description": described("prompt")}),
        ModelVersion => json!({
            "name": name, "version": "1", "source": "models:/123", "run_id": "abcd1234abcd5678", "tags": tags,
            "description": described("model version"),
        }),
        PromptVersion => json!({
            "name": name, "version": "1", "template": "Hello {{name}}!", "tags": tags,
            "description": described("prompt version"),
        }),
        PromptTag => with_value(json!({"name": name, "key": "example_key"}), value),
        ModelVersionTag | PromptVersionTag => {
            with_value(json!({"name": name, "version": "1", "key": "example_key"}), value)
        }
        ModelVersionAlias | PromptAlias if event.action == Created => {
            json!({"name": name, "alias": "example_alias", "version": "1"})
        }
        ModelVersionAlias | PromptAlias => json!({"name": name, "alias": "example_alias"}),
        BudgetPolicy => json!({
            "budget_policy_id": "bp-abc123", "budget_unit": "USD", "budget_amount": 100.0, "current_spend": 105.5,
            "duration_unit": "MONTHS", "duration_value": 1, "target_scope": "ENDPOINT", "workspace": "default",
            "target_value": "ep-abc123", "window_start": 1_704_067_200_000_i64,
        }),
    }
}

fn is_prompt_model(tx: &mut Transaction<'_>, model: i64) -> Result<bool, StoreError> {
    let value: Option<String> = tx.query_one(
        "SELECT value FROM registered_model_tag WHERE model = $1 AND key = $2",
        &[model.into(), IS_PROMPT.into()],
        |row| row.get(0),
    )?;
    Ok(value.is_some_and(|value| value.eq_ignore_ascii_case("true")))
}

fn tag_action(value: Option<&str>) -> WebhookAction {
    if value.is_some() { Set } else { Deleted }
}

fn with_value(mut data: Json, value: Option<&str>) -> Json {
    if let Some(value) = value {
        data["value"] = value.into();
    }
    data
}

/// Tags as an object without those that are hidden; of several with one key the last counts.
fn dictionary(tags: &[Tag], hidden: &[&str]) -> Map<String, Json> {
    let shown = tags.iter().filter(|tag| !hidden.contains(&tag.key.as_str()));
    shown.map(|tag| (tag.key.clone(), Json::from(tag.value.as_str()))).collect()
}

#[cfg(test)]
mod tests {
    use trainyard_api::webhooks::WebhookEntity;

    use super::*;

    #[test]
    fn examples_are_those_of_mlflow() {
        let events =
            WebhookEntity::ALL.iter().flat_map(|entity| entity.actions().iter().map(|action| (*entity, *action)));
        let events = events.map(|(entity, action)| WebhookEvent::new(entity, action));
        let shown: Vec<_> = events.map(|event| format!("{event} {}", example(event))).collect();
        insta::assert_snapshot!(shown.join("\n"), @r#"
        registered_model.created {"description":"An example registered model","name":"example_model","tags":{"example_key":"example_value"}}
        model_version.created {"description":"An example model version","name":"example_model","run_id":"abcd1234abcd5678","source":"models:/123","tags":{"example_key":"example_value"},"version":"1"}
        model_version_tag.deleted {"key":"example_key","name":"example_model","version":"1"}
        model_version_tag.set {"key":"example_key","name":"example_model","value":"example_value","version":"1"}
        model_version_alias.created {"alias":"example_alias","name":"example_model","version":"1"}
        model_version_alias.deleted {"alias":"example_alias","name":"example_model"}
        prompt.created {"description":"An example prompt","name":"example_prompt","tags":{"example_key":"example_value"}}
        prompt_version.created {"description":"An example prompt version","name":"example_prompt","tags":{"example_key":"example_value"},"template":"Hello {{name}}!","version":"1"}
        prompt_tag.deleted {"key":"example_key","name":"example_prompt"}
        prompt_tag.set {"key":"example_key","name":"example_prompt","value":"example_value"}
        prompt_version_tag.deleted {"key":"example_key","name":"example_prompt","version":"1"}
        prompt_version_tag.set {"key":"example_key","name":"example_prompt","value":"example_value","version":"1"}
        prompt_alias.created {"alias":"example_alias","name":"example_prompt","version":"1"}
        prompt_alias.deleted {"alias":"example_alias","name":"example_prompt"}
        budget_policy.exceeded {"budget_amount":100.0,"budget_policy_id":"bp-abc123","budget_unit":"USD","current_spend":105.5,"duration_unit":"MONTHS","duration_value":1,"target_scope":"ENDPOINT","target_value":"ep-abc123","window_start":1704067200000,"workspace":"default"}
        "#);
    }

    #[test]
    fn the_time_of_an_envelope_is_utc_as_python_writes_it() {
        let event = WebhookEvent::new(PromptAlias, Deleted);
        assert_eq!(
            envelope(event, 1_700_000_000_123, &json!({"name": "p"})),
            r#"{"entity":"prompt_alias","action":"deleted","timestamp":"2023-11-14T22:13:20.123000+00:00","data":{"name":"p"}}"#
        );
    }
}
