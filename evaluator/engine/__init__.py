"""Where programs run: in a sandbox of this machine, or in one on each node of a Ray cluster."""

from evaluator.engine.engine import ENGINES, Asked, ClusterError, Engine, EngineName, Where, open_engine

__all__ = ["ENGINES", "Asked", "ClusterError", "Engine", "EngineName", "Where", "open_engine"]
