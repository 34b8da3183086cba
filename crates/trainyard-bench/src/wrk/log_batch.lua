-- 1000 points of ten metrics a request, to the runs in turn. All runs get the same points, so that they are written
-- as text once for many requests.
local runs, sent, points, written

function init(arguments)
  runs, sent, written = lines(arguments[1]), 0, -1
end

local function batch(number)
  local parts = {}
  for point = 0, 999 do
    local step = number * 100 + math.floor(point / 10)
    parts[point + 1] = string.format(
      '{"key":"key%d","value":%.17g,"timestamp":%d,"step":%d}', point % 10, 1 / (step + 1), 1700000000000 + step, step)
  end
  return '","metrics":[' .. table.concat(parts, ",") .. "]}"
end

function next_request()
  local run, number = runs[sent % #runs + 1], math.floor(sent / #runs)
  if number ~= written then points, written = batch(number), number end
  sent = sent + 1
  return post("runs/log-batch", '{"run_id":"' .. run .. points)
end
