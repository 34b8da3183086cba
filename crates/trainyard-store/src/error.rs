//! Why the store did not do something, and what a client is told of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use trainyard_api::{ApiError, ErrorCode};

use crate::db::DbError;

/// Why the store did not do something.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// There is no such entity.
    #[error("{}", entity.not_found(id))]
    NotFound {
        /// What was looked for.
        entity: Entity,
        /// Its id or name.
        id: String,
    },
    /// The logged model has no such tag.
    #[error("No tag with key '{key}' found for model with ID '{id}'.")]
    LoggedModelTagNotFound {
        /// The tag's key.
        key: String,
        /// The model's id.
        id: String,
    },
    /// The entity has no such tag.
    #[error("No tag with name: {key} in {owner} with id {id}")]
    TagNotFound {
        /// The tag's key.
        key: String,
        /// What kind of thing was to have it, such as `run`.
        owner: &'static str,
        /// The id of that thing.
        id: String,
    },
    /// The name is taken.
    #[error("{} already exists{}", entity.named(id), if *.deleted { " in deleted state; restore it or choose another name" } else { "" })]
    AlreadyExists {
        /// What was to be made.
        entity: Entity,
        /// Its name.
        id: String,
        /// Whether the one that has the name is soft-deleted.
        deleted: bool,
    },
    /// A value is missing, malformed, out of range or at odds with what is stored; the message names field and value.
    #[error("{message}")]
    InvalidParameter {
        /// The sentence for the client.
        message: String,
    },
    /// The name of a registered model or prompt is taken; the two share one set of names.
    #[error("{}", name_taken(name, *.by_prompt, *.for_prompt))]
    RegisteredNameTaken {
        /// The name.
        name: String,
        /// Whether a prompt has it.
        by_prompt: bool,
        /// Whether a prompt was to get it.
        for_prompt: bool,
    },
    /// The store alone cannot do it.
    #[error("{what} needs a server; this store is open in the program itself")]
    NeedsServer {
        /// What was asked for.
        what: &'static str,
    },
    /// Soft-deleted things cannot be written to.
    #[error("The {entity} {id} must be in the 'active' state. Current state is deleted.")]
    Deleted {
        /// `run` or `experiment`.
        entity: &'static str,
        /// Its id.
        id: String,
    },
    /// The address names no database that this program can open.
    #[error("the store `{uri}` cannot be used: {reason}")]
    UnsupportedUri {
        /// As given.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database, or the file and folder of it, cannot be made, read or written.
    #[error("the database {database} cannot be opened: {reason}")]
    CannotOpen {
        /// The file, or the address without a password.
        database: String,
        /// What the system said.
        reason: String,
    },
    /// The file holds something else.
    #[error("{} is not a database", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// There is a database, but not of this program.
    #[error("{database} is a database of {}; name another", if *.mlflow { "MLflow" } else { "another program" })]
    OtherProgramsDatabase {
        /// The file, or the address without a password.
        database: String,
        /// Whether MLflow made it.
        mlflow: bool,
    },
    /// A newer program has changed the schema.
    #[error(
        "the database {database} is newer than this program (schema {found}, known up to {known}); use a newer trainyard"
    )]
    NewerDatabase {
        /// The file, or the address without a password.
        database: String,
        /// Its newest migration.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// A statement that reads took longer than it may. It would the next time, too.
    #[error(
        "the database took longer than {} s for this request; narrow it, or raise --database-statement-timeout",
        limit.as_secs_f64()
    )]
    TooSlow {
        /// How long a statement may take.
        limit: Duration,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The work panicked; all of it was undone.
    #[error("the operation ended in a panic")]
    Panicked,
    /// The store was closed, or its threads could not be started.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// An [`InvalidParameter`](Self::InvalidParameter) with this sentence.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidParameter { message: message.into() }
    }

    /// The error for a required field that is absent or empty.
    pub fn missing(field: &str) -> Self {
        Self::invalid(ApiError::missing(field).message)
    }

    /// The error for an entity that is not there.
    pub fn not_found(entity: Entity, id: impl fmt::Display) -> Self {
        Self::NotFound { entity, id: id.to_string() }
    }

    /// Whether the request is at fault, and would be refused again.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.code(),
            ErrorCode::InvalidParameterValue | ErrorCode::ResourceDoesNotExist | ErrorCode::ResourceAlreadyExists
        )
    }

    /// The code a client sees. Exhaustive on purpose: a new variant has to choose.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } | Self::TagNotFound { .. } | Self::LoggedModelTagNotFound { .. } => {
                ErrorCode::ResourceDoesNotExist
            }
            Self::AlreadyExists { .. } | Self::RegisteredNameTaken { .. } => ErrorCode::ResourceAlreadyExists,
            Self::InvalidParameter { .. }
            | Self::Deleted { .. }
            | Self::UnsupportedUri { .. }
            | Self::CannotOpen { .. }
            | Self::NotADatabase { .. }
            | Self::OtherProgramsDatabase { .. }
            | Self::NewerDatabase { .. }
            | Self::Database(DbError::NulInText(_) | DbError::TooLarge(_) | DbError::Pattern(_)) => {
                ErrorCode::InvalidParameterValue
            }
            Self::Database(
                // What writes has waited for the locks of others, who will be done.
                DbError::Busy | DbError::Conflict(_) | DbError::TimedOut(_) | DbError::Unavailable(_),
            )
            | Self::Closed => ErrorCode::TemporarilyUnavailable,
            // Not a refusal: what a journal keeps for a store is not at fault.
            Self::TooSlow { .. } => ErrorCode::DeadlineExceeded,
            Self::NeedsServer { .. } => ErrorCode::NotImplemented,
            Self::Database(DbError::DiskFull) => ErrorCode::ResourceExhausted,
            Self::Database(
                DbError::UniqueViolation(_)
                | DbError::ForeignKeyViolation(_)
                | DbError::NotADatabase(_)
                | DbError::Corrupt(_)
                | DbError::Other(_),
            )
            | Self::Panicked => ErrorCode::InternalError,
        }
    }
}

