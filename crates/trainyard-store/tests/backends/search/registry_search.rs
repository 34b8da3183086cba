//! `registered-models/search` and `model-versions/search`.

use trainyard_api::Tag;
use trainyard_api::model_versions::{CreateModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{CreateRegisteredModel, SearchRegisteredModels};
use trainyard_store::StoreError;

use super::refused;
use crate::backend::TestStore;

const IS_PROMPT: &str = "mlflow.prompt.is_prompt";

/// Models A (versions 1 to 3), B and C (version 1 each), and prompt P (version 1).
fn fill(test: &TestStore) {
    for (name, key, value) in [("A", "k", "v1"), ("B", "k", "V2"), ("C", "other", ""), ("P", IS_PROMPT, "true")] {
        let tags = vec![Tag::new(key, value)];
        test.call(CreateRegisteredModel { name: name.into(), tags, ..Default::default() }).unwrap();
    }
    for name in ["A", "A", "B", "C", "A", "P"] {
        test.advance_ms(10);
        let prompt = name == "P";
        let request = CreateModelVersion {
            name: name.into(),
            source: if prompt { "dummy-source".into() } else { format!("s3://b/{name}") },
            tags: vec![if prompt { Tag::new(IS_PROMPT, "true") } else { Tag::new("t", name) }],
            ..Default::default()
        };
        test.call(request).unwrap();
    }
}

fn models(test: &TestStore, filter: &str, order: &[&str]) -> Result<String, StoreError> {
    let order_by = order.iter().map(|entry| (*entry).into()).collect();
    let found = test.call(SearchRegisteredModels { filter: filter.into(), order_by, ..Default::default() })?;
    Ok(found.registered_models.into_iter().map(|model| model.name).collect())
}

fn versions(test: &TestStore, filter: &str, order: &[&str]) -> Result<String, StoreError> {
    let order_by = order.iter().map(|entry| (*entry).into()).collect();
    let found = test.call(SearchModelVersions { filter: filter.into(), order_by, ..Default::default() })?;
    Ok(found.model_versions.into_iter().map(|version| version.name + &version.version).collect())
}

pub fn registered_models_are_found_and_ordered_as_in_mlflow(test: TestStore) {
    fill(&test);
    for (filter, found) in [
        ("", "ABC"),
        ("name = 'A'", "A"),
        ("attribute.name ILIKE 'a'", "A"),
        ("name IN ('A', 'C')", "AC"),
        ("tags.k LIKE 'v%'", "A"),
        ("tag.k != 'v1'", "B"),
        ("NOT tag.k = 'v1'", "BC"),
        ("tags.k IS NULL OR name RLIKE '^A$'", "AC"),
    ] {
        assert_eq!(models(&test, filter, &[]).as_deref(), Ok(found), "{filter}");
    }
    for (order, found) in [
        (&["name DESC"][..], "CBA"),
        (&["timestamp DESC"], "ACB"),
        (&["last_updated_timestamp", "name"], "BCA"),
        (&["creation_timestamp"], "ABC"),
    ] {
        assert_eq!(models(&test, "", order).as_deref(), Ok(found), "{order:?}");
    }
    for filter in ["name > 'a'", "name IS NULL", "creation_timestamp > 0", "attributes.name = 'A'"] {
        refused(models(&test, filter, &[]));
    }
    refused(models(&test, "", &["tags.k"]));
    for max_results in [0, 1001] {
        refused(test.call(SearchRegisteredModels { max_results: Some(max_results), ..Default::default() }));
    }
}

pub fn prompts_are_found_only_when_asked_for(test: TestStore) {
    fill(&test);
    for (filter, found_models, found_versions) in [
        ("tag.`mlflow.prompt.is_prompt` != 'true'", "ABC", "A3C1B1A2A1"),
        ("name = 'A' AND tag.`mlflow.prompt.is_prompt` != 'true'", "A", "A3A2A1"),
        ("tags.`mlflow.prompt.is_prompt` = 'true'", "P", "P1"),
        ("name = 'P' AND tags.`mlflow.prompt.is_prompt` = 'true'", "P", "P1"),
        ("name = 'P'", "", ""),
        ("tags.mlflow.prompt.is_prompt = 'false'", "ABC", "A3C1B1A2A1"),
        ("tags.mlflow.prompt.is_prompt != 'false'", "P", "P1"),
        ("tags.mlflow.prompt.is_prompt = 'TRUE'", "", ""),
        ("tags.mlflow.prompt.is_prompt LIKE 'tr%'", "ABC", "A3C1B1A2A1"),
        // What the stock client makes of a filter with OR: AND binds stronger, and yet no prompt is found.
        ("name = 'P' OR name = 'A' AND tag.`mlflow.prompt.is_prompt` != 'true'", "A", "A3A2A1"),
        ("name = 'B' OR tags.`mlflow.prompt.is_prompt` = 'true'", "BP", "P1B1"),
        ("NOT tags.`mlflow.prompt.is_prompt` = 'true'", "ABC", "A3C1B1A2A1"),
        ("NOT tags.`mlflow.prompt.is_prompt` != 'true'", "P", "P1"),
        ("tags.`mlflow.prompt.is_prompt` IN ('true', 'false')", "P", "P1"),
        ("NOT (name = 'A' OR name = 'P')", "BC", "C1B1"),
    ] {
        assert_eq!(models(&test, filter, &[]).as_deref(), Ok(found_models), "{filter}");
        assert_eq!(versions(&test, filter, &[]).as_deref(), Ok(found_versions), "{filter}");
    }
}

pub fn versions_are_found_and_ordered_as_in_mlflow(test: TestStore) {
    fill(&test);
    for (filter, found) in [
        ("", "A3C1B1A2A1"),
        ("name = 'A'", "A3A2A1"),
        ("name NOT IN ('A')", "C1B1"),
        ("run_id = '' AND name = 'B'", "B1"),
        ("source_path LIKE '%/A'", "A3A2A1"),
        ("version_number = 1", "C1B1A1"),
        ("version_number > '1'", "A3A2"),
        ("version_number = ' +2 '", "A2"),
        ("version_number IN (1, '3') AND NOT name = 'A'", "C1B1"),
        ("version_number BETWEEN 2 AND '3'", "A3A2"),
        ("source_path IN ('s3://b/B', 's3://b/C') OR tags.t = 'A' AND version_number = 1", "C1B1A1"),
        ("tags.t = 'B'", "B1"),
    ] {
        assert_eq!(versions(&test, filter, &[]).as_deref(), Ok(found), "{filter}");
    }
    for (order, found) in [
        (&["name"][..], "A3A2A1B1C1"),
        (&["version_number"], "A1B1C1A2A3"),
        (&["name DESC", "version_number ASC"], "C1B1A1A2A3"),
        (&["creation_timestamp"], "A1A2B1C1A3"),
    ] {
        assert_eq!(versions(&test, "", order).as_deref(), Ok(found), "{order:?}");
    }
    for filter in ["name = 1", "version_number LIKE '1'", "current_stage = 'None'", "version_number = 'x'"] {
        refused(versions(&test, filter, &[]));
    }
    refused(versions(&test, "", &["source_path"]));
    refused(test.call(SearchModelVersions { max_results: Some(200_001), ..Default::default() }));
}
