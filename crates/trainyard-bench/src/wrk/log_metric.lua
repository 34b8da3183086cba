-- One point a request, to the runs in turn. Every point has a step of its own, from which its value follows.
local runs, sent

function init(arguments)
  runs, sent = lines(arguments[1]), 0
end

function next_request()
  local run, step = runs[sent % #runs + 1], math.floor(sent / #runs)
  sent = sent + 1
  return post("runs/log-metric", string.format(
    '{"run_id":"%s","key":"key0","value":%.17g,"timestamp":%d,"step":%d}', run, 1 / (step + 1), 1700000000000 + step, step))
end
