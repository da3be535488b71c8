"""Let the tests of this folder import each other and the made-up result."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "viz")]
