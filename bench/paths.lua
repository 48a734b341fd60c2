-- Ask for the paths of a file in turn; print what came of it as one line of JSON.
local paths = {}
local count = 0

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
end

function request()
  count = count + 1
  return wrk.format("GET", paths[(count - 1) % #paths + 1])
end

function done(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "bad": %d, "p50_ms": %.2f, "p99_ms": %.2f}',
    summary.requests, summary.duration / 1e6, bad, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
