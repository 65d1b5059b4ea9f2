"""What scored samples say beyond pass@k: two runs compared, flaky problems, copies of the reference."""

from evaluator.statistics.comparison import Comparison, Pair, Settling, compare
from evaluator.statistics.copies import copies_canonical
from evaluator.statistics.flakiness import Flakiness, flakiness

__all__ = ["Comparison", "Flakiness", "Pair", "Settling", "compare", "copies_canonical", "flakiness"]
