"""Follow lesions through a run, and read the phase of each from its state."""
