//! What operations cost as the points of a run grow in number.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Figures, POINTS, TIMES, columns, named, timed};
use crate::http::Connection;
use crate::peers::{Programs, Who};
use crate::report::Report;
use crate::seed;
use crate::servers::{self, Program};
use crate::table::Expected;
use crate::workloads;

/// Series that the points are spread over, all in one run.
const SERIES: u64 = 10;
const CONNECTIONS: u64 = 4;
const PAGE: u64 = 25_000;

/// Points in one run, from a million on, and the bytes they take.
pub fn measure(programs: &Programs, sizes: &[u64], peers: &[Who], report: &mut Report) -> Result<()> {
    let (table, left_out) = columns(programs, (sizes, peers), "points", points)?;
    let body = format!(
        "Points of {SERIES} metrics in one run: losses with noise in all bits of a double, a step every quarter of a second \
         give or take 20 ms, sent as log-batch of 1000 points of two or three metrics on {CONNECTIONS} connections, so that they come \
         as loose blocks. The server packs while they come; `trainyard db pack` does the rest, and `trainyard db check` decodes \
         every block and compares counts and latest values. Bytes at rest are those of the whole database with its indexes; `pack` has \
         given back the room that it freed, and what is free all the same is in the next row. Times are medians of {TIMES} requests \
         on one connection. Each answer is \
         compared in count and last value with what was sent.\n\n{left_out}{table}"
    );
    let (title, part) = named("points", sizes, &POINTS);
    report.add(&title, &part, &body);
    Ok(())
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
