"""Hold the model against published figures."""
