//! How busy experiments are, by indexes of their runs.

use trainyard_api::ExperimentId;
use trainyard_api::activity::{ExperimentActivity, GetExperimentActivity, GetExperimentActivityResponse};
use trainyard_api::limits::{ACTIVITY_EXPERIMENTS, ACTIVITY_RUNS, ACTIVITY_RUNS_EACH};

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
        let experiments = activities(tx, self.experiment_ids, (ACTIVITY_RUNS, ACTIVITY_RUNS_EACH))?;
        Ok(GetExperimentActivityResponse { experiments })
    }
}

/// Counts runs of experiments: so many in all, and at least so many of every kind in each.
fn activities(
    tx: &mut Transaction<'_>,
    experiment_ids: Vec<ExperimentId>,
    (mut room, each): (i64, i64),
) -> Result<Vec<ExperimentActivity>, StoreError> {
    let mut activities = Vec::with_capacity(experiment_ids.len());
    for experiment_id in experiment_ids {
        let experiment = match experiments::parse_id(&experiment_id) {
            Ok(experiment) => experiment,
            Err(StoreError::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        let most = room.max(each);
        // Each part is answered by an index alone. No text is sent that a planner could take for something else.
        let activity = tx.query_one(
            "SELECT
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active' LIMIT $1) AS counted),
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active' AND status = 'RUNNING'
                    LIMIT $2) AS counted),
                (SELECT COUNT(*) FROM (
                    SELECT 1 FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'deleted' LIMIT $3) AS counted),
                e.last_update_time,
                (SELECT MAX(start_time) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'active'),
                (SELECT MAX(start_time) FROM run WHERE experiment_id = e.id AND lifecycle_stage = 'deleted'),
                (SELECT MAX(end_time) FROM run WHERE experiment_id = e.id AND end_time IS NOT NULL)
             FROM experiment AS e WHERE e.id = $4",
            &[most.into(), most.into(), most.into(), experiment.into()],
            |row| {
                let counts = [row.get(0)?, row.get(1)?, row.get(2)?];
                let [runs, running, deleted_runs] = counts;
                let changed: i64 = row.get(3)?;
                let ends = (4..=6).map(|index| row.get(index)).collect::<Result<Vec<Option<i64>>, _>>()?;
                let last_activity_time = ends.into_iter().flatten().fold(changed, i64::max);
                room = (room - counts.iter().sum::<i64>()).max(0);
                let at_least = counts.iter().any(|count| *count >= most);
                Ok(ExperimentActivity { experiment_id, runs, running, deleted_runs, last_activity_time, at_least })
            },
        )?;
        activities.extend(activity);
    }
    Ok(activities)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use trainyard_api::experiments::CreateExperiment;
    use trainyard_api::runs::CreateRun;

    use super::*;
    use crate::testing::on_each_database;

    #[test]
    fn no_more_runs_are_counted_than_there_is_room_for() {
        on_each_database("activity", |store| {
            let mut ids: Vec<ExperimentId> = Vec::new();
            for (name, runs) in [("large", 7), ("small", 1), ("other", 4)] {
                let request = CreateExperiment { name: name.to_owned(), ..CreateExperiment::default() };
                let experiment_id = store.execute(request).wait().unwrap().experiment_id;
                for _ in 0..runs {
                    let request = CreateRun { experiment_id: experiment_id.clone(), ..CreateRun::default() };
                    store.execute(request).wait().unwrap();
                }
                ids.push(experiment_id);
            }
            let ask = |room| {
                let ids = ids.clone();
                let counted = store.read(move |tx| activities(tx, ids.clone(), (room, 2))).wait().unwrap();
                counted.iter().map(|one| (one.runs, one.running, one.at_least)).collect::<Vec<_>>()
            };
            assert_eq!(ask(100), [(7, 7, false), (1, 1, false), (4, 4, false)]);
            // The first takes all that there is room for; the others are still counted as far as two.
            assert_eq!(ask(5), [(5, 5, true), (1, 1, false), (2, 2, true)]);
        });
    }
}
