//! Giving back the room of rows that have gone.

use crate::{StoreError, Transaction};

/// Pages that are given back in one transaction: 4 MB.
const PAGES: i64 = 1000;

/// What is left to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrinking {
    /// Bytes were given back; there may be more.
    Some(u64),
    /// Nothing is left.
    Done,
    /// The file was made by a program that did not provide for it. What is free in it is used for new data.
    Impossible,
}

/// Gives back some of the room that holds nothing. Call it until it is done.
pub fn shrink(tx: &mut Transaction<'_>) -> Result<Shrinking, StoreError> {
    let dialect = tx.dialect();
    // Other databases do it by themselves.
    let Some(give_back) = dialect.give_back(PAGES) else { return Ok(Shrinking::Done) };
    let before = free(tx)?;
    if before == 0 {
        return Ok(Shrinking::Done);
    }
    tx.visit(&give_back, &[], |_| Ok(()))?;
    let after = free(tx)?;
    Ok(if after < before { Shrinking::Some((before - after).unsigned_abs()) } else { Shrinking::Impossible })
}

fn free(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    let sql = tx.dialect().database_size();
    Ok(tx.query_one(sql, &[], |row| row.get::<i64>(1))?.unwrap_or(0))
}
