-- Asks for the paths behind "--" one after the other, over and over. What wrk.lua prints in the end is printed too.
local requests, at = {}, 0

function init(words)
  for _, path in ipairs(words) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
