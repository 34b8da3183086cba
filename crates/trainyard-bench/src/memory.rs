//! Resident memory of a server under a mixed load, over time.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use crate::http::{self, Connection};
use crate::peers::{Programs, Who, leave_out};
use crate::report::{Report, number, verdict};
use crate::seed;
use crate::servers::{Program, Server};
use crate::table::{Expected, Table};
use crate::wrk::{Outcome, Script, Wrk};

const CONNECTIONS: u32 = 16;
/// Each connection waits this long before a request.
const PAUSE_MS: u32 = 10;
const RUNS: usize = 64;
/// Pages that are open and hear of what happens.
const PAGES: usize = 4;
/// Rows of the table.
const PARTS: usize = 12;
const LIMIT_MIB: f64 = 100.0;
const MEBIBYTE: f64 = 1024.0 * 1024.0;
/// Flat means: in the last quarter no more than this above the quarter before the middle.
const GROWTH_MIB: f64 = 5.0;

/// What one server came to.
struct Course {
    at_rest: f64,
    /// The largest of each part of the time.
    peaks: Vec<f64>,
    outcome: Outcome,
}

/// Both of ours at the same time: what is measured here does not depend on how busy the machine is.
pub fn measure(programs: &Programs, wrk: &Wrk, duration: Duration, report: &mut Report) -> Result<()> {
    let mut left_out = Vec::new();
    let (sqlite, postgres) = thread::scope(|scope| {
        let postgres = scope.spawn(|| course(&programs.ours.on_postgres(), Who::Postgres, wrk, duration));
        let sqlite = course(&programs.ours, Who::Sqlite, wrk, duration);
        (sqlite, postgres.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut courses = vec![(Who::Sqlite, sqlite?)];
    match postgres {
        Ok(course) => courses.push((Who::Postgres, course)),
        Err(error) => leave_out(&mut left_out, Who::Postgres, &error),
    }
    let mut table = Table::new(courses.iter().map(|(who, _)| who.name().to_owned()).collect());
    let row =
        |figure: &dyn Fn(&Course) -> f64| courses.iter().map(|(_, one)| (Some(figure(one)), None)).collect::<Vec<_>>();
    table.row("at rest, before", "MiB", &row(&|one| one.at_rest));
    for part in 0..PARTS {
        let until = duration.as_secs_f64() * (part + 1) as f64 / PARTS as f64;
        let name = if duration >= Duration::from_secs(1200) {
            format!("up to minute {:.0}", until / 60.0)
        } else {
            format!("up to second {until:.0}")
        };
        table.row(&name, "MiB", &row(&|one| one.peaks[part]));
    }
    let peak = |one: &Course| one.peaks.iter().copied().fold(0.0, f64::max);
    let peaks = courses.iter().map(|(_, one)| (Some(peak(one)), Some(Expected::AtMost(LIMIT_MIB))));
    table.row("most", "MiB", &peaks.collect::<Vec<_>>());
    let flat = courses.iter().map(|(_, one)| {
        let mean = |peaks: &[f64]| peaks.iter().sum::<f64>() / peaks.len() as f64;
        let (early, late) = (mean(&one.peaks[PARTS / 4..PARTS / 2]), mean(&one.peaks[PARTS * 3 / 4..]));
        format!("{} MiB (≤ {GROWTH_MIB}: {})", number(late - early), verdict(late - early <= GROWTH_MIB))
    });
    table.texts("last quarter above the second", &flat.collect::<Vec<_>>());
    let loads: Vec<String> = courses
        .iter()
        .map(|(who, Course { outcome, .. })| {
            format!(
                "{}: {} requests, {} /s, {} of them refused, {} failed.",
                who.name(),
                outcome.requests + outcome.refused,
                number(outcome.requests as f64 / outcome.seconds),
                outcome.refused,
                outcome.failed
            )
        })
        .collect();
    let body = format!(
        "On both databases at the same time, {CONNECTIONS} connections of `wrk` each, every one of which waits {PAUSE_MS} ms before every request, for {} s: of 100 \
         requests 78 log one point, 10 a batch of 100, 3 create a run, 3 search by a metric, 3 read a run, one a page of \
         1,000 points, one a sample of 1,000 points of a whole history, and one uploads a file of 64 KiB; besides, {PAGES} \
         streams of events are open, as pages hold them. The table has the largest resident size of the server (not of \
         PostgreSQL) in each twelfth of the time, read every second. `--memory-seconds 3600` makes it an hour.\n\n{} {}\n\n{}",
        duration.as_secs(),
        loads.join(" "),
        left_out.join(" "),
        table.text()
    );
    report.add("Memory under a mixed load", "memory", &body);
    Ok(())
}

fn course(program: &Program, who: Who, wrk: &Wrk, duration: Duration) -> Result<Course> {
    eprintln!("==> mixed load on {} for {} s", who.name(), duration.as_secs());
    let server = program.start()?;
    server.settle()?;
    let mebibytes = |server: &Server| Ok::<_, anyhow::Error>(server.resident()? as f64 / MEBIBYTE);
    let at_rest = mebibytes(&server)?;
    let experiment = seed::experiment(server.address, "mixed")?;
    let mut connection = Connection::open(server.address)?;
    let runs = (0..RUNS).map(|_| seed::empty_run(&mut connection, &experiment)).collect::<Result<Vec<_>>>()?;
    let pages: Vec<_> = (0..PAGES).map(|_| http::listen(server.address, &experiment)).collect::<Result<_>>()?;
    let arguments =
        [wrk.file(&format!("mixed-runs-{}", server.address.port()), &runs)?, experiment, PAUSE_MS.to_string()];
    let began = Instant::now();
    let mut running = wrk.start(server.address, Script::Mixed, CONNECTIONS, duration, false, &arguments)?;
    let mut peaks = vec![0.0_f64; PARTS];
    while !running.is_over()? {
        let part = (began.elapsed().as_secs_f64() / duration.as_secs_f64() * PARTS as f64) as usize;
        let peak = &mut peaks[part.min(PARTS - 1)];
        *peak = peak.max(mebibytes(&server)?);
        thread::sleep(Duration::from_millis(if duration.as_secs() < 60 { 100 } else { 1000 }));
    }
    let outcome = running.finish().context("the mixed load")?;
    drop(server);
    for page in pages {
        let heard = page.join().map_err(|_| anyhow!("a page panicked"))?;
        ensure!(heard > 0, "an open page heard of nothing");
    }
    eprintln!("    {outcome:?}, {peaks:.1?} MiB");
    Ok(Course { at_rest, peaks, outcome })
}
