pub mod files;
pub mod processes;
pub mod transactions;
