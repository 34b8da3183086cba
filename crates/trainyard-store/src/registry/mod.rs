//! The model registry: registered models, their versions, tags, stages and aliases (migration 3), and webhooks (migration 5).

mod address;
mod aliases;
pub(crate) mod model_versions;
mod names;
pub(crate) mod registered_models;
mod sources;
mod stages;
mod tags;
pub(crate) mod webhooks;
