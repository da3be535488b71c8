"""Run many runs: paired livers, replicates, whole studies."""
