//! One connection: binds, carries out, reads rows, and notes what an error means for the transaction.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Waker};

use futures_util::future::{join, join_all};
use futures_util::{FutureExt, StreamExt};
use tokio::runtime::Runtime;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Statement};

use super::error::{self, Trouble};
use super::types::{Array, type_of};
use crate::StoreError;
use crate::db::session::{Insert, Notes, insert_one};
use crate::db::value::RowOf;
use crate::db::{DbError, Row, Value};

/// Distinct statements that a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 256;

/// A connection with its prepared statements. Its runtime does its input and output, on the thread that waits for it.
pub(in crate::db) struct Session {
    runtime: Runtime,
    client: Arc<Client>,
    statements: RefCell<Statements>,
    deferred: RefCell<Vec<Deferred>>,
    trouble: Cell<Trouble>,
    wrote: Cell<bool>,
    /// What the open transaction has noted.
    pub(in crate::db) notes: Notes,
}

/// A statement under way that nobody has waited for yet.
type Deferred = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

impl Session {
    pub(super) fn new(runtime: Runtime, client: Client) -> Self {
        Self {
            runtime,
            client: Arc::new(client),
            statements: RefCell::default(),
            deferred: RefCell::default(),
            trouble: Cell::new(Trouble::None),
            wrote: Cell::new(false),
            notes: Notes::default(),
        }
    }

