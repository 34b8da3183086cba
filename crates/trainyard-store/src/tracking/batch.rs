//! `log-batch`: points, params and tags of one run, all of them or none.

use trainyard_api::runs::LogBatch;
use trainyard_api::{Empty, limits, rules};

use super::{metrics, params, runs, tags};
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for LogBatch {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let Self { run_id, metrics, params, tags } = self;
        let run_id = runs::id("run_id", run_id, Default::default())?;
        check_size("metrics", metrics.len(), limits::BATCH_METRICS)?;
        check_size("params", params.len(), limits::BATCH_PARAMS)?;
        check_size("tags", tags.len(), limits::BATCH_TAGS)?;
        check_size("metrics, params, and tags", metrics.len() + params.len() + tags.len(), limits::BATCH_ENTRIES)?;
        rules::batch(&metrics, &params, &tags)?;

        let run = runs::active(tx, run_id)?;
        runs::note_logged(tx, &run, !metrics.is_empty(), !params.is_empty(), !tags.is_empty());
        params::log_all(tx, [(&run, params)])?;
        metrics::log_all(tx, run.key, &metrics)?;
        tags::set_all(tx, [(&run, tags)])?;
        Ok(Empty {})
    }
}

fn check_size(what: &str, count: usize, limit: usize) -> Result<(), StoreError> {
    if count <= limit {
        return Ok(());
    }
    Err(StoreError::invalid(format!(
        "A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} across \
         multiple requests and try again."
    )))
}
