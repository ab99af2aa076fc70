-- Changes a session. ARGV[2] says what of it:
-- settings: [3] the document, [4] its time to live, [5] its revision, if that is newer than the next one;
--   [6] to [8] are 1 where sequences, chaos and limits start anew. Gives changed and the revision.
-- clock: [3] its offset, [4] where it stands still, or empty; by it the session was idle for [5] seconds more.
-- journal: it is emptied. session: it ends.

if ARGV[2] == "settings" then
  local revision = string.format("%d", math.max(tonumber(held.revision) + 1, tonumber(ARGV[5])))
  redis.call("HSET", KEYS[1], "document", ARGV[3], "ttl", ARGV[4], "revision", revision)
  if ARGV[6] == "1" then
    for _, field in ipairs(redis.call("HKEYS", KEYS[1])) do
      if string.sub(field, 1, 3) == "at " then
        redis.call("HDEL", KEYS[1], field)
      end
    end
  end
  if ARGV[7] == "1" then
    redis.call("HDEL", KEYS[1], "drawn")
  end
  if ARGV[8] == "1" then
    redis.call("UNLINK", KEYS[2], KEYS[3])
  end
  held.ttl = ARGV[1] ~= "" and ARGV[4] or held.ttl
  keep()
  return { "changed", revision }
elseif ARGV[2] == "clock" then
  local shown = ARGV[4] ~= "" and tonumber(ARGV[4]) or real + tonumber(ARGV[3])
  local idle = math.max(0, now - tonumber(fields[4] or now) + tonumber(ARGV[5]))
  redis.call("HSET", KEYS[1], "offset", ARGV[3], "frozen", ARGV[4], "used_at", exactly(shown - idle))
  keep()
elseif ARGV[2] == "journal" then
  redis.call("UNLINK", KEYS[5])
  redis.call("HDEL", KEYS[1], "weight", "evicted")
else
  drop()
end
return { "changed" }
