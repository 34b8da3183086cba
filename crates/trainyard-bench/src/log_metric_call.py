"""Times single `log_metric` calls inside a run: module, tracking URI, calls to time, and calls to make in a row."""

import importlib
import json
import sys
import time

module, uri, timed, in_a_row = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
mlflow = importlib.import_module(module)


def memory_mib():
    """Return the resident memory of this process."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


mlflow.set_tracking_uri(uri)
mlflow.set_experiment("log-metric")
log_metric, clock = mlflow.log_metric, time.perf_counter_ns
with mlflow.start_run():
    for step in range(timed // 10):
        log_metric("warm-up", 0.5, step=step)
    nanoseconds = []
    for step in range(timed):
        began = clock()
        log_metric("loss", 0.5, step=step)
        nanoseconds.append(clock() - began)
    nanoseconds.sort()
    result = {"median_us": nanoseconds[timed // 2] / 1e3, "p99_us": nanoseconds[timed * 99 // 100] / 1e3}
    if in_a_row:
        del nanoseconds
        before, began = memory_mib(), time.perf_counter()
        most = before
        for step in range(in_a_row):
            log_metric("many", 0.5, step=step)
            if step % 1_000_000 == 0:
                most = max(most, memory_mib())
        result["row_seconds"] = time.perf_counter() - began
        result["before_mib"], result["after_mib"] = before, max(most, memory_mib())
        mlflow.flush_async_logging()
        result["delivered_seconds"] = time.perf_counter() - began
print()
print(json.dumps(result))
