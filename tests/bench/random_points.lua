-- Random points in the box of the contiguous United States, the same for each run.
math.randomseed(7)
request = function()
  local lat = 26 + math.random() * 22.5
  local lon = -124 + math.random() * 56
  return wrk.format("GET", string.format("/api/v1/status?lat=%.5f&lon=%.5f", lat, lon))
end
