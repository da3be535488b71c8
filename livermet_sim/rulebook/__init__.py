"""Hold the interaction rules: what they say, how they combine, how they are explained."""
