"""Let ``python -m livermet_sim.cli`` be the command line."""

from livermet_sim.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
