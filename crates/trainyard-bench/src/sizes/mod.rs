//! What operations cost as a store grows: with the number of points, and with the number of runs.

pub mod points;
pub mod runs;

use std::time::Instant;

use anyhow::{Context, Result};

use crate::peers::{Programs, Who, leave_out};
use crate::report::{median, number};
use crate::servers::Program;
use crate::table::{Cell, Expected, Table};

/// Sizes that every bench measures.
pub const POINTS: [u64; 2] = [1_000_000, 10_000_000];
/// See [`POINTS`].
pub const RUNS: [u64; 2] = [10_000, 100_000];

/// How often each request is timed.
const TIMES: usize = 21;

/// One column: a store of one size in one database.
type Figures = Vec<(&'static str, &'static str, Cell, Option<Expected>)>;

/// Title and part of a table. One of other sizes than those that every bench measures is a section of its own, so that neither
/// takes the place of the other.
fn named(what: &str, sizes: &[u64], usual: &[u64]) -> (String, String) {
    let title = format!("Cost against the number of {what}");
    if sizes == usual {
        return (title, what.to_owned());
    }
    let join =
        |size: &dyn Fn(u64) -> String, between| sizes.iter().map(|one| size(*one)).collect::<Vec<_>>().join(between);
    let shown = join(&|size| number(size as f64), " and ");
    (format!("{title}: {shown}"), format!("{what} --{what} {}", join(&|size| size.to_string(), ",")))
}

/// Measures each size on both databases, or on those of them that are among the peers. Returns the table and what was left out.
fn columns(
    programs: &Programs,
    (sizes, peers): (&[u64], &[Who]),
    what: &str,
    measure: fn(&Program, Who, u64) -> Result<Figures>,
) -> Result<(String, String)> {
    let mut names = Vec::new();
    let mut columns = Vec::new();
    let mut left_out = Vec::new();
    let databases = [Who::Sqlite, Who::Postgres];
    let is_wanted = |who: &Who| peers.is_empty() || peers.contains(who);
    for who in databases.into_iter().filter(is_wanted) {
        for size in sizes {
            let program = if who == Who::Sqlite { programs.ours.clone() } else { programs.ours.on_postgres() };
            match measure(&program, who, *size) {
                Ok(figures) => {
                    let database = if who == Who::Sqlite { "SQLite" } else { "PostgreSQL" };
                    names.push(format!("{database}, {} {what}", number(*size as f64)));
                    columns.push(figures);
                }
                Err(error) if who == Who::Postgres => {
                    leave_out(&mut left_out, who, &error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
    }
    let mut table = Table::new(names);
    let rows = columns.first().context("neither `sqlite` nor `postgres` is among --peers")?;
    for (index, (name, unit, ..)) in rows.iter().enumerate() {
        let cells: Vec<_> = columns.iter().map(|figures| (figures[index].2, figures[index].3)).collect();
        table.row(name, unit, &cells);
    }
    let left_out = left_out.iter().map(|text| format!("{text}\n\n")).collect();
    Ok((table.text(), left_out))
}

/// The median in milliseconds, and the last answer.
fn timed<T>(mut ask: impl FnMut() -> Result<T>) -> Result<(f64, T)> {
    let mut answer = ask()?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        answer = ask()?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok((median(&mut times), answer))
}
