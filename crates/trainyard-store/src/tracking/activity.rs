//! How busy experiments are, by indexes of their runs.

use trainyard_api::activity::{ExperimentActivity, GetExperimentActivity, GetExperimentActivityResponse};
use trainyard_api::limits::ACTIVITY_EXPERIMENTS;

use super::experiments;
use crate::{Access, Operation, StoreError, Transaction};

impl Operation for GetExperimentActivity {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GetExperimentActivityResponse, StoreError> {
        if self.experiment_ids.is_empty() {
            return Err(StoreError::missing("experiment_id"));
        }
        if self.experiment_ids.len() > ACTIVITY_EXPERIMENTS {
            return Err(StoreError::invalid(format!(
                "Invalid value for parameter 'experiment_id': {} experiments are named, {ACTIVITY_EXPERIMENTS} at most can be",
                self.experiment_ids.len()
            )));
        }
        let mut activities = Vec::with_capacity(self.experiment_ids.len());
        for experiment_id in self.experiment_ids {
            let experiment = match experiments::parse_id(&experiment_id) {
                Ok(experiment) => experiment,
                Err(StoreError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            // Each part is answered by an index alone. No text is sent that a planner could take for something else.
            let activity = tx.query_one(
                "SELECT
                    (SELECT COUNT(*) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active'),
                    (SELECT COUNT(*) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active' AND status = 'RUNNING'),
                    (SELECT COUNT(*) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'deleted'),
                    e.last_update_time,
                    (SELECT MAX(start_time) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active'),
                    (SELECT MAX(start_time) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'deleted'),
                    (SELECT MAX(end_time) FROM run WHERE experiment_id = e.id AND end_time IS NOT NULL)
                 FROM experiment AS e WHERE e.id = $1",
                &[experiment.into()],
                |row| {
                    let changed: i64 = row.get(3)?;
                    let ends = (4..=6).map(|index| row.get(index)).collect::<Result<Vec<Option<i64>>, _>>()?;
                    Ok(ExperimentActivity {
                        experiment_id,
                        runs: row.get(0)?,
                        running: row.get(1)?,
                        deleted_runs: row.get(2)?,
                        last_activity_time: ends.into_iter().flatten().fold(changed, i64::max),
                    })
                },
            )?;
            activities.extend(activity);
        }
        Ok(GetExperimentActivityResponse { experiments: activities })
    }
}
