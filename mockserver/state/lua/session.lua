-- What every script begins with: finds the session, and ends where there is none.
--
-- KEYS: the session, its limits, the order of their keys, the requests that are not in the journal yet, the journal, its
-- tally; and all sessions, by their last use. ARGV[1]: the id, empty for the default traffic, whose session is always there.
-- Afterwards there are *real* and *now*, the time and that of the session's clock, in seconds since 1970; and *held*.

local clock = redis.call("TIME")
local real = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local fields = redis.call("HMGET", KEYS[1], "revision", "ttl", "used", "used_at", "offset", "frozen", "document")
local held = {
  revision = fields[1] or "0",
  used = fields[3] or "0",
  offset = fields[5] or "0",
  frozen = fields[6] or "",
  document = fields[7] or "",
  ttl = ARGV[1] ~= "" and fields[2] or "86400", -- of what is known of the default traffic, after its last request
}
local now = real + tonumber(held.offset)
if held.frozen ~= "" then
  now = tonumber(held.frozen)
end

local function drop()
  redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
  redis.call("ZREM", KEYS[7], ARGV[1])
end

if ARGV[1] ~= "" then
  if not fields[3] or math.max(real - tonumber(fields[3]), now - tonumber(fields[4])) >= tonumber(fields[2]) then
    drop()
    return { "gone" }
  end
end

-- A number as text that is read as the same number.
local function exactly(number)
  return string.format("%.17g", number)
end

-- Redis may forget the session when it was idle for its time to live; a little later, as the end is found above.
local function keep()
  local ms = math.ceil(tonumber(held.ttl) * 1000) + 1000
  for index = 1, 6 do
    redis.call("PEXPIRE", KEYS[index], ms)
  end
end
