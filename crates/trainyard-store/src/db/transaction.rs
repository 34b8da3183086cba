//! One transaction, as rules and SQL see it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use trainyard_api::columns::ColumnKind;
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::{ModelId, RunId};
use uuid::Uuid;

use super::session::Session;
use super::{Context, DbError, Dialect, Row, RunChange, Signal, Value};
use crate::registry::webhooks::outbox::Outbox;
use crate::search::Plans;
use crate::{ArtifactRoot, StoreError};

/// One transaction: a connection, the time and a source of ids.
pub struct Transaction<'c> {
    session: Session<'c>,
    context: &'c Context,
    now_ms: i64,
    /// Says when nobody waits for the answer any more.
    given_up: Option<Arc<AtomicBool>>,
}

/// Rows between two looks whether anybody still waits for them.
const UNSEEN: u32 = 1000;

impl<'c> Transaction<'c> {
    pub(super) fn new(session: Session<'c>, context: &'c Context) -> Self {
        Self { session, context, now_ms: (context.sources.now_ms)(), given_up: None }
    }

    /// Has statements that read fail from when this says that nobody waits for their answers any more.
    pub(crate) fn give_up_on(&mut self, given_up: &Arc<AtomicBool>) -> Result<(), StoreError> {
        self.given_up = Some(Arc::clone(given_up));
        is_wanted(self.given_up.as_deref())
    }

    /// Hands each row of an answer to `read` until that answers `false`.
    fn rows(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let given_up = self.given_up.as_deref();
        is_wanted(given_up)?;
        let mut unseen = 0;
        self.session.query(sql, values, |row| {
            unseen += 1;
            if unseen == UNSEEN {
                unseen = 0;
                is_wanted(given_up)?;
            }
            read(row)
        })
    }

    /// All rows of an answer, each turned into a `T`.
    pub fn query<T>(
        &mut self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut answers = Vec::new();
        self.rows(sql, values, |row| {
            answers.push(read(row)?);
            Ok(true)
        })?;
        Ok(answers)
    }

    /// Shows each row of an answer to `visit`, and keeps none: for answers of any length.
    pub fn visit(
        &mut self,
        sql: &str,
        values: &[Value],
        mut visit: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.rows(sql, values, |row| visit(row).map(|()| true))
    }

    /// The first row of an answer, if there is one.
    pub fn query_one<T>(
        &mut self,
        sql: &str,
        values: &[Value],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut read = Some(read);
        let mut answer = None;
        self.rows(sql, values, |row| {
            if let Some(read) = read.take() {
                answer = Some(read(row)?);
            }
            Ok(false)
        })?;
        Ok(answer)
    }

    /// Carries out an `INSERT … RETURNING id`.
    pub fn insert(&mut self, sql: &str, values: &[Value]) -> Result<i64, StoreError> {
        let id = self.query_one(sql, values, |row| row.get(0))?;
        id.ok_or_else(|| DbError::Other(format!("an insert returned no row: {sql}")).into())
    }

