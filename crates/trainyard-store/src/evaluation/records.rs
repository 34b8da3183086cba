//! Records of evaluation datasets (table `evaluation_dataset_record`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use trainyard_api::evaluation_datasets::{
    DeleteDatasetRecords, DeleteDatasetRecordsResponse, GetDatasetRecords, GetDatasetRecordsResponse,
    UpsertDatasetRecords, UpsertDatasetRecordsResponse,
};
use trainyard_api::limits::SEARCH_MAX_RESULTS;

use super::datasets;
use super::json;
use super::record_json::{NewRecord, Stored, extend_schema};
use crate::{Access, Operation, StoreError, Transaction, Value};

/// Records of a page, when the client does not say.
const PAGE: i64 = 1000;
/// Characters of JSON after which a page ends, however many records were asked for.
const PAGE_CHARS: i64 = 8 << 20;

impl Operation for UpsertDatasetRecords {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<UpsertDatasetRecordsResponse, StoreError> {
        if self.records.is_empty() {
            return Err(StoreError::missing("records"));
        }
        let records = match json::parse("records", &self.records)? {
            Json::Array(records) => records,
            other => return Err(json::unexpected("records", "a list", &other)),
        };
        let records = records.into_iter().enumerate().map(|(index, record)| NewRecord::read(index, record));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let dataset = datasets::key(tx, &self.dataset_id)?;
        // Records and the schema are read, merged and written back: one at a time.
        let sql = format!("SELECT id FROM evaluation_dataset WHERE id = $1{}", tx.dialect().for_update());
        tx.query_one(&sql, &[dataset.into()], |row| row.get::<i64>(0))?;

        let mut answer = UpsertDatasetRecordsResponse::default();
        for record in &records {
            if upsert(tx, dataset, record)? {
                answer.inserted_count += 1;
            } else {
                answer.updated_count += 1;
            }
        }
        describe(tx, dataset, &records)?;
        Ok(answer)
    }
}

impl Operation for GetDatasetRecords {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetDatasetRecordsResponse, StoreError> {
        let limit = match self.max_results.filter(|asked| *asked != 0).unwrap_or(PAGE) {
            limit if limit > 0 => limit.min(SEARCH_MAX_RESULTS),
            limit => {
                return Err(StoreError::invalid(format!(
                    "Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer"
                )));
            }
        };
        let (after_time, after_id) = decode(&self.page_token)?;
        // Sizes first: what is on the page is decided before any of it is read.
        let sql = "SELECT r.id, LENGTH(r.inputs) + COALESCE(LENGTH(r.outputs), 0) + COALESCE(LENGTH(r.expectations), 0)
                        + COALESCE(LENGTH(r.tags), 0) + COALESCE(LENGTH(r.source), 0)
                   FROM evaluation_dataset_record r JOIN evaluation_dataset d ON d.id = r.dataset
                   WHERE d.dataset_id = $1 AND (r.created_time, r.record_id) > ($2, $3)
                   ORDER BY r.created_time, r.record_id LIMIT $4";
        let values = [(&self.dataset_id).into(), after_time.into(), after_id.into(), (limit + 1).into()];
        let sizes: Vec<(i64, i64)> = tx.query(sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut chars = 0;
        let fitting = sizes.iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).take_while(|(_, size)| {
            let fits = chars == 0 || chars + size <= PAGE_CHARS;
            chars += size;
            fits
        });
        let keys: Vec<i64> = fitting.map(|(key, _)| *key).collect();

        let wanted = tx.dialect().integers("$1");
        let sql = format!(
            "SELECT {} FROM evaluation_dataset_record WHERE id IN {wanted} ORDER BY created_time, record_id",
            Stored::COLUMNS
        );
        let records = tx.query(&sql, &[Value::integers(&keys)], Stored::from_row)?;
        let last = records.last().filter(|_| keys.len() < sizes.len());
        let next_page_token = last.map(|last| encode(last.created_time, &last.record_id)).unwrap_or_default();
        let records = records.into_iter().map(|record| record.into_json(&self.dataset_id));
        let records = Json::Array(records.collect::<Result<_, _>>()?).to_string();
        Ok(GetDatasetRecordsResponse { records, next_page_token })
    }
}

