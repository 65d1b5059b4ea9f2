"""The back-test report's modules are scripts of benchmarks/, found as they are when one is started."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
