-- Gives counted, and how many sessions there are. It stands alone, without session.lua.
--
-- KEYS: all sessions, by their last use, with those that ended by themselves. ARGV[1]: what the name of a session's own key
-- begins with.

local count = 0
for _, id in ipairs(redis.call("ZRANGE", KEYS[1], 0, -1)) do
  count = count + redis.call("EXISTS", ARGV[1] .. id)
end
return { "counted", count }
