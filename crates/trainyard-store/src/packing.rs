//! The packing of metric points into blocks, as a task that any process may run and one at a time does.

use std::time::Duration;

use crate::maintenance::{Shrinking, shrink};
use crate::tracking::points::{self, pack, queue};
use crate::{DbError, Store, StoreError, lease};

const LEASE: &str = "packing";
const TABLES: &str = "statistics";
/// Longer than any step takes; after this long others take over from a process that died.
const LEASE_MS: i64 = 60_000;
/// Longer than it takes to look after one table.
const TABLES_MS: i64 = 600_000;
/// Series that are looked at in one transaction when all of them are.
const MARKED_AT_ONCE: i64 = 10_000;
/// How long a step gives way to writers that wait, in pauses.
const PAUSE: Duration = Duration::from_millis(10);
const PAUSES: usize = 100;

/// Packs the points of long and of finished series. Blocking: it belongs on a thread of its own.
#[derive(Debug)]
pub struct Packer {
    store: Store,
    holder: String,
}

/// What has been packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// Series that were looked at.
    pub series: u64,
    /// Points that were packed for good.
    pub points: u64,
}

/// How a call of [`Packer::run`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackingEnd {
    /// Nothing is left that is worth a block.
    Done,
    /// The caller said so.
    Stopped,
    /// Another process does it.
    Elsewhere,
}

/// How a step went.
enum Stepped {
    Packed,
    Changed,
    Elsewhere,
}

impl Packer {
    /// A packer that others tell apart from theirs.
    pub fn new(store: Store) -> Self {
        Self { store, holder: uuid::Uuid::new_v4().simple().to_string() }
    }

    /// Puts every series on the list that has points worth a block, whether anything has been logged to it since or not.
    pub fn mark_all(&self) -> Result<(), StoreError> {
        let mut after = 0;
        while let Some(last) = self.store.write(move |tx| queue::mark_all(tx, after, MARKED_AT_ONCE)).wait()? {
            after = last;
        }
        Ok(())
    }

    /// How many series are on the list.
    pub fn waiting(&self) -> Result<u64, StoreError> {
        self.store.read(queue::waiting).wait()
    }

    /// Packs what is on the list until that is empty or `go_on` answers `false`, which is asked before each step.
    ///
    /// A series that cannot be read is left as it is, and said in the log.
    pub fn run(&self, mut go_on: impl FnMut(Packed) -> bool) -> Result<(PackingEnd, Packed), StoreError> {
        let mut packed = Packed::default();
        let mut after = 0;
        let end = loop {
            let waiting = match self.store.read(move |tx| queue::next(tx, after)).wait() {
                Ok(Some(waiting)) => waiting,
                Ok(None) => break Ok(PackingEnd::Done),
                Err(error) => break Err(error),
            };
            after = waiting.series;
            match self.series(waiting, &mut packed, &mut go_on) {
                Ok(None) => packed.series += 1,
                Ok(Some(end)) => break Ok(end),
                Err(error @ StoreError::Database(DbError::Other(_) | DbError::Corrupt(_))) => {
                    tracing::error!(series = waiting.series, %error, "a series could not be packed");
                }
                Err(error) => break Err(error),
            }
        };
        if matches!(end, Ok(PackingEnd::Elsewhere)) {
            return end.map(|end| (end, packed));
        }
        let holder = self.holder.clone();
        let released = self.store.write(move |tx| lease::release(tx, LEASE, &holder)).wait();
        if matches!(end, Ok(PackingEnd::Done))
            && let Err(error) = self.look_after_tables(|| go_on(packed))
        {
            // Searches find the same without it, only slower.
            tracing::warn!(%error, "what the database knows of its tables could not be brought up to date");
        }
        end.and_then(|end| released.map(|()| (end, packed)))
    }

