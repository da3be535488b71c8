"""Describe the cell kinds: their columns, parameters, behaviours and where they stand; one file a kind."""
