"""Find the parameter sets that published figures and experiments do not rule out, and say what those leave open."""
