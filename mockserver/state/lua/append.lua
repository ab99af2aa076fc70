-- Appends entries to the journal, as mockserver/journal/ring.py does.
--
-- ARGV[2] and [3]: how many entries, and of how many octets in sum, are kept. [4]: how many were lost before they could be
-- written, the last of them number [5]. Then for each entry: its number, its weight, its labels by line, itself in JSON.

local last = math.max(tonumber(redis.call("HGET", KEYS[1], "last") or "0"), tonumber(ARGV[5]))
local weight = tonumber(redis.call("HGET", KEYS[1], "weight") or "0")
local evicted = tonumber(ARGV[4])
local length = redis.call("LLEN", KEYS[5])
for at = 6, #ARGV, 4 do
  last = math.max(last, tonumber(ARGV[at]))
  weight = weight + tonumber(ARGV[at + 1])
  for label in string.gmatch(ARGV[at + 2], "[^\n]+") do
    redis.call("HINCRBY", KEYS[6], label, 1)
  end
  length = redis.call("RPUSH", KEYS[5], ARGV[at + 1] .. " " .. ARGV[at + 3])
  redis.call("ZREM", KEYS[4], ARGV[at])
  while length > tonumber(ARGV[2]) or weight > tonumber(ARGV[3]) do
    weight = weight - tonumber(string.match(redis.call("LPOP", KEYS[5]), "^%d+"))
    length = length - 1
    evicted = evicted + 1
  end
end
redis.call("HSET", KEYS[1], "last", string.format("%d", last), "weight", string.format("%d", weight))
redis.call("HINCRBY", KEYS[1], "total", (#ARGV - 5) / 4)
redis.call("HINCRBY", KEYS[1], "evicted", evicted)
redis.call("ZREMRANGEBYSCORE", KEYS[4], "-inf", exactly(real - 60)) -- of workers that ended before they could write
keep()
return { "appended" }
