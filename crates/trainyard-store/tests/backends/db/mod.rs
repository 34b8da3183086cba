pub mod changes;
pub mod clock;
pub mod files;
pub mod migrations;
pub mod postgres;
pub mod processes;
pub mod transactions;
