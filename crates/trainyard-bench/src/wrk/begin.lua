-- What all scripts share. `next_request` is theirs.

function lines(path)
  local found = {}
  for line in io.lines(path) do found[#found + 1] = line end
  return found
end

function post(route, body)
  return wrk.format("POST", "/api/2.0/mlflow/" .. route, { ["Content-Type"] = "application/json" }, body)
end

-- wrk asks for one request before it begins, to look at it, and does not send it.
local begun = false
function request()
  if begun then return next_request() end
  begun = true
  return wrk.format("GET", "/health")
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"refused":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.errors.status, failed,
    latency:percentile(50), latency:percentile(99)))
end
