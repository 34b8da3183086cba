//! The model registry: registered models, their versions, tags, stages and aliases (migration 3).

mod address;
mod aliases;
pub(crate) mod model_versions;
mod names;
pub(crate) mod registered_models;
mod sources;
mod stages;
mod tags;
