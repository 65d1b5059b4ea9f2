"""What scored samples say beyond pass@k: two runs compared, flaky problems, copies of the reference."""

from evaluator.statistics.comparison import Comparison, Pair, Settling, compare

__all__ = ["Comparison", "Pair", "Settling", "compare"]
