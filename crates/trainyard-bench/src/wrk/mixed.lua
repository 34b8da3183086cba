-- What a team does all day: mostly points, some batches, runs, searches, histories, charts and small artifacts. The requests
-- come in a fixed order of 100; each connection waits before its next one, so that the rate does not depend on the server.
local runs, experiment, pause, sent
local artifact = string.rep("0123456789abcdef", 4096)

function init(arguments)
  runs, experiment, pause, sent = lines(arguments[1]), arguments[2], tonumber(arguments[3]), 0
end

function delay()
  return pause
end

local function batch(run, first)
  local parts = {}
  for point = 0, 99 do
    parts[point + 1] = string.format(
      '{"key":"batch%d","value":%.17g,"timestamp":%d,"step":%d}', point % 10, math.random(), 1700000000000 + sent,
      first + math.floor(point / 10))
  end
  return '{"run_id":"' .. run .. '","metrics":[' .. table.concat(parts, ",") .. "]}"
end

function next_request()
  sent = sent + 1
  local kind, round = sent % 100, math.floor(sent / 100)
  local run = runs[sent % #runs + 1]
  if kind < 78 then
    return post("runs/log-metric", string.format(
      '{"run_id":"%s","key":"loss","value":%.17g,"timestamp":%d,"step":%d}', run, math.random(), 1700000000000 + sent, sent))
  elseif kind < 88 then
    return post("runs/log-batch", batch(run, sent * 10))
  elseif kind < 91 then
    return post("runs/create", string.format(
      '{"experiment_id":"%s","run_name":"run-%d","start_time":%d}', experiment, sent, 1700000000000 + sent))
  elseif kind < 94 then
    return post("runs/search", string.format(
      '{"experiment_ids":["%s"],"filter":"metrics.loss > 0.5","order_by":["metrics.loss DESC"],"max_results":50}', experiment))
  elseif kind < 97 then
    return wrk.format("GET", "/api/2.0/mlflow/runs/get?run_id=" .. run)
  elseif kind < 98 then
    return wrk.format(
      "GET", "/api/2.0/mlflow/metrics/get-history?metric_key=loss&max_results=1000&run_id=" .. run)
  elseif kind < 99 then
    return wrk.format(
      "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=1000&run_ids=" .. run)
  end
  return wrk.format(
    "PUT", "/api/2.0/mlflow-artifacts/artifacts/bench/" .. round % 100 .. ".bin",
    { ["Content-Type"] = "application/octet-stream" }, artifact)
end
