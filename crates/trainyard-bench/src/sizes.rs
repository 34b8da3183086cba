//! What operations cost as a store grows: with the number of points, and with the number of runs.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::http::Connection;
use crate::peers::{Programs, Who, leave_out};
use crate::report::{Report, median, number};
use crate::seed;
use crate::servers::{self, Program};
use crate::table::{Cell, Expected, Table};
use crate::workloads;

/// Sizes that every bench measures.
pub const POINTS: [u64; 2] = [1_000_000, 10_000_000];
/// See [`POINTS`].
pub const RUNS: [u64; 2] = [10_000, 100_000];

/// How often each request is timed.
const TIMES: usize = 21;
/// Series that the points are spread over, all in one run.
const SERIES: u64 = 10;
const CONNECTIONS: u64 = 4;
/// Connections that runs are created on: more of them share transactions.
const CREATING: u64 = 16;
const PAGE: u64 = 25_000;
/// The page of a search whose cost is compared with the first, and the runs of a page.
const FAR_PAGE: u64 = 500;
const FAR_PAGE_RUNS: u64 = 10;
const NAMES: u64 = 10_000;

/// One column: a store of one size in one database.
type Figures = Vec<(&'static str, &'static str, Cell, Option<Expected>)>;

/// Points in one run, from a million on, and the bytes they take.
pub fn measure_points(programs: &Programs, sizes: &[u64], peers: &[Who], report: &mut Report) -> Result<()> {
    let (table, left_out) = columns(programs, (sizes, peers), "points", points)?;
    let body = format!(
        "Points of {SERIES} metrics in one run: losses with noise in all bits of a double, a step every quarter of a second \
         give or take 20 ms, sent as log-batch of 1000 points of several metrics on {CONNECTIONS} connections, so that they come as rows. The server packs while they come; `trainyard db pack` does the rest, and `trainyard db check` decodes \
         every block and compares counts and latest values. Bytes at rest are those of the whole database with its indexes; `pack` has \
         given back the room that it freed, and what is free all the same is in the next row. Times are medians of {TIMES} requests \
         on one connection. Each answer is \
         compared in count and last value with what was sent.\n\n{left_out}{table}"
    );
    let (title, part) = named("points", sizes, &POINTS);
    report.add(&title, &part, &body);
    Ok(())
}

/// Runs of an experiment, from ten thousand on.
pub fn measure_runs(programs: &Programs, sizes: &[u64], peers: &[Who], report: &mut Report) -> Result<()> {
    let (table, left_out) = columns(programs, (sizes, peers), "runs", runs)?;
    let body = format!(
        "Runs of one experiment with {} params, {} metrics and {} tags each, created on {CREATING} connections; params and \
         metrics come by bulk ingest, up to 1,000 runs a request. The filter is `metrics.m0 > 0.5 AND params.p0 \
         = '3' AND tags.t0 = '2'`, the order `metrics.m1 DESC`, a page 100 runs; page {FAR_PAGE} is one of {FAR_PAGE_RUNS} runs, and the first page of as many stands beside it. Times are \
         medians of {TIMES} requests on one connection, so the way of a search is remembered in all but the first of them. Pages \
         are checked for their order, the run page for its values.\n\n\
         {left_out}{table}",
        seed::PARAMS,
        seed::METRICS,
        seed::TAGS
    );
    let (title, part) = named("runs", sizes, &RUNS);
    report.add(&title, &part, &body);
    Ok(())
}

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

