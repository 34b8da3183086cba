//! Work that takes more than one question to the store, or needs artifacts or other machines, of which routes know nothing.

pub(crate) mod download;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod listing;
pub(crate) mod location;
pub(crate) mod multipart;
pub(crate) mod presigned;
pub(crate) mod webhooks;
