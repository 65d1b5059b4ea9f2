"""The former name of `evaluator.integrations.inspect_plugin`."""

from evaluator.integrations.inspect_plugin import PasslawSandbox, verdict

__all__ = ["PasslawSandbox", "verdict"]
