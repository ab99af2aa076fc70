-- Gives found, revision, document, offset, frozen, used, the time, and how many requests of the last second up to ARGV[2]
-- (by default now) are not in the journal yet.

local to = ARGV[2] ~= "" and ARGV[2] or exactly(real)
local awaited = redis.call("ZCOUNT", KEYS[4], exactly(tonumber(to) - 1), to)
return { "found", held.revision, held.document, held.offset, held.frozen, held.used, exactly(real), awaited }