fn points(program: &Program, who: Who, size: u64) -> Result<Figures> {
    let steps = size / SERIES;
    eprintln!("==> {size} points on {}", who.name());
    let server = program.start()?;
    let experiment = seed::experiment(server.address, "points")?;
    let run = seed::empty_run(&mut Connection::open(server.address)?, &experiment)?;
    let began = Instant::now();
    seed::losses(server.address, &run, SERIES, 0..steps, CONNECTIONS)?;
    let seeded = size as f64 / began.elapsed().as_secs_f64();
    let (folder, postgres) = server.stop_all();
    let folder = folder.context("the data folder")?;
    let began = Instant::now();
    program.database(folder.path(), postgres.as_ref(), "pack")?;
    let packing = began.elapsed().as_secs_f64();
    // Every block is decoded, and counts and latest values are compared with the points.
    program.database(folder.path(), postgres.as_ref(), "check")?;
    let on_disk = servers::size(folder.path(), postgres.as_ref())? as f64 / size as f64;
    let stats = program.database(folder.path(), postgres.as_ref(), "stats")?;
    ensure!(stats["points"] == size, "{size} points were acknowledged, {} are stored", stats["points"]);
    let count = |name: &str| stats[name].as_f64().with_context(|| format!("`trainyard db stats` has no {name}"));
    let at_rest = (count("bytes")? - count("free_bytes")?) / size as f64;
    eprintln!("    {seeded:.0} points/s, {at_rest:.2} bytes a point, {on_disk:.2} on disk, packed in {packing:.1} s");
    let server = program.start_on(folder, postgres)?;

    let mut connection = Connection::open(server.address)?;
    let mut get = |path: String| {
        let times = timed(|| connection.send("GET", &path, b"").map(<[u8]>::to_vec))?;
        Ok::<_, anyhow::Error>((times.0, serde_json::from_slice::<Value>(&times.1)?))
    };
    let (run_page, answer) = get(format!("/api/2.0/mlflow/runs/get?run_id={run}"))?;
    let latest = answer["run"]["data"]["metrics"].as_array().context("a run without metrics")?;
    let last = |metric: &Value| {
        let series = metric["key"].as_str().and_then(|key| key.strip_prefix("loss")?.parse().ok());
        series.is_some_and(|one| metric["step"] == steps - 1 && metric["value"] == seed::loss(one, steps - 1))
    };
    ensure!(latest.len() as u64 == SERIES && latest.iter().all(last), "latest values are not those logged: {answer}");
    let history = format!("/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=loss0&max_results={PAGE}");
    let (history_page, answer) = get(history)?;
    let page = answer["metrics"].as_array().context("a history without metrics")?;
    let page_points = PAGE.min(steps);
    ensure!(page.len() as u64 == page_points, "a page of {} points", page.len());
    ensure!(page.iter().zip(0..).all(|(point, step)| point["value"] == seed::loss(0, step)), "a page of other points");
    let (interval, answer) = get(workloads::interval_path(&run, "loss0"))?;
    let chosen = answer["metrics"].as_array().context("an interval without metrics")?;
    let ends = [chosen.first(), chosen.last()].map(|point| point.and_then(|point| point["step"].as_u64()));
    ensure!(ends == [Some(0), Some(steps - 1)], "an interval from {ends:?}");
    let million = steps == 1_000_000;
    let sqlite = who == Who::Sqlite;
    Ok(vec![
        ("log-batch while filling", "points/s", Some(seeded), None),
        ("packing the rest", "s", Some(packing), None),
        (
            "bytes a point at rest",
            "B",
            Some(at_rest),
            (size >= 10_000_000).then_some(Expected::AtMost(if sqlite { 12.0 } else { 16.0 })),
        ),
        ("bytes a point on disk, free room included", "B", Some(on_disk), None),
        ("run page", "ms", Some(run_page), Some(Expected::AtMost(50.0))),
        ("history, first page of 25,000", "ms", Some(history_page), Some(Expected::AtMost(50.0))),
        (
            "history of a tenth of the points → 1,000",
            "ms",
            Some(interval),
            million.then_some(Expected::AtMost(if sqlite { 5.0 } else { 10.0 })),
        ),
    ])
}

