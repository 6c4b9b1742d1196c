"""Measurements, not tests: `python -m benchmarks NAME` prints one JSON object a line.

name, value, unit, and a ratio where there is a peer or a limit. Everything runs on the loopback, bounded in
count and time, in temporary folders, and ends only the processes that it started.
"""
