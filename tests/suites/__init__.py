"""The suites of ./check: one module a kind, each with functions that return an Outcome."""
