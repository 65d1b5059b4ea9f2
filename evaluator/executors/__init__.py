"""Where programs run: in a sandbox of this machine, or in one on each node of a Ray cluster."""

from evaluator.executors.base import ENGINES, Asked, ClusterError, Engine, EngineName, Where
from evaluator.executors.open import open_engine

__all__ = ["ENGINES", "Asked", "ClusterError", "Engine", "EngineName", "Where", "open_engine"]
