//! Saved views of the web UI (table `saved_view`). What a definition says, only the UI knows.

use trainyard_api::Empty;
use trainyard_api::limits::{VIEW_DEFINITION_BYTES, VIEW_NAME_CHARS, VIEWS};
use trainyard_api::views::{
    CreateView, DeleteView, GetView, GetViewResponse, ListViews, ListViewsResponse, UpdateView, View,
};

use super::experiments;
use crate::{Access, DbError, Entity, Operation, Row, StoreError, Transaction};

const SELECT: &str = "SELECT view_id, experiment_id, name, definition, creation_time, last_update_time FROM saved_view";

impl Operation for CreateView {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetViewResponse, StoreError> {
        let Self { experiment_id, name, definition } = self;
        check_name(&name)?;
        check_definition(&definition)?;
        let experiment = experiments::active(tx, &experiment_id)?;
        let count = "SELECT COUNT(*) FROM saved_view WHERE experiment_id = $1";
        let count = tx.query_one(count, &[experiment.into()], |row| row.get::<i64>(0))?;
        if count.unwrap_or(0) >= VIEWS {
            return Err(StoreError::invalid(format!(
                "An experiment can have at most {VIEWS} views; delete some first"
            )));
        }
        let (view_id, now) = (tx.new_id("view-"), tx.now_ms());
        let inserted = tx.query_one(
            "INSERT INTO saved_view (view_id, experiment_id, name, definition, creation_time, last_update_time)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (experiment_id, name) DO NOTHING RETURNING id",
            &[(&view_id).into(), experiment.into(), (&name).into(), definition.into(), now.into(), now.into()],
            |row| row.get::<i64>(0),
        )?;
        if inserted.is_none() {
            return Err(StoreError::AlreadyExists { entity: Entity::View, id: name, deleted: false });
        }
        get(tx, view_id)
    }
}

impl Operation for UpdateView {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetViewResponse, StoreError> {
        let Self { view_id, name, definition } = self;
        if let Some(name) = &name {
            check_name(name)?;
        }
        if let Some(definition) = &definition {
            check_definition(definition)?;
        }
        let before = get(tx, view_id)?.view;
        if let Some(name) = name.as_deref().filter(|name| *name != before.name)
            && is_taken(tx, &before, name)?
        {
            return Err(StoreError::AlreadyExists { entity: Entity::View, id: name.to_owned(), deleted: false });
        }
        let now = tx.now_ms();
        let updated = tx.execute(
            "UPDATE saved_view SET name = COALESCE($1, name), definition = COALESCE($2, definition),
                    last_update_time = $3 WHERE view_id = $4",
            &[name.clone().into(), definition.into(), now.into(), (&before.view_id).into()],
        );
        match updated {
            // Somebody else took the name between the look and the leap.
            Err(DbError::UniqueViolation(_)) => {
                Err(StoreError::AlreadyExists { entity: Entity::View, id: name.unwrap_or_default(), deleted: false })
            }
            Err(error) => Err(error.into()),
            Ok(_) => get(tx, before.view_id),
        }
    }
}

impl Operation for DeleteView {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        if self.view_id.is_empty() {
            return Err(StoreError::missing("view_id"));
        }
        let deleted = tx.execute("DELETE FROM saved_view WHERE view_id = $1", &[(&self.view_id).into()])?;
        if deleted == 0 {
            return Err(StoreError::not_found(Entity::View, self.view_id));
        }
        Ok(Empty {})
    }
}

impl Operation for GetView {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetViewResponse, StoreError> {
        get(tx, self.view_id)
    }
}

impl Operation for ListViews {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<ListViewsResponse, StoreError> {
        if self.experiment_id.is_empty() {
            return Err(StoreError::missing("experiment_id"));
        }
        let experiment = experiments::parse_id(&self.experiment_id)?;
        let sql = format!("{SELECT} WHERE experiment_id = $1 ORDER BY name");
        Ok(ListViewsResponse { views: tx.query(&sql, &[experiment.into()], from_row)? })
    }
}

fn get(tx: &mut Transaction<'_>, view_id: String) -> Result<GetViewResponse, StoreError> {
    if view_id.is_empty() {
        return Err(StoreError::missing("view_id"));
    }
    let view = tx.query_one(&format!("{SELECT} WHERE view_id = $1"), &[(&view_id).into()], from_row)?;
    let view = view.ok_or_else(|| StoreError::not_found(Entity::View, view_id))?;
    Ok(GetViewResponse { view })
}

fn is_taken(tx: &mut Transaction<'_>, view: &View, name: &str) -> Result<bool, StoreError> {
    let experiment = experiments::parse_id(&view.experiment_id)?;
    let sql = "SELECT id FROM saved_view WHERE experiment_id = $1 AND name = $2";
    Ok(tx.query_one(sql, &[experiment.into(), name.into()], |row| row.get::<i64>(0))?.is_some())
}

fn from_row(row: &Row<'_>) -> Result<View, StoreError> {
    Ok(View {
        view_id: row.get(0)?,
        experiment_id: row.get(1)?,
        name: row.get(2)?,
        definition: row.get(3)?,
        creation_time: row.get(4)?,
        last_update_time: row.get(5)?,
    })
}

fn check_name(name: &str) -> Result<(), StoreError> {
    if name.trim().is_empty() {
        return Err(StoreError::missing("name"));
    }
    let chars = name.chars().count();
    if chars > VIEW_NAME_CHARS {
        return Err(StoreError::invalid(format!(
            "Invalid value for parameter 'name': it has {chars} characters, {VIEW_NAME_CHARS} at most are allowed"
        )));
    }
    Ok(())
}

fn check_definition(definition: &str) -> Result<(), StoreError> {
    if definition.is_empty() {
        return Err(StoreError::missing("definition"));
    }
    let bytes = definition.len();
    if bytes > VIEW_DEFINITION_BYTES {
        return Err(StoreError::invalid(format!(
            "Invalid value for parameter 'definition': it has {bytes} bytes, {VIEW_DEFINITION_BYTES} at most are allowed"
        )));
    }
    match serde_json::from_str(definition) {
        Ok(serde_json::Value::Object(_)) => Ok(()),
        Ok(_) => Err(StoreError::invalid("Invalid value for parameter 'definition': it is not a JSON object")),
        Err(error) => Err(StoreError::invalid(format!("Invalid value for parameter 'definition': {error}"))),
    }
}
