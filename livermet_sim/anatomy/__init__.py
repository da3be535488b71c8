"""Build the liver slab: lobules, portal tracts, veins, sinusoids, plates; and measure what was built."""
