"""Hold the array kernels: plain functions of arrays and numbers, compiled by numba where it is installed."""
