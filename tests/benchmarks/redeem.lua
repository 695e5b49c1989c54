-- Redeems points of customers drawn at random. What came of it is the last line that is printed, in JSON.
-- usage: wrk OPTIONS -s redeem.lua URL -- TOKEN FIRST LAST BODY
-- BODY is a format string that the customer's number goes into.

local threads = {}

function setup(thread)
   table.insert(threads, thread)
   thread:set("seed", #threads)
end

function init(arguments)
   headers = { ["Authorization"] = "Bearer " .. arguments[1], ["Content-Type"] = "application/json" }
   first, last, body = tonumber(arguments[2]), tonumber(arguments[3]), arguments[4]
   others, status_of_others = 0, 0
   math.randomseed(seed)
end

function request()
   return wrk.format("POST", nil, headers, string.format(body, math.random(first, last)))
end

function response(status)
   if status ~= 200 then
      others, status_of_others = others + 1, status
   end
end

function done(summary, latency)
   local errors = summary.errors
   local broken = errors.connect + errors.read + errors.write
   local others, status = 0, 0
   for _, thread in ipairs(threads) do
      if thread:get("others") > 0 then
         others, status = others + thread:get("others"), thread:get("status_of_others")
      end
   end
   io.write(string.format(
      '\n{"seconds": %.6f, "answers": %d, "p99": %.6f, "others": %d, "status": %d, "broken": %d, "late": %d}\n',
      summary.duration / 1e6, summary.requests, latency:percentile(99) / 1e6, others, status, broken, errors.timeout
   ))
end
