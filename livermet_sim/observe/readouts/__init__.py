"""Declare what can be read of a run, each readout once: see `readout`; add one of your own with `own.register_readout`.

The order of the rooms is that of the columns in the tables.
"""

from livermet_sim.observe.readouts import burden, cascade, losses, growth, tissue, host, lesions, cells, asked  # noqa: F401, I001
