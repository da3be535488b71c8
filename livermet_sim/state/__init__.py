"""Hold the state of a run: tables of columns, the tissue, fields, the vessel network, the clock."""