impl From<ApiError> for StoreError {
    /// For the rules of `trainyard_api::rules`, all of which are about a value.
    fn from(broken: ApiError) -> Self {
        Self::InvalidParameter { message: broken.message }
    }
}

impl From<StoreError> for ApiError {
    /// Causes inside the database are logged here and not sent.
    fn from(error: StoreError) -> Self {
        let code = error.code();
        let message = match &error {
            StoreError::Database(DbError::Unavailable(_)) => {
                tracing::error!(%error, "the database is not available");
                "the database is not available".to_owned()
            }
            StoreError::Database(DbError::Corrupt(_)) => {
                tracing::error!(%error, "the database is damaged");
                "the database is damaged; `trainyard db check` says where, and a backup has what was lost".to_owned()
            }
            error if code == ErrorCode::InternalError => {
                tracing::error!(%error, "an operation failed");
                "an internal error occurred; the log of the store has its cause".to_owned()
            }
            error => error.to_string(),
        };
        Self::new(code, message)
    }
}

fn name_taken(name: &str, by_prompt: bool, for_prompt: bool) -> String {
    match (by_prompt, for_prompt) {
        (false, false) => format!("Registered Model (name={name}) already exists."),
        (true, true) => format!("Prompt (name={name}) already exists."),
        (true, false) => format!(
            "Tried to create a registered model with name '{name}', but the name is already taken by a prompt. MLflow \
             does not allow creating a model and a prompt with the same name."
        ),
        (false, true) => format!(
            "Tried to create a prompt with name '{name}', but the name is already taken by a registered model. MLflow \
             does not allow creating a model and a prompt with the same name."
        ),
    }
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entity {
    /// By id.
    Experiment,
    /// By name.
    ExperimentName,
    /// By id.
    Run,
    /// By id.
    LoggedModel,
    /// By name.
    RegisteredModel,
    /// By name and number: `(name=…, version=…)`.
    ModelVersion,
    /// By id.
    Webhook,
    /// By id.
    EvaluationDataset,
    /// By id; its name where that is taken.
    View,
}

impl Entity {
    /// MLflow's sentence for an entity that is not there.
    fn not_found(self, id: &str) -> String {
        match self {
            Self::Experiment => format!("No Experiment with id={id} exists"),
            Self::ExperimentName => format!("Could not find experiment with name '{id}'"),
            Self::Run => format!("Run with id={id} not found"),
            Self::LoggedModel => format!("Logged model with ID '{id}' not found."),
            Self::RegisteredModel => format!("Registered Model with name={id} not found"),
            Self::ModelVersion => format!("Model Version {id} not found"),
            Self::Webhook => format!("Webhook with ID {id} not found."),
            Self::EvaluationDataset => format!("Evaluation dataset with id '{id}' not found"),
            Self::View => format!("View with id={id} not found"),
        }
    }

    fn named(self, id: &str) -> String {
        match self {
            Self::Experiment | Self::ExperimentName => format!("Experiment(name={id})"),
            Self::Run => format!("Run(id={id})"),
            Self::LoggedModel => format!("Logged model(id={id})"),
            Self::RegisteredModel => format!("Registered Model (name={id})"),
            Self::ModelVersion => format!("Model Version {id}"),
            Self::Webhook => format!("Webhook(id={id})"),
            Self::EvaluationDataset => format!("Evaluation dataset(id={id})"),
            Self::View => format!("View(name={id})"),
        }
    }
}