fn runs(program: &Program, who: Who, size: u64) -> Result<Figures> {
    eprintln!("==> {size} runs on {}", who.name());
    let server = program.start()?;
    let experiment = seed::experiment(server.address, "runs")?;
    let began = Instant::now();
    seed::many_runs(server.address, &experiment, 0, size, CREATING)?;
    let seeded = size as f64 / began.elapsed().as_secs_f64();
    let wide = seed::empty_run(&mut Connection::open(server.address)?, &seed::experiment(server.address, "wide")?)?;
    seed::names(server.address, &wide, NAMES)?;
    let (folder, postgres) = server.stop_all();
    let folder = folder.context("the data folder")?;
    let bytes = servers::size(folder.path(), postgres.as_ref())? as f64 / size as f64;
    let server = program.start_on(folder, postgres)?;
    let mut connection = Connection::open(server.address)?;
    let mut search = |message: &Value| {
        let (time, answer) = timed(|| connection.post_unread("runs/search", message).map(<[u8]>::to_vec))?;
        let answer = serde_json::from_slice(&answer)?;
        ordered(&answer)?;
        Ok::<_, anyhow::Error>((time, answer))
    };
    let (filtered, answer) = search(&workloads::search(&experiment))?;
    let found = answer["runs"].as_array().map_or(0, Vec::len);
    let by_metric = json!({"experiment_ids": [experiment], "order_by": ["metrics.m1 DESC"], "max_results": 100});
    let (ordered, answer) = search(&by_metric)?;
    let first = answer["runs"][0]["info"]["run_id"].as_str().context("a first run")?.to_owned();
    let name = answer["runs"][0]["info"]["run_name"].clone();
    let mut far = json!({
        "experiment_ids": [experiment], "order_by": ["metrics.m1 DESC"], "max_results": FAR_PAGE_RUNS,
    });
    let (near_page, _) = search(&far)?;
    for page in 1..FAR_PAGE {
        let answer = Connection::open(server.address)?.post("runs/search", &far)?;
        match answer["next_page_token"].as_str() {
            Some(token) if !token.is_empty() => far["page_token"] = token.into(),
            _ => bail!("page {page} of {size} runs is the last"),
        }
    }
    let (far_page, _) = search(&far)?;
    let mut page = |run: &str| {
        let path = format!("runs/get?run_id={run}");
        let (time, answer) = timed(|| connection.get(&path).map(<[u8]>::to_vec))?;
        Ok::<_, anyhow::Error>((time, serde_json::from_slice::<Value>(&answer)?))
    };
    let (run_page, answer) = page(&first)?;
    let run: u64 = name.as_str().and_then(|name| name.strip_prefix("run-")?.parse().ok()).context("a name of a run")?;
    let metrics = answer["run"]["data"]["metrics"].as_array().map_or(&[][..], Vec::as_slice);
    let is_right = |metric: &Value| {
        let number = metric["key"].as_str().and_then(|key| key.strip_prefix('m')?.parse().ok());
        number.is_some_and(|number| metric["value"] == seed::metric(run, number))
    };
    ensure!(metrics.len() as u64 == seed::METRICS && metrics.iter().all(is_right), "{name} is not what was sent");
    let (wide_page, answer) = page(&wide)?;
    let names = answer["run"]["data"]["metrics"].as_array().map_or(0, Vec::len) as u64;
    ensure!(names == NAMES, "{names} metric names instead of {NAMES}");
    eprintln!("    {seeded:.0} runs/s, {bytes:.0} bytes a run, {found} runs found");
    let limit = search_limit(who, size);
    Ok(vec![
        ("filling", "runs/s", Some(seeded), None),
        ("bytes a run", "B", Some(bytes), None),
        ("search: filter on metric, param and tag, by a metric", "ms", Some(filtered), limit),
        ("search: by a metric alone", "ms", Some(ordered), limit),
        ("search: first page of 10", "ms", Some(near_page), limit),
        ("search: page 500 of 10 each", "ms", Some(far_page), limit),
        ("run page", "ms", Some(run_page), Some(Expected::AtMost(50.0))),
        ("page of a run with 10,000 metric names", "ms", Some(wide_page), Some(Expected::AtMost(50.0))),
    ])
}

/// What is expected of a search among so many runs.
fn search_limit(who: Who, size: u64) -> Option<Expected> {
    let milliseconds = match size {
        1_000_000.. => 50.0,
        100_000.. if who == Who::Sqlite => 10.0,
        100_000.. => 20.0,
        _ => return None,
    };
    Some(Expected::AtMost(milliseconds))
}

/// The runs of a page, and those only, in the order of their `m1`.
fn ordered(answer: &Value) -> Result<()> {
    let runs = answer["runs"].as_array().map_or(&[][..], Vec::as_slice);
    ensure!(!runs.is_empty(), "a search that finds nothing");
    let number =
        |run: &Value| run["info"]["run_name"].as_str().and_then(|name| name.strip_prefix("run-")?.parse().ok());
    let values = runs.iter().map(|run| number(run).map(|number| seed::metric(number, 1)).context("a name of a run"));
    let values = values.collect::<Result<Vec<f64>>>()?;
    ensure!(values.windows(2).all(|pair| pair[0] >= pair[1]), "runs out of order");
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_among_a_million_runs_is_held_to_what_is_expected_of_pages() {
        let limit = |who, size| search_limit(who, size).map(|expected| expected.mark(15.0));
        let marks = |text: &str| Some(text.to_owned());
        assert_eq!(limit(Who::Sqlite, 10_000), None);
        assert_eq!(limit(Who::Sqlite, 100_000), marks(" (≤ 10.0: **no**)"));
        assert_eq!(limit(Who::Postgres, 100_000), marks(" (≤ 20.0: yes)"));
        assert_eq!(limit(Who::Sqlite, 1_000_000), marks(" (≤ 50.0: yes)"));
        assert_eq!(limit(Who::Postgres, 1_000_000), marks(" (≤ 50.0: yes)"));
    }
}
