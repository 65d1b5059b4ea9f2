"""What scored samples say beyond pass@k: two runs compared, flaky problems, copies of the reference."""

from evaluator.metrics.comparison import Comparison, Pair, SampleSizePlan, compare
from evaluator.metrics.flakiness import Flakiness, flakiness
from evaluator.metrics.reference_copies import copies_canonical

__all__ = ["Comparison", "Flakiness", "Pair", "SampleSizePlan", "compare", "copies_canonical", "flakiness"]
