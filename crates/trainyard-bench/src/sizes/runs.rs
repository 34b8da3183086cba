//! What operations cost as the runs of an experiment grow in number.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Figures, RUNS, TIMES, columns, named, timed};
use crate::http::Connection;
use crate::peers::{Programs, Who};
use crate::report::Report;
use crate::seed;
use crate::servers::{self, Program};
use crate::table::Expected;
use crate::workloads;

/// Connections that runs are created on: more of them share transactions.
const CREATING: u64 = 16;
/// The page of a search whose cost is compared with the first, and the runs of a page.
const FAR_PAGE: u64 = 500;
const FAR_PAGE_RUNS: u64 = 10;
const NAMES: u64 = 10_000;

/// Runs of an experiment, from ten thousand on.
pub fn measure(programs: &Programs, sizes: &[u64], peers: &[Who], report: &mut Report) -> Result<()> {
    let (table, left_out) = columns(programs, (sizes, peers), "runs", runs)?;
    let body = format!(
        "Runs of one experiment with {} params, {} metrics and {} tags each, created on {CREATING} connections; params and \
         metrics come by bulk ingest, up to 1,000 runs a request. `trainyard db pack` then looks after the tables, as a server does \
         within a minute, and gives back room. The filter is `metrics.m0 > 0.5 AND params.p0 \
         = '3' AND tags.t0 = '2'`, the order `metrics.m1 DESC`, a page 100 runs; page {FAR_PAGE} is one of {FAR_PAGE_RUNS} runs, and \
         the first page of as many stands beside it. Columns are told with what the newest 1,000 runs have, groups hold all runs. \
         Times are medians of {TIMES} requests on one connection, so the way of a search is remembered in all but the first of them. Pages \
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
    program.database(folder.path(), postgres.as_ref(), "pack")?;
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
    let [metric_columns, param_values, groups] = ui(server.address, &experiment, size)?;
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
        ("columns of metrics", "ms", Some(metric_columns), Some(Expected::AtMost(50.0))),
        ("values of a param", "ms", Some(param_values), Some(Expected::AtMost(50.0))),
        ("groups by a param, with a metric's mean", "ms", Some(groups), None),
    ])
}

/// What the page of runs of the web UI asks beside the runs: names of metrics, values of a param, and groups by it.
fn ui(server: SocketAddr, experiment: &str, size: u64) -> Result<[f64; 3]> {
    let mut connection = Connection::open(server)?;
    let mut ask = |method: &str, request: &str, body: &str| {
        let path = format!("/api/trainyard/v1/{request}");
        let (time, answer) = timed(|| connection.send(method, &path, body.as_bytes()).map(<[u8]>::to_vec))?;
        Ok::<_, anyhow::Error>((time, serde_json::from_slice::<Value>(&answer)?))
    };
    let (columns, answer) = ask("GET", &format!("columns?experiment_id={experiment}&kind=metric"), "")?;
    let count = answer["columns"].as_array().map_or(0, Vec::len) as u64;
    ensure!(count == seed::METRICS, "{count} columns of metrics");
    let asked = format!("column-values?experiment_id={experiment}&kind=param&key=p0");
    let (values, answer) = ask("GET", &asked, "")?;
    let count = answer["values"].as_array().map_or(0, Vec::len);
    ensure!(count == 10, "{count} values of a param");
    let grouped = json!({
        "experiment_ids": [experiment], "group_by": [{"kind": "param", "key": "p0"}], "metrics": ["m0"],
    });
    let (groups, answer) = ask("POST", "runs/groups", &grouped.to_string())?;
    let runs = answer["groups"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|group| group["runs"].as_u64());
    ensure!(runs.sum::<Option<u64>>() == Some(size), "groups of other runs: {answer}");
    Ok([columns, values, groups])
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
