-- Keeps a new session; of too many the one that was used longest ago ends. It stands alone, without session.lua.
--
-- KEYS: all sessions, by their last use; how many were ever made. ARGV[1]: the id, [2]: the document, [3]: its time to live, [4]: its revision;
-- [5]: how many sessions there may be. From [6] on: what the names of a session's keys begin with, its own first.

local clock = redis.call("TIME")
local real = string.format("%.17g", tonumber(clock[1]) + tonumber(clock[2]) / 1000000)
local most = tonumber(ARGV[5])
if redis.call("ZCARD", KEYS[1]) >= most then
  for _, id in ipairs(redis.call("ZRANGE", KEYS[1], 0, -1)) do
    if redis.call("EXISTS", ARGV[6] .. id) == 0 then -- it ended by itself
      redis.call("ZREM", KEYS[1], id)
    end
  end
end
while redis.call("ZCARD", KEYS[1]) >= most do
  local oldest = redis.call("ZPOPMIN", KEYS[1])[1]
  for at = 6, #ARGV do
    redis.call("UNLINK", ARGV[at] .. oldest)
  end
end
local key = ARGV[6] .. ARGV[1]
redis.call("HSET", key, "document", ARGV[2], "ttl", ARGV[3], "revision", ARGV[4], "used", real, "used_at", real)
redis.call("PEXPIRE", key, math.ceil(tonumber(ARGV[3]) * 1000) + 1000)
redis.call("ZADD", KEYS[1], real, ARGV[1])
redis.call("INCR", KEYS[2])
return { "created" }
