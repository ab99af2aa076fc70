-- Gives counted, how many sessions there are, how many were ever made, and how many entries the journals hold, that of the
-- default traffic too. It stands alone, without session.lua.
--
-- KEYS: all sessions, by their last use, with those that ended by themselves; how many were ever made. ARGV[1]: what the name
-- of a session's own key begins with, [2]: that of its journal.

local count = 0
local entries = redis.call("LLEN", ARGV[2])
for _, id in ipairs(redis.call("ZRANGE", KEYS[1], 0, -1)) do
  if redis.call("EXISTS", ARGV[1] .. id) == 1 then
    count = count + 1
    entries = entries + redis.call("LLEN", ARGV[2] .. id)
  end
end
return { "counted", count, tonumber(redis.call("GET", KEYS[2]) or "0"), entries }
