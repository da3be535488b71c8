"""Let tests of phases use the drawn tissues of the process tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "processes"))
