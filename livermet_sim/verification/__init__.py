"""Verify the model against mathematics: what can be computed another way is computed both ways."""
