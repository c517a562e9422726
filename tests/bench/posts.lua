-- Sends each form of a file once: a line is the body of a post. Counts what was confirmed (303) and what was not.
local threads = {}
local bodies = {}
local number = 0
stored, refused, first_refusal, spent = 0, 0, 0, 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Sec-Fetch-Site"] = "same-origin" }

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  for line in io.lines(args[1]) do
    table.insert(bodies, line)
  end
end

function request()
  number = number + 1
  if number > #bodies then
    spent = 1
    number = 1
  end
  return wrk.format("POST", nil, headers, bodies[number])
end

function response(status)
  if status == 303 then
    stored = stored + 1
  else
    refused = refused + 1
    if first_refusal == 0 then
      first_refusal = status
    end
  end
end

function done(summary, latency, requests)
  local kept, lost, first, over = 0, 0, 0, 0
  for _, thread in ipairs(threads) do
    kept = kept + thread:get("stored")
    lost = lost + thread:get("refused")
    first = math.max(first, thread:get("first_refusal"))
    over = over + thread:get("spent")
  end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "microseconds": %d, "p99": %d, "network": %d, "status": %d, "first": %d, "spent": %d}\n',
    kept, summary.duration, latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, lost, first, over))
end
