//! Names and values of the metrics, params and tags that runs of experiments have.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::columns::{ColumnKind, GroupKind, ListColumnValues, ListColumns};
//! use trainyard::api::runs::{CreateRun, LogParam};
//!
//! for depth in ["3", "5", "5"] {
//!     let run_id = client.call(CreateRun::default())?.run.info.run_id;
//!     client.call(LogParam { run_id, key: "max_depth".to_owned(), value: depth.to_owned(), ..Default::default() })?;
//! }
//! // Runs that name no experiment are of the one with the id 0.
//! let experiment_ids = vec!["0".into()];
//! let kind = Some(ColumnKind::Param);
//! let page = client.call(ListColumns { experiment_ids: experiment_ids.clone(), kind, ..Default::default() })?;
//! let column = &page.columns[0];
//! assert_eq!((column.key.as_str(), column.runs, column.distinct), ("max_depth", 3, 2));
//!
//! let kind = Some(GroupKind::Param);
//! let asked = ListColumnValues { experiment_ids, kind, key: "max_depth".to_owned(), ..Default::default() };
//! let found = client.call(asked)?;
//! // The value of most runs comes first.
//! assert_eq!((found.values[0].value.as_str(), found.values[0].runs), ("5", 2));
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::columns::{
    Column, ColumnKind, ColumnValue, ListColumnValues, ListColumnValuesResponse, ListColumns, ListColumnsResponse,
};
pub use trainyard_api::run_groups::GroupKind;
