-- Gives journal, how many entries were evicted, the last number, how many ever came, how many of each label, and the entries.

local found = redis.call("HMGET", KEYS[1], "evicted", "last", "total")
return {
  "journal",
  found[1] or "0",
  found[2] or "0",
  found[3] or "0",
  redis.call("HGETALL", KEYS[6]),
  redis.call("LRANGE", KEYS[5], 0, -1),
}
