pub mod files;
pub mod migrations;
pub mod processes;
pub mod transactions;
