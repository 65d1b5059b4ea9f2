"""The service: runs, models, problem sets and forecasts over HTTP, on the same store as the command line."""
