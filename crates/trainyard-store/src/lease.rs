//! Work that one process at a time does for all that use the database (table `lease`).

use crate::{StoreError, Transaction};

/// Takes a lease, or keeps it. `false` while another holder has it.
///
/// Whoever does the work in the same transactions as this can be sure that nobody else does.
pub(crate) fn hold(tx: &mut Transaction<'_>, name: &str, holder: &str, for_ms: i64) -> Result<bool, StoreError> {
    let now = tx.now_ms();
    let until = now.saturating_add(for_ms);
    // A lease that ends later than any that could be taken now was taken by a clock that has been set back since.
    let taken = tx.query_one(
        "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE lease.holder = excluded.holder OR lease.until < $4 OR lease.until > excluded.until RETURNING holder",
        &[name.into(), holder.into(), until.into(), now.into()],
        |row| row.get::<String>(0),
    )?;
    Ok(taken.is_some())
}

/// Gives a lease back.
pub(crate) fn release(tx: &mut Transaction<'_>, name: &str, holder: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM lease WHERE name = $1 AND holder = $2", &[name.into(), holder.into()])?;
    Ok(())
}
