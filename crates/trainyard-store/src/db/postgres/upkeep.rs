//! Upkeep that PostgreSQL leaves to whoever owns the tables: statements that may not stand in a transaction, each on its
//! own, on a connection of their own.

use super::connect::Connector;
use crate::StoreError;

/// Carries out one statement after the other, as long as each takes.
pub(super) fn carry_out(connector: &Connector, statements: &[String]) -> Result<(), StoreError> {
    let session = connector.session()?;
    session.batch("SET statement_timeout = 0")?;
    for statement in statements {
        session.batch(statement)?;
    }
    Ok(())
}
