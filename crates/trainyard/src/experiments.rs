//! Experiments and the runs in them, by name and id.

use trainyard_api::experiments::{CreateExperiment, GetExperimentByName};
use trainyard_api::runs::Run;
use trainyard_api::{ErrorCode, ExperimentId, RunId};

use crate::{Client, Error, run};

impl Client {
    /// The experiment of that name; it is made when there is none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let iris = client.experiment("iris")?;
    /// assert_eq!(client.experiment("iris")?, iris);
    /// # Ok(())
    /// # }
    /// ```
    pub fn experiment(&self, name: &str) -> Result<ExperimentId, Error> {
        let find = || self.call(GetExperimentByName { experiment_name: name.to_owned() });
        match find() {
            Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => {}
            found => return found.map(|found| found.experiment.experiment_id),
        }
        match self.call(CreateExperiment { name: name.to_owned(), ..Default::default() }) {
            Ok(created) => Ok(created.experiment_id),
            // Another process was faster.
            Err(error) if error.code() == ErrorCode::ResourceAlreadyExists => {
                find().map(|found| found.experiment.experiment_id)
            }
            Err(error) => Err(error),
        }
    }

    /// A run as it is in the store: its params, tags, inputs, and the latest point of each metric.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// run.log_param("max_depth", 5)?;
    /// run.finish()?;
    /// assert_eq!(client.get_run(id)?.data.params[0].value, "5");
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_run(&self, run_id: impl Into<RunId>) -> Result<Run, Error> {
        run::get(self, &run_id.into())
    }
}
