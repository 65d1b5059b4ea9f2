"""The ladder's modules are scripts of examples/, found as they are when one is started."""

import sys
from pathlib import Path

LADDER = Path(__file__).parents[2] / "examples" / "ladder"
sys.path.insert(0, str(LADDER))