    /// Carries out a statement without an answer; returns how many rows it changed.
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        self.session.execute(sql, values)
    }

    /// Inserts rows into columns of a table; returns how many there were before `conflict`, the statement's `ON CONFLICT …`,
    /// left some out.
    ///
    /// Where `conflict` updates, no two rows may have the same key.
    pub fn insert_many<const N: usize>(
        &mut self,
        table: &str,
        columns: [&str; N],
        conflict: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<u64, DbError> {
        match self.session {
            Session::Sqlite(session) => {
                let mut all = 0;
                session.insert_many((table, columns, conflict), rows, |_, inserted| all += inserted)?;
                Ok(all)
            }
            Session::Postgres(session) => session.insert_many((table, columns, conflict), rows.into_iter().collect()),
        }
    }

    /// As [`Transaction::insert_many`]; returns how many rows were inserted by the value of the first column, an integer.
    pub fn insert_counted<const N: usize>(
        &mut self,
        table: &str,
        columns: [&str; N],
        conflict: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<HashMap<i64, i64>, StoreError> {
        let mut counts = HashMap::new();
        match self.session {
            Session::Sqlite(session) => session.insert_many((table, columns, conflict), rows, |row, inserted| {
                if let Some(Value::Integer(first)) = row.first()
                    && inserted > 0
                {
                    *counts.entry(*first).or_default() += 1;
                }
            })?,
            Session::Postgres(session) => {
                session.insert_counted((table, columns, conflict), rows.into_iter().collect(), &mut counts)?;
            }
        }
        Ok(counts)
    }

    /// As [`Transaction::insert_many`]; returns the ids of the rows that were inserted by the text of their first column. `id`
    /// has to be the table's own key, and `conflict` may not update.
    pub fn insert_named<const N: usize>(
        &mut self,
        table: &str,
        columns: [&str; N],
        conflict: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<HashMap<String, i64>, StoreError> {
        match self.session {
            Session::Sqlite(session) => session.insert_named((table, columns, conflict), rows),
            Session::Postgres(session) => session.insert_named((table, columns, conflict), rows.into_iter().collect()),
        }
    }

    /// Runs `work` so that a refusal undoes it and nothing else. The outer error is trouble of the database, after which
    /// the whole transaction is to be given up.
    pub fn part<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Result<T, StoreError>, StoreError> {
        self.execute("SAVEPOINT part", &[])?;
        let names = self.session.notes().mark();
        let outcome = work(self);
        match &outcome {
            Ok(_) => {}
            Err(error) if error.is_refusal() => {
                self.execute("ROLLBACK TO part", &[])?;
                self.session.notes().cut_back(names);
                if let Session::Postgres(session) = self.session {
                    session.undone();
                }
            }
            Err(_) => return outcome.map(Ok),
        }
        self.execute("RELEASE part", &[])?;
        Ok(outcome)
    }

    /// Says that statements of this transaction look at many rows, where those of most writes look up a few by their keys: they
    /// are to be planned by what the database knows of its tables.
    pub(crate) fn scans(&mut self) -> Result<(), DbError> {
        match self.session {
            Session::Sqlite(_) => Ok(()),
            Session::Postgres(session) => session.scans(),
        }
    }

    /// The database that SQL is for.
    pub fn dialect(&self) -> Dialect {
        self.session.dialect()
    }

    /// The ways of searches that were found a moment ago.
    pub(crate) fn plans(&self) -> &'c Plans {
        &self.context.plans
    }

    /// When the transaction began, in milliseconds since the epoch.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// An id for a new run: 32 hex digits.
    pub fn new_run_id(&self) -> RunId {
        self.new_uuid().simple().to_string().into()
    }

    /// An id for a new logged model: `m-` and 32 hex digits.
    pub fn new_model_id(&self) -> ModelId {
        self.new_id("m-").into()
    }

    /// An id for anything else: a prefix and 32 hex digits.
    pub fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.new_uuid().simple())
    }

    /// A random number, for names that are made up.
    pub fn random(&self) -> u128 {
        (self.context.sources.unique)()
    }

    /// Where the artifacts of experiments without a location of their own lie.
    pub fn artifact_root(&self) -> &ArtifactRoot {
        &self.context.artifact_root
    }

    /// Whether values that are too long are cut; else they are refused.
    pub(crate) fn truncates_long_values(&self) -> bool {
        self.context.truncate_long_values
    }

    /// What is needed beside the tables to tell webhooks of events.
    pub(crate) fn outbox(&self) -> &'c Outbox {
        &self.context.outbox
    }

    /// Tells whoever waits for it, in this process and others, that something has happened.
    ///
    /// On SQLite it is heard before the transaction is committed: whoever looks by a write comes after it.
    pub(crate) fn signal(&mut self, signal: Signal) -> Result<(), StoreError> {
        match self.session {
            Session::Sqlite(_) => self.context.signals.tell(signal),
            Session::Postgres(session) => session.notify(signal)?,
        }
        Ok(())
    }

    /// Notes that a run, or with an empty id its experiment, was changed, for whoever looks at it; told once the transaction is committed. Costs next to nothing
    /// while nobody does.
    pub(crate) fn changed(&mut self, experiment: i64, run_id: &RunId, kind: RunChangeKind) {
        if self.context.changes.are_wanted() {
            self.session.notes().changes.borrow_mut().push(RunChange::of(experiment, run_id, kind));
        } else {
            self.context.changes.skip();
        }
    }

    /// Notes that runs of experiments have columns of these names; written down with the other names of the transaction, before
    /// its commit.
    pub(crate) fn named<'n>(&mut self, kind: ColumnKind, names: impl IntoIterator<Item = (i64, &'n str)>) {
        // Many runs that are logged to together have mostly the same.
        let different: BTreeSet<(i64, &str)> = names.into_iter().collect();
        let named = different.into_iter().map(|(experiment, key)| (kind.as_str(), experiment, key.to_owned()));
        self.session.notes().names.borrow_mut().extend(named);
    }

    /// The names that have been noted and not been written down yet: their kinds, experiments and keys.
    pub(crate) fn take_names(&mut self) -> Vec<(&'static str, i64, String)> {
        self.session.notes().names.take()
    }

    /// A UUID, for ids of other kinds.
    pub(crate) fn new_uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes((self.context.sources.unique)().to_be_bytes()).into_uuid()
    }
}

fn is_wanted(given_up: Option<&AtomicBool>) -> Result<(), StoreError> {
    match given_up {
        Some(given_up) if given_up.load(Ordering::Relaxed) => Err(StoreError::Closed),
        _ => Ok(()),
    }
}
