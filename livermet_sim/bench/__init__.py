"""Measure how fast the model is, beside what it was: whole runs, processes, rules, signals, start-up, memory, peers."""
