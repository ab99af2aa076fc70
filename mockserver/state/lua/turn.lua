-- One request: what mockserver/state/memory.py does, step by step the same, so that any number comes out the same.
--
-- ARGV[2]: the revision that the worker knows. [3]: chaos, [4]: the sequence and [5]: its index, [6]: the limit and [7]: the
-- key that it counts; 3, 4 and 6 are JSON; all are empty where the request needs none of it.
-- Gives turn, and in one text now, number, lot, index, given, since, allowed, remaining, reset_s, wait_s, early_s, a dash where
-- there is none; or changed, revision and document, with nothing done.

if held.revision ~= ARGV[2] then
  return { "changed", held.revision, held.document }
end
redis.call("HSET", KEYS[1], "used", exactly(real), "used_at", exactly(now))
if ARGV[1] ~= "" then
  redis.call("ZADD", KEYS[7], exactly(real), ARGV[1])
end
local number = redis.call("HINCRBY", KEYS[1], "asked", 1)
redis.call("ZADD", KEYS[4], exactly(real), number)

local turn = { exactly(now), number, "-", "-", "-", "-", "-", "-", "-", "-", "-" }

local function lot(seed, drawn)
  return tonumber(string.sub(redis.sha1hex(seed .. ":" .. string.format("%d", drawn)), 1, 13), 16) / 4503599627370496 -- 16^13
end

-- Draws the next lot; whether it hit.
local function draw(chaos)
  if chaos["until"] and now >= chaos["until"] then
    return false
  end
  turn[3] = redis.call("HINCRBY", KEYS[1], "drawn", 1)
  local left = lot(chaos.seed, turn[3])
  for _, rate in ipairs(chaos.rates) do
    if left < rate then
      return true
    end
    left = left - rate
  end
  return false
end

local function is_over(step, given, since)
  if step.for_s then
    return now - since >= step.for_s
  end
  return step.times ~= nil and given >= step.times
end

-- Where the sequence stands for one more request; nothing when it is over.
local function following(sequence, index, given, since)
  if sequence.lap_s and now - since > sequence.lap_s then
    since = since + math.floor((now - since) / sequence.lap_s) * sequence.lap_s
  end
  while is_over(sequence.steps[index + 1], given, since) do
    local for_s = sequence.steps[index + 1].for_s
    if index + 1 < #sequence.steps then
      index = index + 1
    elseif sequence.on_end == "loop" then
      index = 0
    elseif sequence.on_end == "fail" then
      return nil
    else
      break
    end
    given = 0
    since = for_s and since + for_s or now
  end
  return index, given + 1, since
end

-- Moves the sequence; whether it leaves the request to the gateway.
local function move(sequence)
  local index, given, since = 0, 0, now
  local field = "at " .. ARGV[5]
  local position = redis.call("HGET", KEYS[1], field)
  if position then
    index, given, since = struct.unpack("<ddd", position)
  end
  index, given, since = following(sequence, index, given, since)
  if not index then
    return false
  end
  redis.call("HSET", KEYS[1], field, struct.pack("<ddd", index, given, since))
  turn[4], turn[5], turn[6] = index, exactly(given), exactly(since)
  return sequence.steps[index + 1].passes
end

-- Each of these takes the counts of a key as they were packed, and gives them as they are after one more call; whether that
-- is allowed, how many more are, in how many seconds the limit is whole again, and in how many a refused call is allowed.
local take = {}

take["fixed-window"] = function(limit, counts)
  local count, start = 0, now
  if counts ~= "" then
    local counted, began = struct.unpack("<dd", counts)
    if began <= now and now < began + limit.window_s then
      count, start = counted, began
    end
  end
  count = count + 1
  local reset_s = start + limit.window_s - now
  return struct.pack("<dd", count, start), count <= limit.requests, math.max(0, limit.requests - count), reset_s, reset_s
end

take["moving-window"] = function(limit, calls)
  local first, last = 1, #calls -- octets; each call has eight
  while last > first and struct.unpack("<d", calls, last - 7) > now do
    last = last - 8
  end
  while last > first and struct.unpack("<d", calls, first) + limit.window_s <= now do
    first = first + 8
  end
  calls = string.sub(calls, first, last)
  local allowed = #calls / 8 < limit.requests
  if allowed then
    calls = calls .. struct.pack("<d", now)
  end
  local reset_s = struct.unpack("<d", calls) + limit.window_s - now
  return calls, allowed, limit.requests - #calls / 8, reset_s, reset_s
end

take["token-bucket"] = function(limit, bucket)
  local missing, since = 0, now
  if bucket ~= "" then
    missing, since = struct.unpack("<dd", bucket)
  end
  missing = math.max(0, missing - math.max(0, now - since) * limit.requests)
  local room = (limit.requests - 1) * limit.window_s
  local allowed = missing <= room
  if allowed then
    missing = missing + limit.window_s
  end
  local left = limit.requests * limit.window_s - missing
  local remaining = (left - math.fmod(left, limit.window_s)) / limit.window_s
  return struct.pack("<dd", missing, now),
    allowed,
    math.floor(remaining + 0.5),
    missing / limit.requests,
    math.max(0, missing - room) / limit.requests
end

local function whole_seconds(span_s)
  return math.max(1, math.ceil(span_s))
end

-- Counts the call against the limit, as mockserver/limiter.py does.
local function hit(limit)
  local told_at, told_s, counts = 0, 0, ""
  local packed = redis.call("HGET", KEYS[2], ARGV[7])
  if packed then
    told_at, told_s = struct.unpack("<dd", packed)
    counts = string.sub(packed, 17)
  end
  local early_s
  if told_s > 0 and told_at <= now and now < told_at + told_s then
    early_s = told_at + told_s - now
  end
  local allowed, remaining, reset_s, wait_s = false, 0, 0, 0
  if early_s and limit.penalty_s > 0 then
    wait_s = math.ceil(math.min(early_s + limit.penalty_s, limit.window_s + limit.most_penalty_s))
    reset_s = wait_s
  else
    local free_s
    counts, allowed, remaining, reset_s, free_s = take[limit.strategy](limit, counts)
    reset_s = whole_seconds(reset_s)
    wait_s = allowed and 0 or whole_seconds(free_s)
  end
  redis.call("HSET", KEYS[2], ARGV[7], struct.pack("<dd", now, wait_s) .. counts)
  redis.call("ZADD", KEYS[3], number, ARGV[7])
  if redis.call("ZCARD", KEYS[3]) > limit.most_keys then
    redis.call("HDEL", KEYS[2], redis.call("ZPOPMIN", KEYS[3])[1])
  end
  turn[7], turn[8], turn[9] = allowed and 1 or 0, remaining, reset_s
  turn[10] = allowed and "-" or wait_s
  turn[11] = early_s and exactly(early_s) or "-"
end

-- The order of the stages: each is asked only where the one before lets the request pass.
local struck = ARGV[3] ~= "" and draw(cjson.decode(ARGV[3]))
local passes = ARGV[4] == "" or move(cjson.decode(ARGV[4]))
if passes and not struck and ARGV[6] ~= "" then
  hit(cjson.decode(ARGV[6]))
end
keep()
return { "turn", table.concat(turn, " ") }
