"""Where programs run: in a sandbox of this machine, or in one on each node of a Ray cluster."""

from evaluator.executors.base import ENGINES, ClusterError, EngineName, Executor, ExecutorConfig
from evaluator.executors.open import open_executor

__all__ = ["ENGINES", "ClusterError", "EngineName", "Executor", "ExecutorConfig", "open_executor"]
