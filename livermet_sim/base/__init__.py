"""Hold what every layer stands on: errors, units, parameter declarations, sources."""
