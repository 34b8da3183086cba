//! From starting the process to the first answer, and the memory of a server at rest.

use anyhow::Result;

use crate::report::{Report, Row, median};
use crate::servers::{Program, Side};

const OUR_STARTS: usize = 21;
const STOCK_STARTS: usize = 3;

/// Measures both servers in turn.
pub fn measure(ours: &Program, stock: &Program, report: &mut Report) -> Result<()> {
    let mut first = [Vec::new(), Vec::new()];
    let mut again = [Vec::new(), Vec::new()];
    let mut memory = [Vec::new(), Vec::new()];
    let mut processes = [0, 0];
    for round in 0..OUR_STARTS {
        for (index, (side, program)) in [(Side::Ours, ours), (Side::Stock, stock)].into_iter().enumerate() {
            if side == Side::Stock && round >= STOCK_STARTS {
                continue;
            }
            eprintln!("==> start of {} ({} of {OUR_STARTS})", side.name(), round + 1);
            let server = program.start()?;
            first[index].push(server.start.as_secs_f64());
            if round < STOCK_STARTS {
                server.settle()?;
                let usage = server.usage()?;
                memory[index].push(usage.resident as f64);
                processes[index] = usage.processes;
            }
            if let Some(folder) = server.stop() {
                let server = program.start_in(folder)?;
                again[index].push(server.start.as_secs_f64());
                // Stock starts helpers after its first answer, which nobody would end.
                if side == Side::Stock {
                    server.settle()?;
                }
            }
        }
    }
    let seconds = |samples: &mut [Vec<f64>; 2]| [median(&mut samples[0]) * 1e3, median(&mut samples[1]) * 1e3];
    let [ours_first, stock_first] = seconds(&mut first);
    let [ours_again, stock_again] = seconds(&mut again);
    let mebibytes = |samples: &mut Vec<f64>| median(samples) / (1024.0 * 1024.0);
    let (ours_memory, stock_memory) = (mebibytes(&mut memory[0]), mebibytes(&mut memory[1]));
    report.section(
        "Server start and memory at rest",
        "startup",
        &format!(
            "From starting the process to the first `OK` of `/health`, asked every 0.2 ms: median of {OUR_STARTS} \
             starts, {STOCK_STARTS} of stock. Memory is the resident size of the process with all its workers \
             ({} here, {} of stock; pages they share are counted in each), once it has used next to no processor time for a second.",
            processes[0], processes[1]
        ),
        vec![
            Row::less("start on a new data folder", "ms", ours_first, stock_first).at_most(30.0),
            Row::less("start on an existing data folder", "ms", ours_again, stock_again).at_most(30.0),
            Row::less("memory at rest", "MiB", ours_memory, stock_memory).at_most(25.0),
        ],
    );
    Ok(())
}
