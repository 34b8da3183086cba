-- The paths of the file in turn.
local paths, sent

function init(arguments)
  paths, sent = lines(arguments[1]), 0
end

function next_request()
  sent = sent + 1
  return wrk.format("GET", paths[(sent - 1) % #paths + 1])
end