    /// Gives the room of packed rows back to the file system where the database would keep it for new rows.
    pub fn return_room(&self) -> Result<(), StoreError> {
        // A few pages at a time, so that other writers get their turn. A file that cannot be made shorter keeps its room.
        while let Shrinking::Some(_) = self.store.write(shrink).wait()? {}
        let dialect = self.store.read(|tx| Ok(tx.dialect())).wait()?;
        self.store.upkeep(dialect.cut_off(points::ROWS).as_slice())?;
        if let Some(emptied) = dialect.emptied_parts(points::ROWS) {
            let parts = self.store.read(move |tx| tx.query(&emptied, &[], |row| row.get::<String>(0))).wait()?;
            for part in parts {
                match self.store.upkeep(&dialect.write_anew(&part)) {
                    Err(StoreError::Database(DbError::TimedOut(_))) => {
                        tracing::warn!(part, "in use by others all the time: it keeps the room of packed points");
                    }
                    other => other?,
                }
            }
        }
        self.store.upkeep(dialect.index_anew(points::ROWS).as_slice())
    }

    /// Brings up to date what the database knows of tables that have changed much, where it does it late or not at all by itself.
    fn look_after_tables(&self, mut go_on: impl FnMut() -> bool) -> Result<(), StoreError> {
        let dialect = self.store.read(|tx| Ok(tx.dialect())).wait()?;
        let found = |query: Option<&'static str>| match query {
            Some(sql) => self.store.read(move |tx| tx.query(sql, &[], |row| row.get::<String>(0))).wait(),
            None => Ok(Vec::new()),
        };
        let all = || Ok::<_, StoreError>((found(dialect.grown_tables())?, found(dialect.unseen_tables())?));
        let (grown, unseen) = all()?;
        // All servers see at the same time that tables have grown; one of them is enough.
        if grown.is_empty() && unseen.is_empty() || !self.hold_tables()? {
            return Ok(());
        }
        // Another may have done it just now.
        let looked_after = all().and_then(|(grown, unseen)| {
            let gathering = grown.iter().map(|table| dialect.gather_statistics(table));
            for statements in gathering.chain(unseen.iter().map(|table| dialect.note_seen(table))) {
                if !go_on() || !self.hold_tables()? {
                    break;
                }
                match self.store.upkeep(&statements) {
                    // It has begun with a table that is large.
                    Err(StoreError::Database(DbError::TimedOut(_))) => {}
                    other => other?,
                }
            }
            Ok(())
        });
        let holder = self.holder.clone();
        let released = self.store.write(move |tx| lease::release(tx, TABLES, &holder)).wait();
        looked_after.and(released)
    }

    /// Whether this one looks after the tables, for a while from now on.
    fn hold_tables(&self) -> Result<bool, StoreError> {
        let holder = self.holder.clone();
        self.store.write(move |tx| lease::hold(tx, TABLES, &holder, TABLES_MS)).wait()
    }

    /// Packs one series; `None` when nothing is left of it.
    fn series(
        &self,
        waiting: queue::Waiting,
        packed: &mut Packed,
        go_on: &mut impl FnMut(Packed) -> bool,
    ) -> Result<Option<PackingEnd>, StoreError> {
        loop {
            if !go_on(*packed) {
                return Ok(Some(PackingEnd::Stopped));
            }
            let queue::Waiting { series, rest } = waiting;
            let Some(step) = self.store.read(move |tx| pack::prepare(tx, series, rest)).wait()? else { break };
            self.give_way();
            let points = step.points();
            let stepped =
                self.in_lease(move |tx| Ok(if pack::apply(tx, &step)? { Stepped::Packed } else { Stepped::Changed }))?;
            match stepped {
                Stepped::Packed => packed.points += points.unsigned_abs(),
                Stepped::Changed => {}
                Stepped::Elsewhere => return Ok(Some(PackingEnd::Elsewhere)),
            }
        }
        let done = self.in_lease(move |tx| queue::done(tx, waiting).map(|()| Stepped::Packed))?;
        Ok(matches!(done, Stepped::Elsewhere).then_some(PackingEnd::Elsewhere))
    }

    /// Writes as the only packer there is, or not at all.
    fn in_lease(
        &self,
        mut work: impl FnMut(&mut crate::Transaction<'_>) -> Result<Stepped, StoreError> + Send + 'static,
    ) -> Result<Stepped, StoreError> {
        let holder = self.holder.clone();
        let write = self.store.write(move |tx| {
            if lease::hold(tx, LEASE, &holder, LEASE_MS)? { work(tx) } else { Ok(Stepped::Elsewhere) }
        });
        write.wait()
    }

    /// Waits a while as long as other writes wait. Not for ever: a store under constant load has the most to pack.
    fn give_way(&self) {
        for _ in 0..PAUSES {
            if self.store.writes_waiting() == 0 {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}
