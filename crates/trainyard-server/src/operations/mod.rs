//! Work that needs the store and the artifacts, or only the artifacts, of which routes know nothing.

pub(crate) mod download;
pub(crate) mod listing;
pub(crate) mod location;
