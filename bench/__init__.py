"""Benchmarks, run by `make bench`: figures as ratios to a floor of the same run."""