    /// Hands each row to `read` until that answers `false`.
    pub(in crate::db) fn query(
        &self,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        values.iter().try_for_each(Value::check)?;
        // Of statements that begin otherwise some write, and those that do not harm nothing by being taken for it.
        if !sql.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select")) {
            self.wrote.set(true);
        }
        self.runtime.block_on(async {
            let types: Vec<Type> = values.iter().map(type_of).collect();
            let statement = self.prepare(sql, types).await.map_err(|error| self.noted(&error))?;
            let sending = self.client.query_raw(&statement, values.iter().map(|value| value as &(dyn ToSql + Sync)));
            let (before, rows) = join(self.settled(), sending).await;
            before.map_err(|error| self.noted(&error))?;
            let mut rows = pin!(rows.map_err(|error| self.noted(&error))?);
            while let Some(row) = rows.next().await {
                let row = row.map_err(|error| self.noted(&error))?;
                if !read(&Row(RowOf::Postgres(&row)))? {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Carries out a statement without an answer; returns how many rows it changed.
    pub(in crate::db) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        values.iter().try_for_each(Value::check)?;
        let types = values.iter().map(type_of).collect();
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.carry_out(sql, types, &values)
    }

    /// Inserts rows, as many as there are, in one statement; returns how many were not passed over.
    pub(in crate::db) fn insert_many<const N: usize>(
        &self,
        insert: Insert<'_, N>,
        rows: Vec<[Value; N]>,
    ) -> Result<u64, DbError> {
        let sql = match rows.as_slice() {
            [] => return Ok(0),
            [row] => return self.execute(&insert_one(insert), row),
            _ => insert_arrays(insert),
        };
        let arrays = arrays(&rows)?;
        let types = arrays.iter().map(Array::type_of).collect();
        let values: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
        self.carry_out(&sql, types, &values)
    }

    /// As [`Session::insert_many`]; adds to `counts` how many rows were inserted by the value of the first column.
    pub(in crate::db) fn insert_counted<const N: usize>(
        &self,
        insert: Insert<'_, N>,
        rows: Vec<[Value; N]>,
        counts: &mut HashMap<i64, i64>,
    ) -> Result<(), StoreError> {
        let first = |row: &[Value; N]| if let Some(Value::Integer(first)) = row.first() { *first } else { 0 };
        let Some(one) = rows.first().map(first) else { return Ok(()) };
        if rows.iter().all(|row| first(row) == one) {
            let inserted = self.insert_many(insert, rows)?;
            *counts.entry(one).or_default() += i64::try_from(inserted).unwrap_or(i64::MAX);
            return Ok(());
        }
        let arrays = arrays(&rows)?;
        let column = insert.1[0];
        let sql = format!(
            "WITH added AS ({} RETURNING {column}) SELECT {column}, COUNT(*) FROM added GROUP BY {column}",
            insert_arrays(insert)
        );
        for row in self.insert_returning(&sql, &arrays)? {
            let row = Row(RowOf::Postgres(&row));
            *counts.entry(row.get(0)?).or_default() += row.get::<i64>(1)?;
        }
        Ok(())
    }

    /// As [`Session::insert_many`]; returns the ids of the rows that were inserted by the text of their first column.
    pub(in crate::db) fn insert_named<const N: usize>(
        &self,
        insert: Insert<'_, N>,
        rows: Vec<[Value; N]>,
    ) -> Result<HashMap<String, i64>, StoreError> {
        if rows.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!("{} RETURNING {}, id", insert_arrays(insert), insert.1.first().unwrap_or(&"id"));
        let mut ids = HashMap::new();
        for row in self.insert_returning(&sql, &arrays(&rows)?)? {
            let row = Row(RowOf::Postgres(&row));
            ids.insert(row.get(0)?, row.get(1)?);
        }
        Ok(ids)
    }

    /// Carries out an insert of arrays that returns rows: no more than it inserts.
    fn insert_returning(&self, sql: &str, arrays: &[Array<'_>]) -> Result<Vec<tokio_postgres::Row>, DbError> {
        self.wrote.set(true);
        let outcome = self.runtime.block_on(async {
            let statement = self.prepare(sql, arrays.iter().map(Array::type_of).collect()).await?;
            let values: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
            let (before, rows) = join(self.settled(), self.client.query(&statement, &values)).await;
            before.and(rows)
        });
        outcome.map_err(|error| self.noted(&error))
    }

    /// Carries out several statements without values, such as a migration.
    pub(in crate::db) fn batch(&self, sql: &str) -> Result<(), DbError> {
        let outcome = self.runtime.block_on(async {
            let (before, outcome) = join(self.settled(), self.client.batch_execute(sql)).await;
            before.and(outcome)
        });
        outcome.map_err(|error| self.noted(&error))
    }

    /// Sends statements that answer nothing, and waits for them with the next: `BEGIN`, `SAVEPOINT` and their like cost no
    /// way to the server and back.
    pub(super) fn defer(&self, sql: &'static str) {
        let client = Arc::clone(&self.client);
        let mut sending: Deferred = Box::pin(async move { client.batch_execute(sql).await });
        // Polled once, it is in the connection's queue, before whatever comes next.
        match sending.as_mut().poll_unpin(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Ready(Ok(())) => {}
            std::task::Poll::Ready(Err(error)) => drop(self.noted(&error)),
            std::task::Poll::Pending => self.deferred.borrow_mut().push(sending),
        }
    }

    /// Waits for what was deferred.
    pub(super) fn settle(&self) -> Result<(), DbError> {
        self.runtime.block_on(self.settled()).map_err(|error| self.noted(&error))
    }

    /// What has become of the transaction.
    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.get()
    }

    /// Whether something has been written since [`Session::forget`].
    pub(super) fn wrote(&self) -> bool {
        self.wrote.get()
    }

    /// Forgets troubles and writes, because they have been undone or another job begins.
    pub(super) fn forget(&self) {
        if self.trouble.get() < Trouble::Lost {
            self.trouble.set(Trouble::None);
        }
        self.wrote.set(false);
    }

    /// Forgets a failure that a rollback to a savepoint has undone.
    pub(in crate::db) fn undone(&self) {
        if self.trouble.get() < Trouble::Conflict {
            self.trouble.set(Trouble::None);
        }
    }

    fn carry_out(&self, sql: &str, types: Vec<Type>, values: &[&(dyn ToSql + Sync)]) -> Result<u64, DbError> {
        self.wrote.set(true);
        let outcome = self.runtime.block_on(async {
            let statement = self.prepare(sql, types).await?;
            let (before, changed) = join(self.settled(), self.client.execute(&statement, values)).await;
            before.and(changed)
        });
        outcome.map_err(|error| self.noted(&error))
    }

    /// All that was deferred has to be sent before this is polled first, and is.
    fn settled(&self) -> impl Future<Output = Result<(), Error>> + use<> {
        let deferred = std::mem::take(&mut *self.deferred.borrow_mut());
        async move { join_all(deferred).await.into_iter().collect() }
    }

    fn noted(&self, error: &Error) -> DbError {
        self.trouble.set(self.trouble.get().max(error::trouble(error)));
        error::db_error(error)
    }

    async fn prepare(&self, sql: &str, types: Vec<Type>) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.borrow_mut().get(sql, &types) {
            return Ok(statement);
        }
        let statement = self.client.prepare_typed(sql, &types).await?;
        self.statements.borrow_mut().add(sql, types, statement.clone());
        Ok(statement)
    }
}

fn insert_arrays<const N: usize>((table, columns, conflict): Insert<'_, N>) -> String {
    let binds: Vec<String> = (1..=N).map(|bind| format!("${bind}")).collect();
    format!("INSERT INTO {table} ({}) SELECT * FROM UNNEST({}) {conflict}", columns.join(", "), binds.join(", "))
}

fn arrays<const N: usize>(rows: &[[Value; N]]) -> Result<Vec<Array<'_>>, DbError> {
    rows.iter().flatten().try_for_each(Value::check)?;
    (0..N).map(|index| Array::of(rows, index)).collect()
}

/// Prepared statements by text and types. Where there are too many, the one that has not been used for longest goes.
#[derive(Default)]
struct Statements {
    by_text: HashMap<String, Vec<Prepared>>,
    count: usize,
    uses: u64,
}

struct Prepared {
    types: Vec<Type>,
    statement: Statement,
    used: u64,
}

impl Statements {
    fn get(&mut self, sql: &str, types: &[Type]) -> Option<Statement> {
        self.uses += 1;
        let prepared = self.by_text.get_mut(sql)?.iter_mut().find(|prepared| prepared.types == types)?;
        prepared.used = self.uses;
        Some(prepared.statement.clone())
    }

    fn add(&mut self, sql: &str, types: Vec<Type>, statement: Statement) {
        if self.count >= PREPARED_STATEMENTS {
            let oldest = self.by_text.values().flatten().map(|prepared| prepared.used).min();
            self.by_text.retain(|_, prepared| {
                prepared.retain(|prepared| Some(prepared.used) != oldest);
                !prepared.is_empty()
            });
            self.count -= 1;
        }
        let prepared = Prepared { types, statement, used: self.uses };
        self.by_text.entry(sql.to_owned()).or_default().push(prepared);
        self.count += 1;
    }
}