impl Operation for DeleteDatasetRecords {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<DeleteDatasetRecordsResponse, StoreError> {
        let wanted = tx.dialect().texts("$2");
        let sql = format!(
            "DELETE FROM evaluation_dataset_record
             WHERE dataset = (SELECT id FROM evaluation_dataset WHERE dataset_id = $1) AND record_id IN {wanted}"
        );
        let deleted = tx.execute(&sql, &[self.dataset_id.into(), Value::texts(&self.dataset_record_ids)])?;
        Ok(DeleteDatasetRecordsResponse { deleted_count: i64::try_from(deleted).unwrap_or(i64::MAX) })
    }
}

/// Adds a record, or merges it into the one with the same inputs; whether it is new.
fn upsert(tx: &mut Transaction<'_>, dataset: i64, record: &NewRecord) -> Result<bool, StoreError> {
    let inputs = Json::Object(record.inputs.clone()).to_string();
    let hash = datasets::hex(&Sha256::digest(&inputs));
    let sql =
        format!("SELECT {} FROM evaluation_dataset_record WHERE dataset = $1 AND input_hash = $2", Stored::COLUMNS);
    let known = tx.query_one(&sql, &[dataset.into(), (&hash).into()], Stored::from_row)?;
    let now = tx.now_ms();
    let text = |value: &Option<Json>| Value::from(value.as_ref().map(Json::to_string));
    let user = record.user();
    if let Some(known) = known {
        let merged = known.merged(record)?;
        tx.execute(
            "UPDATE evaluation_dataset_record
             SET outputs = $1, expectations = $2, tags = $3, last_update_time = $4,
                 last_updated_by = COALESCE($5, last_updated_by)
             WHERE record_id = $6",
            &[
                merged.outputs.into(),
                merged.expectations.into(),
                merged.tags.into(),
                now.into(),
                user.into(),
                merged.record_id.into(),
            ],
        )?;
        return Ok(false);
    }
    let record_id = tx.new_id("dr-");
    tx.execute(
        "INSERT INTO evaluation_dataset_record
             (record_id, dataset, input_hash, inputs, outputs, expectations, tags, source,
              created_time, last_update_time, created_by, last_updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            record_id.into(),
            dataset.into(),
            hash.into(),
            inputs.into(),
            text(&record.outputs.clone().unwrap_or_else(|| Some(json!({})))),
            text(&record.expectations.clone().map(Json::Object)),
            text(&record.tags.clone().map(Json::Object)),
            text(&record.source.as_ref().map(|source| source.as_json())),
            now.into(),
            now.into(),
            user.clone().into(),
            user.into(),
        ],
    )?;
    Ok(true)
}

/// Brings the dataset's schema, digest and times up to date with what was written.
fn describe(tx: &mut Transaction<'_>, dataset: i64, records: &[NewRecord]) -> Result<(), StoreError> {
    let sql = "SELECT name, schema FROM evaluation_dataset WHERE id = $1";
    let found = tx.query_one(sql, &[dataset.into()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (name, schema): (String, Option<String>) = found.unwrap_or_default();
    let mut described: Map<String, Json> = match &schema {
        Some(text) => json::object("schema", text)?,
        None => Map::new(),
    };
    for record in records {
        extend_schema(&mut described, record);
    }
    let schema = if described.is_empty() { None } else { Some(Json::Object(described).to_string()) };
    let now = tx.now_ms();
    let user = records.iter().rev().find_map(NewRecord::user);
    tx.execute(
        "UPDATE evaluation_dataset SET schema = $1, digest = $2, last_update_time = $3, last_updated_by = $4
         WHERE id = $5",
        &[schema.into(), datasets::digest(&name, now).into(), now.into(), user.into(), dataset.into()],
    )?;
    Ok(())
}

fn encode(created_time: i64, record_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{created_time}:{record_id}"))
}

/// Where the page before ended.
fn decode(token: &str) -> Result<(i64, String), StoreError> {
    if token.is_empty() {
        return Ok((i64::MIN, String::new()));
    }
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| text.split_once(':'));
    let place = place.and_then(|(time, id)| Some((time.parse().ok()?, id.to_owned())));
    place.filter(|(_, id)| !id.contains('\0')).ok_or_else(|| {
        let excerpt: String = token.chars().take(40).collect();
        StoreError::invalid(format!("Invalid page token '{excerpt}': it was not made by this server"))
    })
}
