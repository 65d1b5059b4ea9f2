"""The Inspect plugin: what the entry point `passlaw` registers.

    inspect eval humaneval.py --sandbox passlaw         # Python runs in our jail
    inspect eval humaneval.py --scorer passlaw/verdict  # the verdict is our judge's

A scorer that runs a test inside a sandbox and looks at the exit status takes the program's word for it. The
scorer here does not.
"""

from evaluator.integrations.inspect_sandbox import PasslawSandbox
from evaluator.integrations.inspect_scorer import verdict

__all__ = ["PasslawSandbox", "verdict"]
