-- Prints what wrk counted as one line of JSON; it has no part in the requests.
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'as JSON: {"requests": %d, "us": %d, "octets": %d, "p50": %.1f, "p99": %.1f, ' ..
    '"connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status
  ))
end
