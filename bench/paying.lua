-- Send the requests of a file, each once; print what came of it as one line of JSON.
local asked = {}
local count = 0

function init(args)
  for line in io.lines(args[1]) do
    local path, secret, key, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)")
    asked[#asked + 1] = wrk.format("POST", path, {
      ["Authorization"] = "Bearer " .. secret,
      ["Idempotency-Key"] = key,
      ["Content-Type"] = "application/json",
    }, body)
  end
end

function request()
  count = count + 1
  return asked[(count - 1) % #asked + 1]
end

function done(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "bad": %d, "p50_ms": %.2f, "p99_ms": %.2f}',
    summary.requests, summary.duration / 1e6, bad, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
