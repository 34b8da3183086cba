-- A run with the tags that the client sends, into the experiment whose id is the argument.
local experiment, sent

function init(arguments)
  experiment, sent = arguments[1], 0
end

function next_request()
  sent = sent + 1
  return post("runs/create", string.format(
    '{"experiment_id":"%s","user_id":"ann","run_name":"run-%d","start_time":%d,"tags":[' ..
    '{"key":"mlflow.user","value":"ann"},{"key":"mlflow.source.name","value":"train.py"},' ..
    '{"key":"mlflow.source.type","value":"LOCAL"},{"key":"mlflow.runName","value":"run-%d"}]}',
    experiment, sent, 1700000000000 + sent, sent))
end
