"""Open the executor that a configuration names."""

from evaluator.executors.base import Executor, ExecutorConfig
from sandbox import SandboxOptions, open_sandbox

__all__ = ["open_executor"]


def open_executor(where: ExecutorConfig, options: SandboxOptions) -> Executor:
    """Return a running executor; use it as a context manager.

    Raises:
        UsageError: Ray is not installed, or no cluster answers at the address.
        IsolationError: this machine, or no node, can give the isolation asked for.
        SandboxError: the machinery failed.
    """
    if where.engine == "local":
        return open_sandbox(where.workers_here, options)
    where.check()
    # Ray is optional, and takes longer to import than a small run takes.
    from evaluator.executors.ray.cluster import Cluster  # noqa: PLC0415

    return Cluster(where, options)
