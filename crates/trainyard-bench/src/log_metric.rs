//! `log_metric` of the Python packages: what one call takes of the training loop, and what ten million leave behind.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report::{Report, Row};
use crate::servers::{Program, Side};

const SCRIPT: &str = include_str!("log_metric_call.py");
const OUR_CALLS: usize = 100_000;
const STOCK_CALLS: usize = 300;
const IN_A_ROW: usize = 10_000_000;
/// A segment of the journal and what its delivery takes are part of the memory of a busy process.
const GROWTH_MIB: f64 = 32.0;

/// Single calls of both packages against their own live servers, then ten million of ours.
pub fn measure(sides: &[(Side, &Program, &PathBuf); 2], report: &mut Report) -> Result<()> {
    let mut medians = Vec::new();
    let mut p99s = Vec::new();
    let mut row = Value::Null;
    for (side, program, python) in sides {
        let (module, calls, in_a_row) = match side {
            Side::Ours => ("trainyard", OUR_CALLS, IN_A_ROW),
            Side::Stock => ("mlflow", STOCK_CALLS, 0),
        };
        eprintln!("==> log_metric calls of {}", side.name());
        let server = program.start()?;
        server.settle()?;
        let folder = tempfile::tempdir()?;
        let uri = format!("http://{}", server.address);
        let output = Command::new(python)
            .args(["-c", SCRIPT, module, &uri, &calls.to_string(), &in_a_row.to_string()])
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("TRAINYARD_HOME", folder.path())
            .env("TRAINYARD_END_RUN_TIMEOUT", "600")
            .current_dir(folder.path())
            .output()?;
        if !output.status.success() {
            bail!("log_metric of {} failed: {}", side.name(), String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout)?;
        let line = text.lines().last().context("log_metric printed nothing")?;
        let found: Value = serde_json::from_str(line)?;
        medians.push(figure(&found, "median_us")?);
        p99s.push(figure(&found, "p99_us")?);
        if in_a_row > 0 {
            row = found;
        }
    }
    let (before, after) = (figure(&row, "before_mib")?, figure(&row, "after_mib")?);
    report.section(
        "log_metric calls from Python",
        "log-metric-call",
        &format!(
            "`log_metric(\"loss\", 0.5, step=step)` inside a run with a live server, each call timed with \
             `perf_counter_ns`: {OUR_CALLS} calls ({STOCK_CALLS} of stock), with default arguments. Ours returns when the \
             point is in the run's journal, stock when its server has answered. Then {IN_A_ROW} calls in a row, ours \
             alone: {:.1} s until the last returned and {:.1} s until all were acknowledged; resident memory {before:.0} \
             MiB before and at most {after:.0} MiB after (expected: at most {GROWTH_MIB} MiB more; {}).",
            figure(&row, "row_seconds")?,
            figure(&row, "delivered_seconds")?,
            if after - before <= GROWTH_MIB { "kept" } else { "**not kept**" },
        ),
        vec![
            Row::less("median call", "µs", medians[0], medians[1]).at_most(1.0),
            Row::less("99 of 100 calls within", "µs", p99s[0], p99s[1]).at_most(10.0),
        ],
    );
    Ok(())
}

fn figure(found: &Value, name: &str) -> Result<f64> {
    found[name].as_f64().with_context(|| format!("log_metric printed no {name}"))
}
