"""Hold the checks, each with what is expected, what is found and how far apart they may be."""
